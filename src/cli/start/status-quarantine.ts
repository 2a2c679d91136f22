import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
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

/** The newest of what a market could not use, newest first. Rejects with what the system says. */
export async function newestQuarantined(
  { quarantine: { directory } }: Configuration,
  market: string,
): Promise<QuarantineList> {
  const [events, batches] = await Promise.all([
    newestEvents(directory, market),
    newestBatches(directory, market),
  ]);
  return { events, batches };
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

async function newestBatches(directory: string, market: string): Promise<QuarantineList['batches']> {
  const batches: QuarantineList['batches'][number][] = [];
  const newestFirst = (await refusedFiles(join(directory, 'batches'))).reverse();
  for (const file of newestFirst.slice(0, MOST_BATCH_FILES)) {
    if (batches.length === MOST_BATCHES) break;
    const batch = await unlessGone(readRefused(file));
    const facts = await unlessGone(stat(file));
    if (!facts || batch?.market !== market) continue;
    const { target, table, rowCount: rows, reason } = batch;
    batches.push({ atMs: Math.round(facts.mtimeMs), target, table, rows, reason });
  }
  return batches;
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
