import { linkSync, lstatSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { UsageError } from '../command.ts';

/** @throws UsageError where something is there that may not be replaced */
export function requireFree(file: string, force: boolean): void {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (!found) return;
  if (found.isDirectory()) throw new UsageError(`${file} is a directory`, 'Name a file with --config.');
  if (!force) throw taken(file);
}

/**
 * Writes a file in one step: it is there whole, or as it was before.
 *
 * @throws UsageError where something is there that may not be replaced, and what the system says
 */
export function writeWhole(file: string, text: string, force: boolean): void {
  const draft = `${file}.${process.pid}.draft`;
  try {
    writeFileSync(draft, text, { flag: 'wx' });
    if (force) renameSync(draft, file);
    else linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw taken(file);
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function taken(file: string): UsageError {
  return new UsageError(
    `${file} is there already`,
    'Give --force to replace it, or another file with --config.',
  );
}
