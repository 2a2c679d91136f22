import { readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Written at the end of each build. */
const BUILT_MARK = join(ROOT, 'dist/.built');
// By its path: a process may run in a directory that knows no packages.
const LOADER = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/**
 * What Node is given to run massive-kdb: the program as it was built, where the build is newer than every source, else
 * the sources themselves, which start three times as slowly.
 */
export const PROGRAM: readonly string[] = isBuilt()
  ? [join(ROOT, 'dist/cli/main.js')]
  : [`--import=${LOADER}`, join(ROOT, 'src/cli/main.ts')];

function isBuilt(): boolean {
  const builtMs = changedMs(BUILT_MARK);
  if (builtMs === undefined) return false;
  const settings = ['package.json', 'tsconfig.json', 'tsconfig.build.json'].map(name => join(ROOT, name));
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  return [join(ROOT, 'src'), ...settings, ...sources.map(name => join(ROOT, 'src', name))].every(
    path => (changedMs(path) ?? Number.POSITIVE_INFINITY) <= builtMs,
  );
}

function changedMs(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}
