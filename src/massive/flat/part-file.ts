import { type FileHandle, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeDirectory } from '../../base/directories.ts';
import { FlatDiskError } from './errors.ts';
import { type FileIdentity, isSameFile } from './store.ts';

const VERSION = 1;

/**
 * A file on its way: `target.part` grows beside `target`, and `target.part.json` says of which version of the source it
 * is. When it is whole both are renamed, so that `target` is never a part of a file, and `target.json` tells whether it
 * is still the source's.
 */
export class PartFile {
  readonly #target: string;
  readonly #part: string;
  #handle: FileHandle | undefined;
  #length = 0;

  constructor(target: string) {
    this.#target = target;
    this.#part = `${target}.part`;
  }

  /** Bytes of the part, once it is open. */
  get length(): number {
    return this.#length;
  }

  /** Whether the whole file is there, in this version. */
  async isComplete(identity: FileIdentity): Promise<boolean> {
    return (await isAbout(this.#target, identity)) && (await sizeOf(this.#target)) === identity.sizeBytes;
  }

  /** Opens what is there of this version, or nothing; its length. @throws FlatDiskError */
  open(identity: FileIdentity): Promise<number> {
    return this.#onDisk(async () => {
      makeDirectory(dirname(this.#target));
      const length = (await isAbout(this.#part, identity)) ? await sizeOf(this.#part) : undefined;
      if (length !== undefined && length <= identity.sizeBytes) {
        this.#handle = await open(this.#part, 'a');
        this.#length = length;
        return length;
      }
      await rm(this.#part, { force: true });
      await writeIdentity(this.#part, identity);
      this.#handle = await open(this.#part, 'a');
      this.#length = 0;
      return 0;
    });
  }

  /** Appends a chunk. @throws FlatDiskError */
  async append(chunk: Uint8Array): Promise<void> {
    await this.#onDisk(() => this.#handle!.appendFile(chunk));
    this.#length += chunk.length;
  }

  /** Forgets what was appended. @throws FlatDiskError */
  async empty(): Promise<void> {
    await this.#onDisk(() => this.#handle!.truncate(0));
    this.#length = 0;
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }

  /** Makes the part, which is whole, the target. @throws FlatDiskError */
  async complete(): Promise<void> {
    await this.#onDisk(async () => {
      await this.#handle!.sync();
      await this.close();
      // In this order: a crash in between leaves a target that is fetched once more, never an old one taken for new.
      await rename(this.#part, this.#target);
      await rename(identityPath(this.#part), identityPath(this.#target));
    });
  }

  /** Removes part and target, and what is known of them. */
  async remove(): Promise<void> {
    await this.close();
    for (const path of [this.#part, this.#target]) {
      await rm(identityPath(path), { force: true });
      await rm(path, { force: true });
    }
  }

  async #onDisk<Result>(action: () => Promise<Result>): Promise<Result> {
    try {
      return await action();
    } catch (error) {
      throw new FlatDiskError(this.#part, error);
    }
  }
}

function identityPath(path: string): string {
  return `${path}.json`;
}

async function writeIdentity(path: string, identity: FileIdentity): Promise<void> {
  await writeFile(identityPath(path), `${JSON.stringify({ version: VERSION, ...identity })}\n`);
}

/** Whether what is known of a file is this; what cannot be read, or is half written, is not. */
async function isAbout(path: string, identity: FileIdentity): Promise<boolean> {
  try {
    const known = JSON.parse(await readFile(identityPath(path), 'utf8'));
    return known.version === VERSION && isSameFile(known, identity);
  } catch {
    return false;
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size;
}
