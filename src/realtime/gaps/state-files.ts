import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeDirectory, syncDirectory } from '../../base/directories.ts';

/** The files of the state directory, as the gap book and the heartbeat need them. All throw what the system says. */
export interface StateFiles {
  /** Undefined where there is none. */
  read(path: string): string | undefined;
  /** When it was written last, ms since 1970. */
  modifiedMs(path: string): number;
  /** Puts a new text in its place; on disk when it returns. */
  replace(path: string, text: string): void;
  /** The same without waiting for the disk: it outlives the process, not the machine. */
  replaceSoon(path: string, text: string): Promise<void>;
  /** Renames a file. */
  move(path: string, to: string): void;
}

export const systemStateFiles: StateFiles = {
  read: path => {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  },
  modifiedMs: path => statSync(path).mtimeMs,
  replace: (path, text) => {
    makeDirectory(dirname(path), 0o700);
    const draft = `${path}.draft`;
    const file = openSync(draft, 'w', 0o600);
    try {
      // A single write to a disk that is nearly full may take a part only.
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
    syncDirectory(dirname(path));
  },
  replaceSoon: async (path, text) => {
    const draft = `${path}.next`;
    await writeFile(draft, text, { mode: 0o600 });
    await rename(draft, path);
  },
  move: (path, to) => renameSync(path, to),
};
