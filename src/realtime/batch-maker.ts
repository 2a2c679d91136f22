import type { Batch } from '../kdb/batch.ts';
import { type BatchLimits, cutRows } from '../kdb/tables/cut-rows.ts';
import { type Allocate, encodeColumns } from '../kdb/tables/encode-columns.ts';
import { type RowSelection, rowCountOf } from '../kdb/tables/row-selection.ts';
import type { Int64Column } from '../tables/columns.ts';
import type { Convention } from '../tables/conventions.ts';
import { type StreamTableName, WINDOW_MS } from '../tables/definitions.ts';
import { type DateDays, TABLE_EPOCH_MS } from '../tables/epoch.ts';
import type { TableRows } from '../tables/table-rows.ts';

const NS_PER_MS = 1e6;
const WORD = 0x1_0000_0000;
const CONVENTION: Convention = 'kdb-tick';

export interface BatchMakerOptions {
  readonly limits: BatchLimits;
  readonly allocate: Allocate;
  /** Batches are numbered from the next on. */
  readonly after: number;
}

/**
 * Turns drained rows into batches: split by trading date, cut at the limits, encoded once for all targets, in the form
 * of `kdb-tick`.
 */
export class BatchMaker {
  readonly #options: BatchMakerOptions;
  #sequence: number;

  constructor(options: BatchMakerOptions) {
    this.#options = options;
    this.#sequence = options.after;
  }

  /** The rows of one table as batches; the rows are not needed any more afterwards. */
  make(rows: TableRows, drainedMs: number): Batch[] {
    const { limits, allocate } = this.#options;
    return byTradingDate(rows).flatMap(({ tradingDate, selection }) =>
      cutRows(rows, selection, CONVENTION, limits).map(cut => ({
        sequence: ++this.#sequence,
        table: rows.definition.name,
        tradingDate,
        rowCount: rowCountOf(cut),
        columns: encodeColumns(rows, cut, CONVENTION, allocate),
        drainedMs,
        windowEndMs: windowEndMs(rows, cut),
      })),
    );
  }
}

function windowEndMs(rows: TableRows, selection: RowSelection): number | undefined {
  const windowMs = WINDOW_MS[rows.definition.name as StreamTableName];
  if (windowMs === undefined) return undefined;
  const { words } = rows.column('start') as Int64Column;
  return Math.round(latestNs(words, selection) / NS_PER_MS) + TABLE_EPOCH_MS + windowMs;
}

/** A loop of its own: in the method, V8 optimised it and gave it up again at the end of every batch. */
function latestNs(words: Int32Array, { begin, end, indexes }: RowSelection): number {
  let latest = Number.NEGATIVE_INFINITY;
  let low = 0;
  let high = 0;
  for (let i = begin; i < end; i++) {
    const row = (indexes ? indexes[i]! : i) * 2;
    // Nearly all rows of a drain have the start of the row before.
    if (words[row] === low && words[row + 1] === high) continue;
    low = words[row]!;
    high = words[row + 1]!;
    latest = Math.max(latest, high * WORD + (low >>> 0));
  }
  return latest;
}

interface DatedSelection {
  readonly tradingDate: DateDays;
  readonly selection: RowSelection;
}

/** The rows of each trading date, in their order; nearly always there is one date, and nothing is copied. */
function byTradingDate({ tradingDates, rowCount }: TableRows): DatedSelection[] {
  if (rowCount === 0) return [];
  const first = tradingDates[0]!;
  let same = 1;
  while (same < rowCount && tradingDates[same] === first) same++;
  if (same === rowCount) return [{ tradingDate: first, selection: { begin: 0, end: rowCount } }];

  const rowsByDate = new Map<DateDays, number[]>();
  for (let row = 0; row < rowCount; row++) {
    const date = tradingDates[row]!;
    const list = rowsByDate.get(date);
    if (list) list.push(row);
    else rowsByDate.set(date, [row]);
  }
  return [...rowsByDate]
    .sort(([left], [right]) => left - right)
    .map(([tradingDate, list]) => ({
      tradingDate,
      selection: { begin: 0, end: list.length, indexes: Int32Array.from(list) },
    }));
}
