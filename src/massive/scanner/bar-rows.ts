import { NULL_INT64_HIGH, NULL_INT64_LOW } from '../../tables/columns.ts';
import {
  AGGREGATE_COLUMNS,
  AGGREGATE_TABLES,
  type AggregateColumnName,
  type AggregateTableName,
} from '../../tables/definitions.ts';
import type { Market } from '../../tables/markets.ts';
import type { SymbolTable } from '../../tables/symbol-table.ts';
import { TableRows } from '../../tables/table-rows.ts';
import type { BarDraft } from './bar-draft.ts';
import { Present, Slot } from './event-fields.ts';

const { OPEN, HIGH, LOW, CLOSE, VOLUME, EXACT_VOLUME, DAYVOL, EXACT_DAYVOL } = Slot;
const { VWAP, AVGSIZE, DAYVWAP, DAYOPEN } = Slot;
const { HAS_TRADES } = Present;
const HAS_EXACT_VOLUME = 1 << EXACT_VOLUME;
const HAS_EXACT_DAYVOL = 1 << EXACT_DAYVOL;
const NULL_LOW = NULL_INT64_LOW;
const NULL_HIGH = NULL_INT64_HIGH;

const SOURCE = 'ws';

const columnIndex = (name: AggregateColumnName): number =>
  AGGREGATE_COLUMNS.findIndex(column => column.name === name);

const TIME_COLUMN = columnIndex('time');
const SYM_COLUMN = columnIndex('sym');
const START_COLUMN = columnIndex('start');
const OPEN_COLUMN = columnIndex('open');
const HIGH_COLUMN = columnIndex('high');
const LOW_COLUMN = columnIndex('low');
const CLOSE_COLUMN = columnIndex('close');
const VOLUME_COLUMN = columnIndex('volume');
const VWAP_COLUMN = columnIndex('vwap');
const TRADES_COLUMN = columnIndex('trades');
const AVGSIZE_COLUMN = columnIndex('avgsize');
const DAYVOL_COLUMN = columnIndex('dayvol');
const DAYVWAP_COLUMN = columnIndex('dayvwap');
const DAYOPEN_COLUMN = columnIndex('dayopen');
const MKT_COLUMN = columnIndex('mkt');
const SRC_COLUMN = columnIndex('src');
const RECV_COLUMN = columnIndex('recv');

/**
 * Rows of one aggregate table and the place where drafts become rows. The rows are written by way of two views of all
 * columns: as doubles, cell (column, row) is at column * capacity + row; as words, at twice that. Columns that say the
 * same in every row (market, source) are filled when the rows grow, so a row costs them nothing.
 */
export class BarRows {
  readonly rows: TableRows;
  readonly #market: Market;
  #floats!: Float64Array;
  #words!: Int32Array;
  #capacity = 0;
  /** Rows of frames that were read to their end. */
  #settled = 0;

  constructor(table: AggregateTableName, market: Market, symbols: SymbolTable) {
    this.rows = new TableRows(AGGREGATE_TABLES[table], symbols);
    this.#market = market;
    this.prepare();
  }

  /** Views the rows anew and fills the constant columns: after the rows have grown or the symbols were cleared. */
  prepare(): void {
    this.#capacity = this.rows.capacity;
    this.#floats = new Float64Array(this.rows.block);
    this.#words = new Int32Array(this.rows.block);
    this.#fillSymbols(MKT_COLUMN, this.#market);
    this.#fillSymbols(SRC_COLUMN, SOURCE);
  }

  /** Adds the draft as a row; column `recv` is filled in by `settle`. */
  append(draft: BarDraft): void {
    const row = this.rows.rowCount;
    if (row === this.#capacity) this.#grow();
    const floats = this.#floats;
    const words = this.#words;
    const capacity = this.#capacity;
    const { values, present, trades } = draft;
    const { start, time, date } = draft.window;
    const timeCell = (TIME_COLUMN * capacity + row) * 2;
    words[timeCell] = time.low;
    words[timeCell + 1] = time.high;
    words[SYM_COLUMN * capacity * 2 + row] = draft.symbol;
    const startCell = (START_COLUMN * capacity + row) * 2;
    words[startCell] = start.low;
    words[startCell + 1] = start.high;
    floats[OPEN_COLUMN * capacity + row] = values[OPEN]!;
    floats[HIGH_COLUMN * capacity + row] = values[HIGH]!;
    floats[LOW_COLUMN * capacity + row] = values[LOW]!;
    floats[CLOSE_COLUMN * capacity + row] = values[CLOSE]!;
    floats[VOLUME_COLUMN * capacity + row] = values[present & HAS_EXACT_VOLUME ? EXACT_VOLUME : VOLUME]!;
    floats[VWAP_COLUMN * capacity + row] = values[VWAP]!;
    const tradesCell = (TRADES_COLUMN * capacity + row) * 2;
    words[tradesCell] = present & HAS_TRADES ? trades.low : NULL_LOW;
    words[tradesCell + 1] = present & HAS_TRADES ? trades.high : NULL_HIGH;
    floats[AVGSIZE_COLUMN * capacity + row] = values[AVGSIZE]!;
    floats[DAYVOL_COLUMN * capacity + row] = values[present & HAS_EXACT_DAYVOL ? EXACT_DAYVOL : DAYVOL]!;
    floats[DAYVWAP_COLUMN * capacity + row] = values[DAYVWAP]!;
    floats[DAYOPEN_COLUMN * capacity + row] = values[DAYOPEN]!;
    this.rows.tradingDates[row] = date;
    this.rows.rowCount = row + 1;
  }

  /** Ends a frame: stamps its rows with the time at which it was received. Returns how many they are. */
  settle(recvLow: number, recvHigh: number): number {
    const { rowCount } = this.rows;
    const added = rowCount - this.#settled;
    if (added === 0) return 0;
    const words = this.#words;
    const column = RECV_COLUMN * this.#capacity;
    for (let row = this.#settled; row < rowCount; row++) {
      words[(column + row) * 2] = recvLow;
      words[(column + row) * 2 + 1] = recvHigh;
    }
    this.#settled = rowCount;
    return added;
  }

  /** Takes back the rows of a frame that is not settled. */
  rollBack(): void {
    this.rows.truncate(this.#settled);
  }

  /** Forgets every row. */
  empty(): void {
    this.rows.truncate(0);
    this.#settled = 0;
  }

  #grow(): void {
    this.rows.reserve(1);
    this.prepare();
  }

  #fillSymbols(column: number, name: string): void {
    const begin = column * this.#capacity * 2;
    this.#words.fill(this.rows.symbols.internText(name), begin, begin + this.#capacity);
  }
}
