import { NULL_INT64_HIGH, NULL_INT64_LOW } from '../../tables/columns.ts';
import {
  AGGREGATE_COLUMNS,
  AGGREGATE_TABLES,
  type AggregateColumnName,
  type AggregateTableName,
} from '../../tables/definitions.ts';
import type { DateDays } from '../../tables/epoch.ts';
import type { Int64Words } from '../../tables/int64-words.ts';
import type { Market } from '../../tables/markets.ts';
import { SymbolTable } from '../../tables/symbol-table.ts';
import { TableRows } from '../../tables/table-rows.ts';
import type { BarTime } from './bar-time.ts';

/** Where bars were taken from, as column `src` has it. */
export type BarSource = 'flat' | 'rest';

/** Large enough that handing a block on costs little, small enough to stay near the processor. */
export const BLOCK_ROWS = 32_768;

export const columnIndex = (name: AggregateColumnName): number =>
  AGGREGATE_COLUMNS.findIndex(column => column.name === name);

const TIME_COLUMN = columnIndex('time');
const SYM_COLUMN = columnIndex('sym');
const START_COLUMN = columnIndex('start');
const TRADES_COLUMN = columnIndex('trades');
const MKT_COLUMN = columnIndex('mkt');
const SRC_COLUMN = columnIndex('src');
const RECV_COLUMN = columnIndex('recv');

/**
 * The block of rows that is being filled. Its columns are written by way of two views of all of them: as doubles, cell
 * (column, row) is at column * capacity + row; as words, at twice that. Columns that a source does not have are null from
 * the beginning and stay so.
 */
export class BarBlock {
  readonly rows: TableRows;
  readonly floats: Float64Array;
  readonly words: Int32Array;
  readonly capacity: number;
  readonly #market: Market;
  readonly #source: BarSource;

  constructor(table: AggregateTableName, market: Market, source: BarSource, capacity: number) {
    this.rows = new TableRows(AGGREGATE_TABLES[table], new SymbolTable(), capacity);
    this.capacity = capacity;
    this.floats = new Float64Array(this.rows.block);
    this.words = new Int32Array(this.rows.block);
    this.#market = market;
    this.#source = source;
    for (const [index, column] of this.rows.columns.entries()) {
      if (column.type === 'float') column.values.fill(Number.NaN);
      if (column.type === 'long') this.#fillWords(index, NULL_INT64_LOW, NULL_INT64_HIGH);
    }
    this.empty();
  }

  get isFull(): boolean {
    return this.rows.rowCount === this.capacity;
  }

  /** Forgets every row and symbol. */
  empty(): void {
    this.rows.truncate(0);
    this.rows.symbols.clear();
    this.#fillSymbols(MKT_COLUMN, this.#market);
    this.#fillSymbols(SRC_COLUMN, this.#source);
  }

  /** The number of trades of the row that is being written. */
  setTrades(low: number, high: number): void {
    const cell = (TRADES_COLUMN * this.capacity + this.rows.rowCount) * 2;
    this.words[cell] = low;
    this.words[cell + 1] = high;
  }

  /** Ends the row whose decimals and trades are written. */
  append(symbol: number, { start, time, date }: BarTime): void {
    const { rowCount: row } = this.rows;
    this.words[SYM_COLUMN * this.capacity * 2 + row] = symbol;
    this.#setWords(TIME_COLUMN, row, time);
    this.#setWords(START_COLUMN, row, start);
    this.rows.tradingDates[row] = date satisfies DateDays;
    this.rows.rowCount = row + 1;
  }

  /** Stamps the rows with the time at which they were received. */
  stamp(low: number, high: number): void {
    this.#fillWords(RECV_COLUMN, low, high);
  }

  #setWords(column: number, row: number, { low, high }: Int64Words): void {
    const cell = (column * this.capacity + row) * 2;
    this.words[cell] = low;
    this.words[cell + 1] = high;
  }

  #fillWords(column: number, low: number, high: number): void {
    const values = new BigInt64Array(this.rows.block, column * this.capacity * 8, this.capacity);
    values.fill((BigInt(high) << 32n) | BigInt(low >>> 0));
  }

  #fillSymbols(column: number, name: string): void {
    const begin = column * this.capacity * 2;
    this.words.fill(this.rows.symbols.internText(name), begin, begin + this.capacity);
  }
}
