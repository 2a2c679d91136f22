import type { FloatColumn, Int64Column, SymbolColumn } from '../../src/tables/columns.ts';
import { AGGREGATE_TABLES, type AggregateTableName } from '../../src/tables/definitions.ts';
import { TABLE_EPOCH_MS } from '../../src/tables/epoch.ts';
import type { SessionCalendar } from '../../src/tables/session-calendar.ts';
import { SymbolTable } from '../../src/tables/symbol-table.ts';
import { TableRows } from '../../src/tables/table-rows.ts';

/** A bar as a test gives it; what it leaves out follows from `close`. */
export interface TestBar {
  readonly sym: string;
  /** Ms since 1970. */
  readonly startMs: number;
  readonly close: number;
  readonly open?: number;
  readonly volume?: number;
  readonly trades?: number;
}

/** Rows as a scanner drains them, with symbols that outlive the drain. */
export class BarRowsMaker {
  readonly symbols = new SymbolTable();
  readonly #calendar: SessionCalendar;

  constructor(calendar: SessionCalendar) {
    this.#calendar = calendar;
  }

  make(table: AggregateTableName, bars: readonly TestBar[]): TableRows {
    const rows = new TableRows(AGGREGATE_TABLES[table], this.symbols, bars.length);
    for (const { sym, startMs, close, open = close, volume = 100, trades } of bars) {
      const row = rows.rowCount++;
      const symbol = (name: string, text: string) => {
        (rows.column(name) as SymbolColumn).ids[row] = this.symbols.internText(text);
      };
      const float = (name: string, value: number) => {
        (rows.column(name) as FloatColumn).values[row] = value;
      };
      const long = (name: string, value: bigint) => {
        (rows.column(name) as Int64Column).values[row] = value;
      };
      const { date, timeShiftMs } = this.#calendar.spanOf(startMs);
      rows.tradingDates[row] = date;
      symbol('sym', sym);
      symbol('mkt', this.#calendar.market);
      symbol('src', 'ws');
      long('time', BigInt(startMs + timeShiftMs) * 1_000_000n);
      long('start', BigInt(startMs - TABLE_EPOCH_MS) * 1_000_000n);
      long('recv', BigInt(startMs - TABLE_EPOCH_MS + 3_000) * 1_000_000n);
      long('trades', trades === undefined ? -(2n ** 63n) : BigInt(trades));
      for (const name of ['avgsize', 'dayvol', 'dayvwap', 'dayopen']) float(name, Number.NaN);
      float('vwap', trades === undefined ? Number.NaN : close);
      float('open', open);
      float('high', Math.max(open, close));
      float('low', Math.min(open, close));
      float('close', close);
      float('volume', volume);
    }
    return rows;
  }
}
