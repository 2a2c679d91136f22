import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { DateTime } from 'luxon';
import type { Logger } from '../../base/logger.ts';
import { addDays } from '../history/dates.ts';
import type { MarketHistory } from '../history/market-history.ts';
import type { Session } from '../history/trading-calendar.ts';
import type { SimulatedMarket } from '../markets.ts';
import type { Publication } from '../options.ts';
import { SimulatorOptionError } from '../options-error.ts';
import { DATASETS, type Dataset, keyOf, parseKey } from './datasets.ts';
import { type WrittenFile, writeFlatFile } from './file-writer.ts';

/** Changes whenever the same options give other files. */
const FORMAT_VERSION = 1;
const PUBLISHED_HOUR = 11;

export interface FileStoreOptions {
  readonly histories: ReadonlyMap<SimulatedMarket, MarketHistory>;
  readonly publish: Publication;
  /** ISO date of the first files. */
  readonly from: string;
  /** Undefined: a temporary directory, removed at the end. */
  readonly directory: string | undefined;
  readonly limitBytes: number;
  /** Everything on which the files depend, beside their keys. */
  readonly fingerprint: string;
  /** Market time, ms since 1970. */
  readonly nowMs: () => number;
  readonly logger: Logger;
}

/** A file that is there. */
export interface PublishedFile {
  readonly key: string;
  readonly dataset: Dataset;
  readonly session: Session;
  readonly history: MarketHistory;
  /** How often it has been replaced. */
  readonly revision: number;
  /** Market time, ms since 1970. */
  readonly modifiedMs: number;
}

interface Replacement {
  readonly revision: number;
  readonly atMs: number;
}

/** The flat files: which there are, and their bytes, written when somebody first asks for them. */
export class FileStore {
  readonly #options: FileStoreOptions;
  readonly #directory: string;
  readonly #replacements = new Map<string, Replacement>();
  /** What has been written once, even if its bytes have been removed since. */
  readonly #written = new Map<string, WrittenFile>();
  /** Bytes that are on disk, least used first. */
  readonly #kept = new Map<string, number>();
  /** One file at a time is written. */
  #queue: Promise<unknown> = Promise.resolve();
  readonly #closing = new AbortController();

  constructor(options: FileStoreOptions) {
    this.#options = options;
    if (options.directory === undefined) {
      this.#directory = mkdtempSync(join(tmpdir(), 'massive-kdb-simulator-'));
      return;
    }
    this.#directory = join(options.directory, `${options.fingerprint}-${FORMAT_VERSION}`);
    mkdirSync(this.#directory, { recursive: true });
    this.#recall();
  }

  /** Every file that is published now, in the order of keys. */
  published(): PublishedFile[] {
    const today = DateTime.fromMillis(this.#options.nowMs(), { zone: 'utc' }).toISODate()!;
    const files: PublishedFile[] = [];
    for (const dataset of DATASETS) {
      const history = this.#options.histories.get(dataset.market);
      if (!history) continue;
      for (const session of history.calendar.sessions(this.#options.from, addDays(today, 1))) {
        const file = this.#file(dataset, history, session);
        if (file) files.push(file);
      }
    }
    return files.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** The file of a key; undefined where there is none, or not yet. */
  find(key: string): PublishedFile | undefined {
    const named = parseKey(key);
    const history = named && this.#options.histories.get(named.dataset.market);
    if (!history || named.date < this.#options.from) return undefined;
    const session = history.calendar.session(named.date);
    return session && this.#file(named.dataset, history, session);
  }

  /**
   * Replaces a published file by one with some bars corrected.
   *
   * @throws SimulatorOptionError when there is no such file
   */
  replace(key: string): PublishedFile {
    const file = this.find(key);
    if (!file)
      throw new SimulatorOptionError('there is no such file', 'the key of a published one', `'${key}'`);
    this.#replacements.set(key, { revision: file.revision + 1, atMs: wholeSeconds(this.#options.nowMs()) });
    return this.find(key)!;
  }

  /** How often the file of a dataset and date has been replaced. */
  revisionOf(dataset: Dataset, date: string): number {
    return this.#replacements.get(keyOf(dataset, date))?.revision ?? 0;
  }

  /** Size and digest of a file, which is written first if it has to be. */
  async describe(file: PublishedFile): Promise<WrittenFile> {
    return this.#written.get(nameOf(file)) ?? (await this.#write(file));
  }

  /** The bytes from `first` to `last`, both included. */
  async read(file: PublishedFile, first: number, last: number): Promise<Readable> {
    const name = nameOf(file);
    if (!this.#kept.has(name)) await this.#write(file);
    const bytes = this.#kept.get(name)!;
    this.#kept.delete(name);
    this.#kept.set(name, bytes);
    const stream = createReadStream(join(this.#directory, name), { start: first, end: last });
    // Once it is open it may be removed.
    await new Promise((resolve, reject) => stream.once('open', resolve).once('error', reject));
    return stream;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#queue;
    if (this.#options.directory === undefined) rmSync(this.#directory, { recursive: true, force: true });
  }

  #file(dataset: Dataset, history: MarketHistory, session: Session): PublishedFile | undefined {
    const publishedMs = this.#publishedMs(history, session);
    if (publishedMs > this.#options.nowMs()) return undefined;
    const key = keyOf(dataset, session.date);
    const replacement = this.#replacements.get(key);
    const modifiedMs = replacement?.atMs ?? publishedMs;
    return { key, dataset, session, history, revision: replacement?.revision ?? 0, modifiedMs };
  }

  #publishedMs(history: MarketHistory, session: Session): number {
    if (this.#options.publish === 'at-once') return history.settledFrom(session) * 1000;
    return DateTime.fromISO(addDays(session.date, 1), { zone: 'America/New_York' })
      .set({ hour: PUBLISHED_HOUR })
      .toMillis();
  }

  #write(file: PublishedFile): Promise<WrittenFile> {
    const name = nameOf(file);
    const turn = this.#queue.then(async () => {
      const known = this.#written.get(name);
      if (known && this.#kept.has(name)) return known;
      const written = await writeFlatFile(file, join(this.#directory, name), this.#closing.signal);
      this.#options.logger.info('file written', { key: file.key, rows: written.rows, bytes: written.bytes });
      writeFileSync(join(this.#directory, `${name}.json`), JSON.stringify(written));
      this.#written.set(name, written);
      this.#keep(name, written.bytes);
      return written;
    });
    // The next one is written even if this one fails; whoever asked for it is told.
    this.#queue = turn.catch(() => {});
    return turn;
  }

  #keep(name: string, bytes: number): void {
    this.#kept.set(name, bytes);
    let total = [...this.#kept.values()].reduce((sum, size) => sum + size, 0);
    for (const [oldest, size] of this.#kept) {
      if (total <= this.#options.limitBytes || oldest === name) break;
      rmSync(join(this.#directory, oldest), { force: true });
      this.#kept.delete(oldest);
      total -= size;
    }
  }

  /** What an earlier run has left. */
  #recall(): void {
    for (const entry of readdirSync(this.#directory).filter(name => name.endsWith('.json'))) {
      const name = entry.slice(0, -'.json'.length);
      const written = JSON.parse(readFileSync(join(this.#directory, entry), 'utf8')) as WrittenFile;
      this.#written.set(name, written);
      if (existsSync(join(this.#directory, name))) this.#keep(name, written.bytes);
    }
  }
}

/** Times of files are told in seconds. */
function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

function nameOf({ key, revision, history }: PublishedFile): string {
  return `${key.replaceAll('/', '_')}.${revision}.${history.planVersion}`;
}
