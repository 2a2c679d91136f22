import {
  FloatColumn,
  Int64Column,
  NULL_INT64_HIGH,
  NULL_INT64_LOW,
  SymbolColumn,
} from '../../tables/columns.ts';
import type { AggregateColumnName } from '../../tables/definitions.ts';
import { AGGREGATE_TABLES, type AggregateTableName } from '../../tables/definitions.ts';
import type { Market } from '../../tables/markets.ts';
import type { SymbolTable } from '../../tables/symbol-table.ts';
import { TableRows } from '../../tables/table-rows.ts';
import type { BarDraft } from './bar-draft.ts';
import { PRESENT_TRADES, Slot } from './event-fields.ts';

const SOURCE = 'ws';

/**
 * Rows of one aggregate table and the place where drafts become rows. Columns that say the same in every row (market,
 * source) are filled when the rows grow, so a row costs them nothing.
 */
export class BarRows {
  readonly rows: TableRows;
  readonly #market: Market;
  #capacity = 0;
  #marked = 0;
  #marketId = 0;
  #sourceId = 0;
  #columns: BarColumns;

  constructor(table: AggregateTableName, market: Market, symbols: SymbolTable) {
    this.rows = new TableRows(AGGREGATE_TABLES[table], symbols);
    this.#market = market;
    this.#columns = columnsOf(this.rows);
    this.internConstants();
  }

  /** Names market and source again after the symbol table was cleared. */
  internConstants(): void {
    const marketId = this.rows.symbols.internText(this.#market);
    const sourceId = this.rows.symbols.internText(SOURCE);
    if (marketId === this.#marketId && sourceId === this.#sourceId) return;
    this.#marketId = marketId;
    this.#sourceId = sourceId;
    this.#viewColumns();
  }

  /** Adds the draft as a row; column `recv` is filled in by `received`. */
  append(draft: BarDraft): void {
    const row = this.rows.rowCount;
    if (row === this.#capacity) this.#grow();
    const columns = this.#columns;
    const { start, time, date } = draft.window;
    const pair = row * 2;
    columns.time[pair] = time.low;
    columns.time[pair + 1] = time.high;
    columns.sym[row] = draft.symbol;
    columns.start[pair] = start.low;
    columns.start[pair + 1] = start.high;
    columns.open[row] = draft.decimal(Slot.open);
    columns.high[row] = draft.decimal(Slot.high);
    columns.low[row] = draft.decimal(Slot.low);
    columns.close[row] = draft.decimal(Slot.close);
    columns.volume[row] = draft.decimal(
      draft.present & (1 << Slot.exactVolume) ? Slot.exactVolume : Slot.volume,
    );
    columns.vwap[row] = draft.decimal(Slot.vwap);
    columns.avgsize[row] = draft.decimal(Slot.avgsize);
    columns.dayvol[row] = draft.decimal(
      draft.present & (1 << Slot.exactDayvol) ? Slot.exactDayvol : Slot.dayvol,
    );
    columns.dayvwap[row] = draft.decimal(Slot.dayvwap);
    columns.dayopen[row] = draft.decimal(Slot.dayopen);
    const hasTrades = (draft.present & PRESENT_TRADES) !== 0;
    columns.trades[pair] = hasTrades ? draft.trades.low : NULL_INT64_LOW;
    columns.trades[pair + 1] = hasTrades ? draft.trades.high : NULL_INT64_HIGH;
    columns.tradingDates[row] = date;
    this.rows.rowCount = row + 1;
  }

  mark(): void {
    this.#marked = this.rows.rowCount;
  }

  rollBack(): void {
    this.rows.truncate(this.#marked);
  }

  /** Stamps the rows since the mark with the time at which their frame was received; returns how many. */
  received(recvLow: number, recvHigh: number): number {
    const recv = this.#columns.recv;
    const { rowCount } = this.rows;
    for (let pair = this.#marked * 2; pair < rowCount * 2; pair += 2) {
      recv[pair] = recvLow;
      recv[pair + 1] = recvHigh;
    }
    return rowCount - this.#marked;
  }

  #grow(): void {
    this.rows.reserve(1);
    this.#viewColumns();
  }

  #viewColumns(): void {
    this.#columns = columnsOf(this.rows);
    this.#capacity = this.rows.capacity;
    this.#columns.mkt.fill(this.#marketId);
    this.#columns.src.fill(this.#sourceId);
  }
}

/** The arrays behind the columns: words for 64-bit integers, ids for symbols. Stale once the rows have grown. */
type BarColumns = ReturnType<typeof columnsOf>;

function columnsOf(rows: TableRows) {
  return {
    time: words(rows, 'time'),
    sym: ids(rows, 'sym'),
    start: words(rows, 'start'),
    open: floats(rows, 'open'),
    high: floats(rows, 'high'),
    low: floats(rows, 'low'),
    close: floats(rows, 'close'),
    volume: floats(rows, 'volume'),
    vwap: floats(rows, 'vwap'),
    trades: words(rows, 'trades'),
    avgsize: floats(rows, 'avgsize'),
    dayvol: floats(rows, 'dayvol'),
    dayvwap: floats(rows, 'dayvwap'),
    dayopen: floats(rows, 'dayopen'),
    mkt: ids(rows, 'mkt'),
    src: ids(rows, 'src'),
    recv: words(rows, 'recv'),
    tradingDates: rows.tradingDates,
  };
}

function floats(rows: TableRows, name: AggregateColumnName): Float64Array {
  const column = rows.column(name);
  if (!(column instanceof FloatColumn)) throw new TypeError(`column ${name} is not a float`);
  return column.values;
}

function words(rows: TableRows, name: AggregateColumnName): Int32Array {
  const column = rows.column(name);
  if (!(column instanceof Int64Column)) throw new TypeError(`column ${name} is not a 64-bit integer`);
  return column.words;
}

function ids(rows: TableRows, name: AggregateColumnName): Int32Array {
  const column = rows.column(name);
  if (!(column instanceof SymbolColumn)) throw new TypeError(`column ${name} is not a symbol`);
  return column.ids;
}
