import type { ColumnType } from './definitions.ts';

/** Low and high word of the null of 64-bit columns: the smallest int64. */
export const NULL_INT64_LOW = 0;
export const NULL_INT64_HIGH = -0x80000000;

/** Bytes that every column has for each row, symbols too, so that the columns of a table divide one buffer evenly. */
export const BYTES_PER_ROW = 8;

/** A column of doubles; the null is NaN. */
export class FloatColumn {
  readonly type = 'float' as const;
  values = new Float64Array(0);

  /** Moves the column to a part of a buffer that has room for `capacity` rows. */
  place(buffer: ArrayBuffer, byteOffset: number, capacity: number): void {
    const previous = this.values;
    this.values = new Float64Array(buffer, byteOffset, capacity);
    this.values.set(previous);
  }
}

/**
 * A column of 64-bit integers (long, timestamp, timespan), exact. `words` and `values` are two views of the same
 * bytes: the hot path writes pairs of words (low, high), because a BigInt per value would cost an allocation.
 */
export class Int64Column {
  readonly type: 'long' | 'timestamp' | 'timespan';
  words = new Int32Array(0);
  values = new BigInt64Array(0);

  constructor(type: 'long' | 'timestamp' | 'timespan') {
    this.type = type;
  }

  /** Moves the column to a part of a buffer that has room for `capacity` rows. */
  place(buffer: ArrayBuffer, byteOffset: number, capacity: number): void {
    const previous = this.words;
    this.words = new Int32Array(buffer, byteOffset, capacity * 2);
    this.values = new BigInt64Array(buffer, byteOffset, capacity);
    this.words.set(previous);
  }
}

/** A column of symbols: ids in the rows' symbol table; the null is id 0. */
export class SymbolColumn {
  readonly type = 'symbol' as const;
  ids = new Int32Array(0);

  /** Moves the column to a part of a buffer that has room for `capacity` rows; ids use the first half of it. */
  place(buffer: ArrayBuffer, byteOffset: number, capacity: number): void {
    const previous = this.ids;
    this.ids = new Int32Array(buffer, byteOffset, capacity);
    this.ids.set(previous);
  }
}

export type Column = FloatColumn | Int64Column | SymbolColumn;

export function newColumn(type: ColumnType): Column {
  switch (type) {
    case 'float':
      return new FloatColumn();
    case 'symbol':
      return new SymbolColumn();
    case 'long':
    case 'timestamp':
    case 'timespan':
      return new Int64Column(type);
  }
}
