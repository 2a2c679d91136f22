import { gzipSync } from 'node:zlib';
import { type FlatTable, flatDatasets } from '../../../../src/massive/flat/datasets.ts';
import { FlatBars } from '../../../../src/massive/flat/read-bars.ts';
import type { RejectReason } from '../../../../src/massive/scanner/quarantine-sink.ts';
import { ReceiveClock } from '../../../../src/massive/scanner/receive-clock.ts';
import { NULL_INT64_HIGH } from '../../../../src/tables/columns.ts';
import { isoDateOf, TABLE_EPOCH_MS } from '../../../../src/tables/epoch.ts';
import type { Market } from '../../../../src/tables/markets.ts';
import { SessionCalendar } from '../../../../src/tables/session-calendar.ts';
import type { TableRows } from '../../../../src/tables/table-rows.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

export const FILE = 'us_stocks_sip/minute_aggs_v1/2026/10/2026-10-02.csv.gz';

/** A row of a block in plain values: nulls as null, `start` in nanoseconds since 1970, `time` in nanoseconds. */
export interface PlainBar {
  readonly date: string;
  readonly values: Readonly<Record<string, string | number | bigint | null>>;
}

export interface Rejected {
  readonly reason: RejectReason;
  readonly detail: string | undefined;
  readonly raw: string;
  readonly file: string | undefined;
  readonly line: number | undefined;
}

export interface ReadOptions {
  readonly market?: Market;
  readonly table?: FlatTable;
  readonly wants?: (sym: string) => boolean;
  readonly blockRows?: number;
  readonly clock?: ManualClock;
  readonly signal?: AbortSignal;
}

export interface Reading {
  readonly bars: PlainBar[];
  readonly rejected: Rejected[];
  readonly blocks: number[];
  /** What ended the iteration, if it did not end by itself. */
  readonly error: (Error & { readonly code?: string }) | undefined;
}

/** The bytes of a file, piece by piece. */
type Chunks = readonly Uint8Array[] | AsyncIterable<Uint8Array>;

/** Reads a file of these rows to its end. */
export function readText(text: string, options?: ReadOptions): Promise<Reading> {
  return readGzip([gzipSync(text)], options);
}

/** Reads gzip that comes in these chunks. */
export async function readGzip(chunks: Chunks, options: ReadOptions = {}): Promise<Reading> {
  const reading = { bars: [] as PlainBar[], rejected: [] as Rejected[], blocks: [] as number[] };
  const bars = openBars(chunks, options, rejected => reading.rejected.push(rejected));
  try {
    for await (const rows of bars) {
      reading.blocks.push(rows.rowCount);
      reading.bars.push(...plainBars(rows));
    }
  } catch (error) {
    return { ...reading, error: error as Error };
  }
  if (bars.rowCount !== reading.bars.length || bars.rejectedCount !== reading.rejected.length) {
    throw new Error(`counted ${bars.rowCount} rows and ${bars.rejectedCount} rejected`);
  }
  return { ...reading, error: undefined };
}

export function openBars(
  chunks: Chunks,
  { market = 'stocks', table = 'agg1m', wants, blockRows, clock, signal }: ReadOptions,
  put: (rejected: Rejected) => void = () => {},
): FlatBars {
  return new FlatBars(
    Symbol.asyncIterator in chunks ? chunks : streamOf(chunks),
    {
      dataset: flatDatasets(market, table)[0]!,
      file: FILE,
      calendar: new SessionCalendar(market),
      receiveClock: new ReceiveClock(clock ?? new ManualClock()),
      quarantine: {
        put: ({ reason, detail, raw, origin }) =>
          put({
            reason,
            detail,
            raw: Buffer.from(raw).toString(),
            file: origin?.file,
            line: origin?.line,
          }),
      },
      ...(wants && { wants }),
      signal: signal ?? new AbortController().signal,
    },
    blockRows,
  );
}

async function* streamOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

export function plainBars(rows: TableRows): PlainBar[] {
  return Array.from({ length: rows.rowCount }, (_, row) => ({
    date: isoDateOf(rows.tradingDates[row]!),
    values: Object.fromEntries(
      rows.definition.columns.map(({ name }) => [name, plainValue(rows, name, row)] as const),
    ),
  }));
}

function plainValue(rows: TableRows, name: string, row: number): string | number | bigint | null {
  const column = rows.column(name);
  switch (column.type) {
    case 'symbol':
      return rows.symbols.nameOf(column.ids[row]!);
    case 'float':
      return Number.isNaN(column.values[row]!) ? null : column.values[row]!;
    default: {
      if (column.words[row * 2 + 1] === NULL_INT64_HIGH) return null;
      const value = column.values[row]!;
      return column.type === 'timestamp' ? value + BigInt(TABLE_EPOCH_MS) * 1_000_000n : value;
    }
  }
}
