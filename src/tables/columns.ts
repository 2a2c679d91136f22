import type { ColumnType } from './definitions.ts';

/** Low and high word of the null of 64-bit columns: the smallest int64. */
export const NULL_INT64_LOW = 0;
export const NULL_INT64_HIGH = -0x80000000;

/** A column of doubles; the null is NaN. */
export class FloatColumn {
  readonly type = 'float' as const;
  values: Float64Array;

  constructor(capacity: number) {
    this.values = new Float64Array(capacity);
  }

  grow(capacity: number): void {
    const grown = new Float64Array(capacity);
    grown.set(this.values);
    this.values = grown;
  }
}

/**
 * A column of 64-bit integers (long, timestamp, timespan), exact. `words` and `values` are two views of the same
 * bytes: the hot path writes pairs of words (low, high), because a BigInt per value would cost an allocation.
 */
export class Int64Column {
  readonly type: 'long' | 'timestamp' | 'timespan';
  words!: Int32Array;
  values!: BigInt64Array;

  constructor(type: 'long' | 'timestamp' | 'timespan', capacity: number) {
    this.type = type;
    this.#view(new ArrayBuffer(capacity * 8));
  }

  grow(capacity: number): void {
    const previous = this.words;
    this.#view(new ArrayBuffer(capacity * 8));
    this.words.set(previous);
  }

  #view(buffer: ArrayBuffer): void {
    this.words = new Int32Array(buffer);
    this.values = new BigInt64Array(buffer);
  }
}

/** A column of symbols: ids in the rows' symbol table; the null is id 0. */
export class SymbolColumn {
  readonly type = 'symbol' as const;
  ids: Int32Array;

  constructor(capacity: number) {
    this.ids = new Int32Array(capacity);
  }

  grow(capacity: number): void {
    const grown = new Int32Array(capacity);
    grown.set(this.ids);
    this.ids = grown;
  }
}

export type Column = FloatColumn | Int64Column | SymbolColumn;

export function newColumn(type: ColumnType, capacity: number): Column {
  switch (type) {
    case 'float':
      return new FloatColumn(capacity);
    case 'symbol':
      return new SymbolColumn(capacity);
    case 'long':
    case 'timestamp':
    case 'timespan':
      return new Int64Column(type, capacity);
  }
}
