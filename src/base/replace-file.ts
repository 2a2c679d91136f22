import { renameSync, writeFileSync } from 'node:fs';

/**
 * Puts a text in the place of a file in one step, for the user alone: nobody reads half of it. It is not waited for
 * until it is on the disk; for what means nothing after the machine's end. Throws what the system says.
 */
export function replaceFile(path: string, text: string): void {
  const draft = `${path}.${process.pid}.draft`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, path);
}
