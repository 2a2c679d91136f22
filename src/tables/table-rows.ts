import { BYTES_PER_ROW, type Column, newColumn } from './columns.ts';
import type { TableDefinition } from './definitions.ts';
import type { SymbolTable } from './symbol-table.ts';

const INITIAL_ROWS = 1024;

/**
 * Rows of one table as typed columns that grow. A writer fills the columns at index `rowCount` and then adds one
 * to it, so an unfinished row costs nothing; `truncate` takes back whole rows.
 */
export class TableRows {
  readonly definition: TableDefinition;
  readonly symbols: SymbolTable;
  readonly columns: readonly Column[];
  /** Trading date of each row (days since 2000-01-01): decides the partition, is not itself a column. */
  tradingDates = new Int32Array(0);
  rowCount = 0;
  #capacity = 0;
  #block = new ArrayBuffer(0);

  constructor(definition: TableDefinition, symbols: SymbolTable, capacity = INITIAL_ROWS) {
    this.definition = definition;
    this.symbols = symbols;
    this.columns = definition.columns.map(column => newColumn(column.type));
    this.#place(capacity);
  }

  get capacity(): number {
    return this.#capacity;
  }

  /**
   * The bytes of all columns, one after the other, `capacity` rows of eight bytes each. A writer of many columns views
   * it once instead of every column by itself.
   */
  get block(): ArrayBuffer {
    return this.#block;
  }

  /** Makes room for `rows` more rows. Views of the columns taken before are stale afterwards. */
  reserve(rows: number): void {
    const needed = this.rowCount + rows;
    if (needed > this.#capacity) this.#place(Math.max(needed, this.#capacity * 2));
  }

  #place(capacity: number): void {
    this.#capacity = capacity;
    this.#block = new ArrayBuffer(this.columns.length * capacity * BYTES_PER_ROW);
    this.columns.forEach((column, i) => {
      column.place(this.#block, i * capacity * BYTES_PER_ROW, capacity);
    });
    const dates = new Int32Array(capacity);
    dates.set(this.tradingDates);
    this.tradingDates = dates;
  }

  /** Takes the table back to `rowCount` rows. */
  truncate(rowCount: number): void {
    this.rowCount = Math.min(rowCount, this.rowCount);
  }

  column(name: string): Column {
    const index = this.definition.columns.findIndex(column => column.name === name);
    const column = this.columns[index];
    if (!column) throw new RangeError(`table ${this.definition.name} has no column ${name}`);
    return column;
  }
}
