/** Short ways to make values. */
import { spend } from './limits.ts';
import { internSymbol, symbolName } from './symbol-pool.ts';
import { decodeText, encodeText } from './text.ts';
import type {
  Attribute,
  ByteVector,
  Dictionary,
  FloatVector,
  IntVector,
  List,
  LongAtom,
  LongType,
  LongVector,
  NumberAtom,
  NumberType,
  SymbolAtom,
  SymbolVector,
  Table,
  Value,
} from './value.ts';

const FALSE: NumberAtom = { kind: 'atom', type: 1, value: 0 };
const TRUE: NumberAtom = { kind: 'atom', type: 1, value: 1 };

export function boolean(value: boolean): NumberAtom {
  return value ? TRUE : FALSE;
}

export function numberAtom(type: NumberType, value: number): NumberAtom {
  return { kind: 'atom', type, value };
}

export function longAtom(type: LongType, value: bigint): LongAtom {
  return { kind: 'atom', type, value };
}

export function long(value: number | bigint): LongAtom {
  return { kind: 'atom', type: 7, value: BigInt(value) };
}

export function int(value: number): NumberAtom {
  return { kind: 'atom', type: 6, value };
}

export function float(value: number): NumberAtom {
  return { kind: 'atom', type: 9, value };
}

export function symbol(value: string): SymbolAtom {
  return { kind: 'atom', type: 11, value };
}

/** One byte of text. */
export function char(byte: number): NumberAtom {
  return { kind: 'atom', type: 10, value: byte };
}

/** A string: a char vector, also of one or no char. */
export function string(text: string): ByteVector {
  return { kind: 'vector', type: 10, data: encodeText(text), attribute: '' };
}

export function byteVector(type: 1 | 4 | 10, data: Uint8Array, attribute: Attribute = ''): ByteVector {
  return { kind: 'vector', type, data, attribute };
}

export function longs(data: BigInt64Array, type: LongType = 7, attribute: Attribute = ''): LongVector {
  return { kind: 'vector', type, data, attribute };
}

export function ints(data: Int32Array, type: IntVector['type'] = 6, attribute: Attribute = ''): IntVector {
  return { kind: 'vector', type, data, attribute };
}

export function floats(data: Float64Array, type: 9 | 15 = 9, attribute: Attribute = ''): FloatVector {
  return { kind: 'vector', type, data, attribute };
}

export function symbolIds(data: Int32Array, attribute: Attribute = ''): SymbolVector {
  return { kind: 'vector', type: 11, data, attribute };
}

export function symbols(names: readonly string[], attribute: Attribute = ''): SymbolVector {
  return symbolIds(Int32Array.from(names, internSymbol), attribute);
}

/** The names in a symbol vector. */
export function symbolNames(vector: SymbolVector): string[] {
  return Array.from(vector.data, symbolName);
}

/** The text of a char vector. */
export function textOf(vector: ByteVector): string {
  return decodeText(vector.data);
}

export function list(items: readonly Value[]): List {
  spend(items.length);
  return { kind: 'list', items };
}

export function dictionary(keys: Value, values: Value, sorted = false): Dictionary {
  return { kind: 'dictionary', keys, values, sorted };
}

export function table(names: readonly string[], columns: readonly Value[], sorted = false): Table {
  return { kind: 'table', names, columns, sorted };
}
