/** q's data types by name, with the number that stands for each on the wire (vectors; atoms are its negative). */
export const TYPE_NUMBER = {
  boolean: 1,
  guid: 2,
  byte: 4,
  short: 5,
  int: 6,
  long: 7,
  real: 8,
  float: 9,
  char: 10,
  symbol: 11,
  timestamp: 12,
  month: 13,
  date: 14,
  datetime: 15,
  timespan: 16,
  minute: 17,
  second: 18,
  time: 19,
} as const;

export type QTypeName = keyof typeof TYPE_NUMBER;

/** int64: longs as they are, timestamps ns since 2000-01-01T00:00Z, timespans ns. */
export type Int64Type = 'long' | 'timestamp' | 'timespan';

/** int32: months and dates since 2000-01-01; minutes, seconds and milliseconds (time) since midnight. */
export type Int32Type = 'int' | 'month' | 'date' | 'minute' | 'second' | 'time';

/** Nulls and infinities of integers stay the integers that q uses for them (see NULL_INT64 and so on). */
export type QAtom =
  | { readonly kind: 'atom'; readonly type: 'boolean'; readonly value: boolean }
  | { readonly kind: 'atom'; readonly type: 'guid' | 'symbol'; readonly value: string }
  | {
      readonly kind: 'atom';
      readonly type: 'byte' | 'char' | 'short' | Int32Type | 'real' | 'float' | 'datetime';
      readonly value: number;
    }
  | { readonly kind: 'atom'; readonly type: Int64Type; readonly value: bigint };

/** A promise about the order of a vector's items. */
export type Attribute = 'none' | 'sorted' | 'unique' | 'parted' | 'grouped';

/** The position of an attribute is its byte on the wire. */
export const ATTRIBUTES: readonly Attribute[] = ['none', 'sorted', 'unique', 'parted', 'grouped'];

/** Items of one type. Chars are bytes of UTF-8 text; guids are written as 8-4-4-4-12 hexadecimal digits. */
export type QVector = { readonly kind: 'vector'; readonly attribute: Attribute } & (
  | { readonly type: 'boolean' | 'byte' | 'char'; readonly values: Uint8Array }
  | { readonly type: 'short'; readonly values: Int16Array }
  | { readonly type: Int32Type; readonly values: Int32Array }
  | { readonly type: Int64Type; readonly values: BigInt64Array }
  | { readonly type: 'real'; readonly values: Float32Array }
  | { readonly type: 'float' | 'datetime'; readonly values: Float64Array }
  | { readonly type: 'guid' | 'symbol'; readonly values: readonly string[] }
);

/** Items of any types. */
export interface QList {
  readonly kind: 'list';
  readonly attribute: Attribute;
  readonly items: readonly QValue[];
}

/** A keyed table is a dict whose keys and values are tables. */
export interface QDict {
  readonly kind: 'dict';
  readonly sorted: boolean;
  readonly keys: QValue;
  readonly values: QValue;
}

export interface QColumn {
  readonly name: string;
  /** A column of records is itself a table. */
  readonly values: QVector | QList | QTable;
}

export interface QTable {
  readonly kind: 'table';
  readonly attribute: Attribute;
  readonly columns: readonly QColumn[];
}

/** Functions as they travel: a lambda by its text, the others by the numbers that q gives them. */
export type QFunction =
  | { readonly kind: 'lambda'; readonly context: string; readonly body: QValue }
  /** Type 101 (unary; code 0 is the generic null `::`), 102 (operator), 103 (iterator). */
  | { readonly kind: 'primitive'; readonly type: number; readonly code: number }
  /** Type 104 (projection) and 105 (composition). */
  | { readonly kind: 'composed'; readonly type: number; readonly parts: readonly QValue[] }
  /** Types 106 to 111: a function under an iterator. */
  | { readonly kind: 'derived'; readonly type: number; readonly argument: QValue };

/** Whatever can be sent to q or come from it. */
export type QValue = QAtom | QVector | QList | QDict | QTable | QFunction;

export const NULL_INT64 = -(2n ** 63n);
export const INFINITY_INT64 = 2n ** 63n - 1n;
export const NULL_INT32 = -0x80000000;
export const INFINITY_INT32 = 0x7fffffff;
export const NULL_INT16 = -0x8000;
export const INFINITY_INT16 = 0x7fff;
export const NULL_GUID = '00000000-0000-0000-0000-000000000000';

/** q's `::`. */
export const GENERIC_NULL: QValue = { kind: 'primitive', type: 101, code: 0 };

export function symbolAtom(value: string): QAtom {
  return { kind: 'atom', type: 'symbol', value };
}

export function longAtom(value: bigint): QAtom {
  return { kind: 'atom', type: 'long', value };
}

/** A q string: a vector of chars. */
export function charVector(text: string): QVector {
  return { kind: 'vector', type: 'char', attribute: 'none', values: Buffer.from(text, 'utf8') };
}

export function symbolVector(values: readonly string[]): QVector {
  return { kind: 'vector', type: 'symbol', attribute: 'none', values };
}

export function listOf(items: readonly QValue[]): QList {
  return { kind: 'list', attribute: 'none', items };
}

/** The text of a char vector or of a symbol; undefined for anything else. */
export function textOf(value: QValue): string | undefined {
  if (value.kind === 'vector' && value.type === 'char') return Buffer.from(value.values).toString('utf8');
  if (value.kind === 'atom' && value.type === 'symbol') return value.value;
  return undefined;
}

/** How many items a list has, or rows a table. */
export function rowCountOf(value: QVector | QList | QTable): number {
  switch (value.kind) {
    case 'vector':
      return value.values.length;
    case 'list':
      return value.items.length;
    case 'table':
      return value.columns.length === 0 ? 0 : rowCountOf(value.columns[0]!.values);
  }
}
