import type { AggregateTableName } from '../../tables/definitions.ts';
import type { Market } from '../../tables/markets.ts';
import { SymbolTable } from '../../tables/symbol-table.ts';
import type { TableRows } from '../../tables/table-rows.ts';
import { BarRows } from './bar-rows.ts';

export interface RowBufferLimits {
  /** Rows of one table between two drains; what comes on top is lost, counted and logged. */
  readonly maxRows: number;
  /** Distinct symbols between two drains; an event that names one more is rejected. */
  readonly maxSymbols: number;
  /** A symbol table that has grown beyond this is cleared when its rows come back. */
  readonly keepSymbols: number;
}

export const DEFAULT_ROW_BUFFER_LIMITS: RowBufferLimits = {
  maxRows: 2_000_000,
  maxSymbols: 4_000_000,
  keepSymbols: 1_000_000,
};

/** The tables of a market and the symbols that they share. A set is filled, drained, encoded and filled again. */
export class RowSet {
  readonly symbols: SymbolTable;
  readonly bars: readonly BarRows[];
  /** Tables handed out by `drain` that have not come back. */
  readonly outstanding = new Set<TableRows>();

  constructor(market: Market, tables: readonly AggregateTableName[], limits: RowBufferLimits) {
    this.symbols = new SymbolTable(limits.maxSymbols);
    this.bars = tables.map(table => new BarRows(table, market, this.symbols));
  }

  get rowCount(): number {
    let count = 0;
    for (const bars of this.bars) count += bars.rows.rowCount;
    return count;
  }

  /** Ends a frame: stamps its rows with the time at which it was received. Returns how many they are. */
  settle(recvLow: number, recvHigh: number): number {
    let count = 0;
    for (const bars of this.bars) count += bars.settle(recvLow, recvHigh);
    return count;
  }

  /** Takes back the rows of a frame that is not settled. */
  rollBack(): void {
    for (const bars of this.bars) bars.rollBack();
  }

  takeBack(rows: TableRows, keepSymbols: number): void {
    if (!this.outstanding.delete(rows)) throw new RangeError(`table ${rows.definition.name} was not drained`);
    this.bars.find(bars => bars.rows === rows)!.empty();
    if (this.outstanding.size > 0 || this.symbols.count <= keepSymbols) return;
    this.symbols.clear();
    for (const bars of this.bars) bars.prepare();
  }
}

/**
 * Two sets of rows: one is filled while the other is encoded, so memory stays what the largest drain needed. Each set
 * has its own symbols, so that they can be cleared while the other set is out.
 */
export class RowBuffers {
  filling: RowSet;
  #other: RowSet;
  readonly #limits: RowBufferLimits;

  constructor(market: Market, tables: readonly AggregateTableName[], limits: RowBufferLimits) {
    this.filling = new RowSet(market, tables, limits);
    this.#other = new RowSet(market, tables, limits);
    this.#limits = limits;
  }

  /**
   * The tables that have rows; filling goes on in the other set. Empty while the other set is still out: the rows stay
   * where they are and come with a later drain.
   */
  drain(): readonly TableRows[] {
    if (this.#other.outstanding.size > 0) return [];
    const drained = this.filling.bars.map(bars => bars.rows).filter(rows => rows.rowCount > 0);
    if (drained.length === 0) return [];
    for (const rows of drained) this.filling.outstanding.add(rows);
    [this.filling, this.#other] = [this.#other, this.filling];
    return drained;
  }

  /** Takes tables back that `drain` gave, once nothing reads them any more. */
  recycle(drained: readonly TableRows[]): void {
    for (const rows of drained) this.#other.takeBack(rows, this.#limits.keepSymbols);
  }
}
