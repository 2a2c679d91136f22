import type { Batch } from '../kdb/batch.ts';
import { type BatchLimits, cutRows } from '../kdb/tables/cut-rows.ts';
import { type Allocate, encodeColumns } from '../kdb/tables/encode-columns.ts';
import { type RowSelection, rowCountOf } from '../kdb/tables/row-selection.ts';
import type { Int64Column } from '../tables/columns.ts';
import type { Convention } from '../tables/conventions.ts';
import { type DateDays, TABLE_EPOCH_MS } from '../tables/epoch.ts';
import type { TableRows } from '../tables/table-rows.ts';

const NS_PER_MS = 1e6;
const WORD = 0x1_0000_0000;

export interface BatchMakerOptions {
  readonly convention: Convention;
  readonly limits: BatchLimits;
  /** Length of a row's window by table, for the lag. */
  readonly windowMs: ReadonlyMap<string, number>;
  readonly allocate: Allocate;
}

/** Turns drained rows into batches: split by trading date, cut at the limits, encoded once. */
export class BatchMaker {
  readonly #options: BatchMakerOptions;
  #sequence = 0;

  constructor(options: BatchMakerOptions) {
    this.#options = options;
  }

  /** The rows of one table as batches; the rows are not needed any more afterwards. */
  make(rows: TableRows, drainedMs: number): Batch[] {
    const { convention, limits, allocate } = this.#options;
    return byTradingDate(rows).flatMap(({ tradingDate, selection }) =>
      cutRows(rows, selection, convention, limits).map(cut => ({
        sequence: ++this.#sequence,
        table: rows.definition.name,
        tradingDate,
        rowCount: rowCountOf(cut),
        columns: encodeColumns(rows, cut, convention, allocate),
        drainedMs,
        windowEndMs: this.#windowEndMs(rows, cut),
      })),
    );
  }

  #windowEndMs(rows: TableRows, selection: RowSelection): number | undefined {
    const windowMs = this.#options.windowMs.get(rows.definition.name);
    if (windowMs === undefined) return undefined;
    const { words } = rows.column('start') as Int64Column;
    return Math.round(latestNs(words, selection) / NS_PER_MS) + TABLE_EPOCH_MS + windowMs;
  }
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
