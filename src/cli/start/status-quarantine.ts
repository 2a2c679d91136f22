import { open, stat } from 'node:fs/promises';
import type { Configuration } from '../../config/schema.ts';
import { eventFiles, eventOf } from '../../massive/quarantined-events.ts';
import type { QuarantineList } from '../../ops/status/report.ts';
import { readRefused, refusedFiles } from '../../realtime/refused-files.ts';

const MOST_EVENTS = 100;
const MOST_BATCHES = 20;
/** Files of batches that are looked into, for those of other markets are among them. */
const MOST_BATCH_FILES = 100;
/** The newest events are at the end of the newest file. */
const TAIL_BYTES = 256 * 1024;
const MOST_CHARACTERS = 500;

type KeptBatch = QuarantineList['batches'][number] & { readonly market: string };

/** Shows what a market could not use. */
export class NewestQuarantined {
  readonly #market: string;
  /** By file, which never changes: a batch may have megabytes, and who looks on asks again and again. */
  #batches: ReadonlyMap<string, KeptBatch> = new Map();

  constructor(market: string) {
    this.#market = market;
  }

  /** The newest of it, newest first. Rejects with what the system says. */
  async read({ quarantine: { directory } }: Configuration): Promise<QuarantineList> {
    const [events, batches] = await Promise.all([
      newestEvents(directory, this.#market),
      this.#newestBatches(directory),
    ]);
    return { events, batches };
  }

  async #newestBatches(directory: string): Promise<QuarantineList['batches']> {
    const looked = new Map<string, KeptBatch>();
    const found: QuarantineList['batches'][number][] = [];
    const newestFirst = (await refusedFiles(directory)).reverse();
    for (const file of newestFirst.slice(0, MOST_BATCH_FILES)) {
      if (found.length === MOST_BATCHES) break;
      const kept = this.#batches.get(file) ?? (await keptBatch(file));
      if (!kept) continue;
      looked.set(file, kept);
      const { market, ...batch } = kept;
      if (market === this.#market) found.push(batch);
    }
    this.#batches = looked;
    return found;
  }
}

async function newestEvents(directory: string, market: string): Promise<QuarantineList['events']> {
  const events: QuarantineList['events'][number][] = [];
  const newestFirst = (await eventFiles(directory)).reverse();
  for (const file of newestFirst) {
    const lines = (await tailOf(file)).split('\n').reverse();
    for (const line of lines) {
      // The first may be cut off at its beginning, and the last be still to be written.
      const event = eventOf(line);
      if (event?.market !== market) continue;
      const { time, reason, raw } = event;
      events.push({ atMs: Date.parse(time), reason, text: raw.slice(0, MOST_CHARACTERS) });
      if (events.length === MOST_EVENTS) return events;
    }
  }
  return events;
}

async function tailOf(file: string): Promise<string> {
  const handle = await unlessGone(open(file));
  if (!handle) return '';
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, TAIL_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Undefined where the file is gone, or damaged. */
async function keptBatch(file: string): Promise<KeptBatch | undefined> {
  const batch = await unlessGone(readRefused(file));
  const facts = await unlessGone(stat(file));
  if (!batch || !facts) return undefined;
  const { market, target, table, rowCount: rows, reason } = batch;
  return { market, atMs: Math.round(facts.mtimeMs), target, table, rows, reason };
}

/** Undefined where the file is gone: files make room for newer ones, and are dropped and replayed by hand. */
async function unlessGone<Result>(reading: Promise<Result>): Promise<Result | undefined> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}
