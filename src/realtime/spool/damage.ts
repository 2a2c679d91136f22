import { basename, dirname, join } from 'node:path';
import type { Counters } from '../../base/counters.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { SpoolFile, SpoolFiles } from './files.ts';
import type { Segment } from './segment.ts';
import { ensureDirectory } from './small-file.ts';

const COPY_BYTES = 256 * 1024;

/** Most bytes kept aside; what is beyond is only counted. */
const MOST_KEPT_BYTES = 256 * 1024 * 1024;

export interface DamageParts {
  readonly files: SpoolFiles;
  readonly logger: Logger;
  readonly counters: Counters;
}

/** Bytes `begin` to `end` of a segment that are no record. */
export interface DamagedBytes {
  readonly segment: Segment;
  readonly begin: number;
  readonly end: number;
}

/** Keeps what is no record in `corrupt/` of the spool, so that it can be looked at; counts it, and says so once. */
export class DamageKeeper {
  readonly directory: string;
  readonly #parts: DamageParts;
  readonly #market: string;
  readonly #known = new Set<string>();

  constructor(spoolDirectory: string, market: string, parts: DamageParts) {
    this.directory = join(spoolDirectory, 'corrupt');
    this.#market = market;
    this.#parts = parts;
  }

  /** Takes note of bytes that are skipped, wherever in a segment. True where a copy is on the disk. */
  async skipped({ segment, begin, end }: DamagedBytes, file: SpoolFile): Promise<boolean> {
    const name = `${basename(segment.path, '.log')}-${begin}.bytes`;
    if (this.#known.has(name)) return true;
    this.#known.add(name);
    const bytes = end - begin;
    const { counters, logger } = this.#parts;
    counters.counter('spool_corrupt_bytes', { market: this.#market }).add(bytes);
    const what = `${bytes} bytes of the spool at ${segment.path}:${begin} are no record and were skipped`;
    try {
      const kept = await this.#keep(name, file, begin, end);
      if (kept !== 'before') logger.error(`${what}; they are kept as ${kept}`);
      return true;
    } catch (error) {
      logger.error(`${what}; they are not kept aside: ${messageOf(error)}`);
      return false;
    }
  }

  /** Puts a whole file aside, such as a ledger that cannot be read; returns where it is. */
  async setAside(path: string): Promise<string> {
    const { files } = this.#parts;
    await ensureDirectory(files, this.directory);
    const aside = join(this.directory, freeName(basename(path), await files.list(this.directory)));
    await files.rename(path, aside);
    return aside;
  }

  /** The path of the copy, or `'before'` where an earlier start has made it. */
  async #keep(name: string, file: SpoolFile, begin: number, end: number): Promise<string> {
    const { files } = this.#parts;
    await ensureDirectory(files, this.directory);
    const kept = await this.#kept();
    if ([...kept].some(([other, bytes]) => other.startsWith(name) && bytes === end - begin)) return 'before';
    const keptBytes = [...kept.values()].reduce((sum, bytes) => sum + bytes, 0);
    if (keptBytes + end - begin > MOST_KEPT_BYTES) {
      throw new Error(`${this.directory} holds ${keptBytes} bytes; look at them, then empty it`);
    }
    const path = join(this.directory, freeName(name, [...kept.keys()]));
    const copy = await files.create(path);
    try {
      await copyBytes(file, copy, begin, end);
      await copy.datasync();
    } finally {
      await copy.close();
    }
    await files.syncDirectory(this.directory);
    await files.syncDirectory(dirname(this.directory));
    return path;
  }

  /** What is kept, with its length. */
  async #kept(): Promise<ReadonlyMap<string, number>> {
    const kept = new Map<string, number>();
    for (const name of await this.#parts.files.list(this.directory)) {
      const file = await this.#parts.files.open(join(this.directory, name), 'read');
      kept.set(name, await file.sizeBytes());
      await file.close();
    }
    return kept;
  }
}

function freeName(name: string, taken: readonly string[]): string {
  let free = name;
  for (let number = 2; taken.includes(free); number++) free = `${name}.${number}`;
  return free;
}

async function copyBytes(from: SpoolFile, to: SpoolFile, begin: number, end: number): Promise<void> {
  const buffer = Buffer.allocUnsafe(Math.min(COPY_BYTES, end - begin));
  for (let at = begin; at < end; ) {
    const read = await from.read(buffer.subarray(0, Math.min(buffer.length, end - at)), at);
    if (read === 0) return;
    await to.write([buffer.subarray(0, read)], at - begin);
    at += read;
  }
}
