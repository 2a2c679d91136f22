import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** A file that browsers fetch from `/assets/NAME`. */
export interface BrowserFile {
  readonly name: string;
  /** Of its content, as HTTP names it. */
  readonly type: string;
  readonly path: string;
}

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** From the root of the package, so that it is the same folder for what is compiled. */
const FOLDER = fileURLToPath(new URL('../../../src/ops/page/browser/', import.meta.url));

const PACKAGE = createRequire(import.meta.url);

/** All that the page consists of beside its document, charts included. */
export const BROWSER_FILES: readonly BrowserFile[] = [
  ...readdirSync(FOLDER)
    .filter(name => endingOf(name) in TYPES)
    .map(name => fileOf(name, `${FOLDER}${name}`)),
  fileOf('uplot.js', PACKAGE.resolve('uplot/dist/uPlot.iife.min.js')),
  fileOf('uplot.css', PACKAGE.resolve('uplot/dist/uPlot.min.css')),
];

function fileOf(name: string, path: string): BrowserFile {
  return { name, type: TYPES[endingOf(name)]!, path };
}

function endingOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
