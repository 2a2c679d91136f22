import { gzipSync } from 'node:zlib';
import { systemClock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Market } from '../../tables/markets.ts';
import { SessionCalendar } from '../../tables/session-calendar.ts';
import { csvFields } from '../flat/csv-fields.ts';
import { type FlatDataset, flatDatasets } from '../flat/datasets.ts';
import { FlatHeaderError } from '../flat/errors.ts';
import { FlatBars } from '../flat/read-bars.ts';
import { ReceiveClock } from '../scanner/receive-clock.ts';
import { ObjectProfile, type Seen, see } from './profile.ts';
import type { RecordedFile } from './recording.ts';

/** What the beginning of a flat file shows. */
export interface FileProfile {
  readonly header: readonly string[];
  readonly rows: ObjectProfile;
  /** Why the file, or rows of it, cannot be used. */
  readonly rejected: Map<string, Seen>;
}

/** A longer number than a double holds stays a text. */
const LONG_DIGITS = 16;

/** The dataset of a recorded file; undefined where the key is of none. */
export function datasetOf({ key }: RecordedFile, market: Market): FlatDataset | undefined {
  const datasets = [...flatDatasets(market, 'agg1m'), ...flatDatasets(market, 'agg1d')];
  return datasets.find(({ prefix }) => key.startsWith(`${prefix}/`));
}

/** Reads the rows by their header, and with the reader of flat files. */
export async function fileProfile(text: string, key: string, dataset: FlatDataset): Promise<FileProfile> {
  const [headerLine = '', ...lines] = text.split('\n');
  const header = csvFields(headerLine) ?? [];
  const profile: FileProfile = { header, rows: new ObjectProfile(), rejected: new Map() };
  for (const line of lines) {
    const values = line === '' ? undefined : csvFields(line);
    if (values) profile.rows.add(rowOf(header, values));
  }
  const bars = new FlatBars(bytesOf(text), {
    dataset,
    file: key,
    calendar: new SessionCalendar(dataset.market),
    receiveClock: new ReceiveClock(systemClock),
    quarantine: {
      put: ({ reason, detail, raw }) =>
        see(profile.rejected, `${reason}: ${detail ?? ''}`, Buffer.from(raw).toString('utf8')),
    },
    signal: new AbortController().signal,
  });
  try {
    for await (const _ of bars);
  } catch (error) {
    if (!(error instanceof FlatHeaderError)) throw error;
    see(profile.rejected, messageOf(error), headerLine);
  }
  return profile;
}

function rowOf(header: readonly string[], values: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    header.map((name, index) => {
      const value = values[index] ?? '';
      const isNumber = value !== '' && value.length < LONG_DIGITS && !Number.isNaN(Number(value));
      return [name, isNumber ? Number(value) : value];
    }),
  );
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield gzipSync(text);
}
