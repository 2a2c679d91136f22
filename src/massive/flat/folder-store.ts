import { type BigIntStats, createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FlatDiskError } from './errors.ts';
import { toTheSecond } from './s3-xml.ts';
import type { FileIdentity, FlatStore, GetOptions, GetResult, ListedFile } from './store.ts';

const MISSING: readonly string[] = ['ENOENT', 'ENOTDIR'];

/** Flat files in a folder that mirrors the bucket: the same keys below it. The ETag is made of size and time of change. */
export class FolderStore implements FlatStore {
  readonly place: string;

  constructor(folder: string) {
    this.place = folder;
  }

  async *list(prefix: string, signal: AbortSignal): AsyncGenerator<ListedFile> {
    // A folder that is not there at all is a mistake; one without such files is not.
    await stat(this.place).catch(error => {
      throw new FlatDiskError(this.place, error);
    });
    yield* this.#listBelow(prefix.slice(0, prefix.lastIndexOf('/') + 1), prefix, signal);
  }

  async head(key: string): Promise<FileIdentity | undefined> {
    try {
      const stats = await stat(this.localPath(key), { bigint: true });
      return stats.isFile() ? identityOf(stats) : undefined;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw new FlatDiskError(this.localPath(key), error);
    }
  }

  async get(key: string, { from = 0, ifMatch, signal }: GetOptions): Promise<GetResult> {
    signal.throwIfAborted();
    const identity = await this.head(key);
    if (!identity) return { kind: 'missing' };
    if (ifMatch !== undefined && ifMatch !== identity.etag) return { kind: 'changed' };
    const body = createReadStream(this.localPath(key), { start: from, signal });
    return { kind: 'body', identity, fromByte: from, body };
  }

  localPath(key: string): string {
    if (key.split('/').includes('..')) throw new RangeError(`${key} is not a key of a file`);
    return join(this.place, key);
  }

  async close(): Promise<void> {}

  async *#listBelow(folder: string, prefix: string, signal: AbortSignal): AsyncGenerator<ListedFile> {
    signal.throwIfAborted();
    for (const name of await this.#namesIn(folder)) {
      const key = folder + name;
      if (key.endsWith('/')) {
        if (key.startsWith(prefix) || prefix.startsWith(key)) yield* this.#listBelow(key, prefix, signal);
      } else if (key.startsWith(prefix)) {
        const identity = await this.head(key);
        if (identity) yield { key, ...identity };
      }
    }
  }

  /** In the order that S3 gives their keys: folders end with a slash. */
  async #namesIn(folder: string): Promise<string[]> {
    const path = this.localPath(folder);
    try {
      const entries = await readdir(path, { withFileTypes: true });
      const names = await Promise.all(
        entries.map(async entry => {
          const isFolder = entry.isSymbolicLink()
            ? (await stat(join(path, entry.name))).isDirectory()
            : entry.isDirectory();
          return isFolder ? `${entry.name}/` : entry.name;
        }),
      );
      return names.sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
    } catch (error) {
      if (isMissing(error)) return [];
      throw new FlatDiskError(path, error);
    }
  }
}

function identityOf({ size, mtimeNs, mtimeMs }: BigIntStats): FileIdentity {
  return {
    etag: `"${size.toString(16)}-${mtimeNs.toString(16)}"`,
    sizeBytes: Number(size),
    lastModifiedMs: toTheSecond(Number(mtimeMs)),
  };
}

function isMissing(error: unknown): boolean {
  return MISSING.includes((error as NodeJS.ErrnoException).code ?? '');
}
