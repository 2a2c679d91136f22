import { type FileHandle, mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import type { SpoolFile, SpoolFiles } from './files.ts';

/** Only the user that runs the daemon reads what it keeps; a group may be let in by the directory. */
const FILE_MODE = 0o640;
const DIRECTORY_MODE = 0o750;

/** The file system of this machine. */
export const systemSpoolFiles: SpoolFiles = {
  async makeDirectory(path) {
    try {
      await mkdir(path, DIRECTORY_MODE);
      return true;
    } catch (error) {
      // Not by its code: a directory that exists on a read-only file system is answered with EROFS.
      if ((await stat(path).catch(() => undefined))?.isDirectory()) return false;
      throw error;
    }
  },
  list: directory => readdir(directory),
  create: async path => new SystemFile(await open(path, 'wx+', FILE_MODE)),
  open: async (path, mode) => new SystemFile(await open(path, mode === 'read' ? 'r' : 'r+')),
  rename,
  unlink,
  async syncDirectory(path) {
    const directory = await open(path, 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  },
};

class SystemFile implements SpoolFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async write(parts: readonly Uint8Array[], at: number): Promise<void> {
    let rest: readonly Uint8Array[] = parts.filter(part => part.length > 0);
    let place = at;
    while (rest.length > 0) {
      const { bytesWritten } = await this.#handle.writev(rest, place);
      place += bytesWritten;
      rest = afterBytes(rest, bytesWritten);
    }
  }

  datasync(): Promise<void> {
    return this.#handle.datasync();
  }

  async read(into: Uint8Array, at: number): Promise<number> {
    let filled = 0;
    while (filled < into.length) {
      const { bytesRead } = await this.#handle.read(into, filled, into.length - filled, at + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return filled;
  }

  async sizeBytes(): Promise<number> {
    return (await this.#handle.stat()).size;
  }

  truncate(sizeBytes: number): Promise<void> {
    return this.#handle.truncate(sizeBytes);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** What is left of the parts after their first `count` bytes. */
function afterBytes(parts: readonly Uint8Array[], count: number): readonly Uint8Array[] {
  let left = count;
  for (const [index, part] of parts.entries()) {
    if (left < part.length) return [part.subarray(left), ...parts.slice(index + 1)];
    left -= part.length;
  }
  return [];
}
