import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Configuration } from '../../config/schema.ts';
import { eventFiles, type QuarantinedEvent } from '../../massive/quarantined-events.ts';
import type { QuarantineList } from '../../ops/status/report.ts';
import { readRefused, refusedFiles } from '../../realtime/refused-files.ts';

const MOST_EVENTS = 100;
const MOST_BATCHES = 20;
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
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, TAIL_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Undefined where the line is not whole: its beginning was cut off, or its end is still to be written. */
function eventOf(line: string): QuarantinedEvent | undefined {
  try {
    return JSON.parse(line) as QuarantinedEvent;
  } catch {
    return undefined;
  }
}

async function newestBatches(directory: string, market: string): Promise<QuarantineList['batches']> {
  const batches: QuarantineList['batches'][number][] = [];
  const newestFirst = (await refusedFiles(join(directory, 'batches'))).reverse();
  for (const file of newestFirst.slice(0, MOST_BATCHES)) {
    const batch = await readRefused(file);
    if (batch?.market !== market) continue;
    const { target, table, rowCount: rows, reason } = batch;
    batches.push({ atMs: Math.round((await stat(file)).mtimeMs), target, table, rows, reason });
  }
  return batches;
}
