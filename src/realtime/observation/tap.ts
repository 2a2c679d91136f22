import { EndingError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-codes.ts';
import { type Column, NULL_INT64_HIGH, NULL_INT64_LOW, type SymbolColumn } from '../../tables/columns.ts';
import { TABLE_EPOCH_MS } from '../../tables/epoch.ts';
import type { TableRows } from '../../tables/table-rows.ts';

const MOST_READERS = 4;
/** Rows of a drain that one reader is given: writing them costs the feed some microseconds each. */
const MOST_ROWS_OF_DRAIN = 2_000;
/** A reader for whom more waits is given nothing until it has read. */
const MOST_WAITING_BYTES = 1024 * 1024;

const WORD = 4_294_967_296;
const NS_PER_MS = 1_000_000n;
const MS_PER_DAY = 86_400_000;

/** Who reads along. */
export interface TapReader {
  /** Bytes given and not read yet. */
  readonly waitingBytes: number;
  write(lines: string): void;
}

/** What a reader wants; undefined: everything. */
export interface TapWish {
  readonly sym?: string | undefined;
  readonly table?: string | undefined;
}

/** So many rows were not given to a reader, because it or the feed would have become slow. */
export interface TapDropped {
  readonly dropped: number;
}

interface Reading {
  readonly wish: TapWish;
  readonly reader: TapReader;
  dropped: number;
  /** Rows of this drain. */
  given: number;
}

/** There are as many readers already as the feed stands. Code `TAP_READERS`. */
export class TapReadersError extends EndingError {
  constructor() {
    super('TAP_READERS', ExitCode.tempFail, {
      what: `${MOST_READERS} others read the rows of this feed already`,
      remedy: 'End one of them.',
    });
  }
}

/**
 * Lets others read the rows of a feed as they pass, one JSON object a line: the table, and the row's columns by name,
 * times as text. The feed never waits for them: what is too much for a reader is left out and counted, which the reader
 * is told in a line of its own.
 */
export class Tap {
  readonly #readings = new Set<Reading>();

  /** Begins; the answer ends it. Throws TapReadersError. */
  open(wish: TapWish, reader: TapReader): () => void {
    if (this.#readings.size >= MOST_READERS) throw new TapReadersError();
    const reading = { wish, reader, dropped: 0, given: 0 };
    this.#readings.add(reading);
    return () => this.#readings.delete(reading);
  }

  /** Rows of the stream, which are the caller's again when this returns. */
  received(rows: TableRows): void {
    for (const reading of this.#readings) give(rows, reading);
  }

  /** The rows of a drain have all been received. */
  drained(): void {
    for (const reading of this.#readings) {
      reading.given = 0;
      if (reading.dropped === 0 || isSlow(reading)) continue;
      reading.reader.write(`${JSON.stringify({ dropped: reading.dropped } satisfies TapDropped)}\n`);
      reading.dropped = 0;
    }
  }
}

function isSlow({ reader }: Reading): boolean {
  return reader.waitingBytes > MOST_WAITING_BYTES;
}

function give(rows: TableRows, reading: Reading): void {
  const { sym, table } = reading.wish;
  if (table !== undefined && table !== rows.definition.name) return;
  const { ids } = rows.column('sym') as SymbolColumn;
  const wanted = sym === undefined ? undefined : rows.symbols.find(sym);
  if (sym !== undefined && wanted === undefined) return;
  const lines: string[] = [];
  for (let row = 0; row < rows.rowCount; row++) {
    if (wanted !== undefined && ids[row] !== wanted) continue;
    if (reading.given >= MOST_ROWS_OF_DRAIN || isSlow(reading)) {
      reading.dropped++;
      continue;
    }
    reading.given++;
    lines.push(lineOf(rows, row));
  }
  if (lines.length > 0) reading.reader.write(lines.join(''));
}

function lineOf(rows: TableRows, row: number): string {
  const values: Record<string, string | number | null> = { table: rows.definition.name };
  rows.definition.columns.forEach(({ name }, index) => {
    values[name] = cellOf(rows, rows.columns[index]!, row);
  });
  return `${JSON.stringify(values)}\n`;
}

function cellOf(rows: TableRows, column: Column, row: number): string | number | null {
  switch (column.type) {
    case 'float': {
      const value = column.values[row]!;
      return Number.isNaN(value) ? null : value;
    }
    case 'symbol':
      return rows.symbols.nameOf(column.ids[row]!);
    default: {
      const low = column.words[row * 2]!;
      const high = column.words[row * 2 + 1]!;
      if (low === NULL_INT64_LOW && high === NULL_INT64_HIGH) return null;
      if (column.type === 'long') return high * WORD + (low >>> 0);
      const ms = Number(column.values[row]! / NS_PER_MS);
      return column.type === 'timespan' ? timespanText(ms) : new Date(TABLE_EPOCH_MS + ms).toISOString();
    }
  }
}

/** `09:30:00.000`; before midnight of the trading date `-07:00:00.000`. */
function timespanText(ms: number): string {
  const text = new Date(Math.abs(ms) % MS_PER_DAY).toISOString().slice(11, 23);
  return ms < 0 ? `-${text}` : text;
}
