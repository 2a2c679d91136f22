import type { Random } from '../../src/base/random.ts';
import type { HeldClient } from '../../src/historical/reconcile/held-reader.ts';
import type { BarReading, FlatSource } from '../../src/historical/sources.ts';
import { KdbConnectionLostError } from '../../src/kdb/errors.ts';
import { HELD_COLUMNS, type HeldBars, type HeldSymbol } from '../../src/kdb/loader/held-bars.ts';
import type { FloatColumn, Int64Column, SymbolColumn } from '../../src/tables/columns.ts';
import { AGGREGATE_TABLES } from '../../src/tables/definitions.ts';
import type { DateDays } from '../../src/tables/epoch.ts';
import { SymbolTable } from '../../src/tables/symbol-table.ts';
import { TableRows } from '../../src/tables/table-rows.ts';

export type Values = readonly number[];

/** A bar of a file; values as in HELD_COLUMNS, NaN where there is none. */
export interface FileBar {
  readonly sym: string;
  readonly start: bigint;
  readonly values: Values;
}

/** A bar of a database. */
export interface HeldBar extends FileBar {
  /** As it was captured; undefined where it was not. */
  readonly captured: Values | undefined;
}

const NULL_INT64 = -(2n ** 63n);

/** A file as blocks, cut anywhere. */
export async function* blocksOfFile(
  bars: readonly FileBar[],
  date: DateDays,
  random: Random,
): AsyncGenerator<TableRows> {
  for (let begin = 0; begin < bars.length; ) {
    const end = Math.min(bars.length, begin + 1 + Math.floor(random() * 40));
    const rows = new TableRows(AGGREGATE_TABLES.agg1m, new SymbolTable());
    for (const bar of bars.slice(begin, end)) append(rows, bar, date);
    yield rows;
    begin = end;
  }
}

function append(rows: TableRows, { sym, start, values }: FileBar, date: DateDays): void {
  const row = rows.rowCount;
  rows.reserve(1);
  (rows.column('sym') as SymbolColumn).ids[row] = rows.symbols.internText(sym);
  (rows.column('start') as Int64Column).values[row] = start;
  for (const [at, name] of HELD_COLUMNS.entries()) {
    const value = values[at]!;
    const column = rows.column(name) as FloatColumn | Int64Column;
    if (column.type === 'float') column.values[row] = value;
    else column.values[row] = Number.isNaN(value) ? NULL_INT64 : BigInt(value);
  }
  rows.tradingDates[row] = date;
  rows.rowCount++;
}

/** A source whose only file has these bars. */
export function flatSourceOf(bars: readonly FileBar[], date: DateDays, random: Random): FlatSource {
  const reading: BarReading = {
    blocks: blocksOfFile(bars, date, random),
    rejectedCount: 0,
    completeUntilMs: undefined,
  };
  return {
    async *list() {},
    fetch: async () => undefined,
    remove: async () => {},
    read: () => reading,
  };
}

/** A loader's answers about one date. */
export class FakeHeld implements HeldClient {
  facts = { protocol: 1, market: 'stocks', root: '/hdb', identity: 'one' };
  /** Calls after which the connection is lost. */
  callsLeft = Number.POSITIVE_INFINITY;
  opened = 0;
  ended = 0;
  mostRows = 0;
  readonly #bars: readonly HeldBar[];

  constructor(bars: readonly HeldBar[]) {
    this.#bars = bars;
  }

  async openHeld(): Promise<HeldSymbol[]> {
    this.#call();
    this.opened++;
    const rows = new Map<string, number>();
    for (const { sym } of this.#bars) rows.set(sym, (rows.get(sym) ?? 0) + 1);
    return [...rows].map(([sym, count]) => ({ sym, rows: count }));
  }

  async heldBars(symbols: readonly string[]): Promise<HeldBars> {
    this.#call();
    const wanted = new Set(symbols);
    const bars = this.#bars.filter(({ sym }) => wanted.has(sym));
    this.mostRows = Math.max(this.mostRows, bars.length);
    const runs = new Map<string, number>();
    for (const { sym } of bars) runs.set(sym, (runs.get(sym) ?? 0) + 1);
    const changed = bars.flatMap(({ values, captured }, row) =>
      captured !== undefined && captured !== values ? [row] : [],
    );
    const columns = (of: readonly Values[]) =>
      HELD_COLUMNS.map((_, at) => Float64Array.from(of, values => values[at]!));
    return {
      symbols: [...runs.keys()],
      runs: [...runs.values()],
      starts: Float64Array.from(bars, ({ start }) => Number(start)),
      values: columns(bars.map(({ values }) => values)),
      capturedValues: columns(bars.map(({ values }) => values)),
      captured: Uint8Array.from(bars, ({ captured }) => (captured === undefined ? 0 : 1)),
      changed: new Map(changed.map((row, at) => [row, at])),
      live: columns(changed.map(row => bars[row]!.captured!)),
    };
  }

  async endHeld(): Promise<void> {
    this.ended++;
  }

  async stage(): Promise<number> {
    return 0;
  }

  async merge(): Promise<never[]> {
    return [];
  }

  async waiting(): Promise<never[]> {
    return [];
  }

  close(): void {}

  #call(): void {
    if (this.callsLeft-- > 0) return;
    this.callsLeft = Number.POSITIVE_INFINITY;
    throw new KdbConnectionLostError('the loader is gone');
  }
}
