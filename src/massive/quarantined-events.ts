import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { MARKETS, type Market } from '../tables/markets.ts';

/** What was received and was no bar, as the quarantine kept it. */
export interface QuarantinedEvent {
  readonly time: string;
  readonly market: Market;
  readonly reason: string;
  readonly raw: string;
  /** Where it stood, if it came in a file. */
  readonly file?: string;
  /** Bytes of it that were not kept. */
  readonly cutBytes?: number;
}

/** The files of events in a quarantine directory, the oldest first; none where there is no directory. */
export async function eventFiles(directory: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return names
    .map(name => /^events\.ndjson(?:\.(\d+))?$/.exec(name))
    .filter(match => match !== null)
    .sort((left, right) => Number(right[1] ?? 0) - Number(left[1] ?? 0))
    .map(([name]) => join(directory, name));
}

/** The events of files, in their order; a line that is none is given as undefined. Rejects with what the system says. */
export async function* readEvents(files: readonly string[]): AsyncGenerator<QuarantinedEvent | undefined> {
  for (const file of files) {
    const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
    for await (const line of lines) {
      if (line !== '') yield eventOf(line);
    }
  }
}

/** The event of a line; undefined where the line is none. */
export function eventOf(line: string): QuarantinedEvent | undefined {
  try {
    const event = JSON.parse(line) as QuarantinedEvent;
    const isEvent =
      MARKETS.includes(event.market) && typeof event.reason === 'string' && typeof event.raw === 'string';
    return isEvent ? event : undefined;
  } catch {
    return undefined;
  }
}
