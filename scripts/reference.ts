/** Writes the pages of docs/ that say what the code says: `npx tsx scripts/reference.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { configurationReference } from './reference/configuration.ts';
import { tableReference } from './reference/tables.ts';

const ROOT = new URL('../', import.meta.url);

function textOf(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8');
}

/** The generated pages, by their path from the root of the project. */
export function referencePages(): ReadonlyMap<string, string> {
  return new Map([
    ['docs/configuration.md', configurationReference(textOf('config/default.yaml'))],
    ['docs/tables.md', tableReference(textOf('q/reference.q'))],
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of referencePages()) writeFileSync(new URL(path, ROOT), text);
}
