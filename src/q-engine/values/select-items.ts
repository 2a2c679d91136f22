/** Picking many items of a value at once: by positions, by range. Attributes are dropped unless said. */

import { collect, countOf, itemAt, missingItem } from './items.ts';
import { symbols } from './make.ts';
import { type AnyData, newData, nullAtom, vectorOf } from './types.ts';
import type { Attribute, Value, Vector } from './value.ts';
import { EMPTY_LIST, isKeyedTable } from './value.ts';

/** Items at these positions; a position outside gives the list's null. */
export function pick(value: Value, positions: Int32Array): Value {
  switch (value.kind) {
    case 'vector':
      return pickVector(value, positions);
    case 'list': {
      const { items } = value;
      if (positions.length === 0) return EMPTY_LIST;
      const missing = missingItem(value);
      return collect(Array.from(positions, position => items[position] ?? missing));
    }
    case 'table':
      return { ...value, sorted: false, columns: value.columns.map(column => pick(column, positions)) };
    case 'dictionary':
      return pick(value.values, positions);
    default:
      return collect(Array.from(positions, () => value));
  }
}

/** Entries of a dictionary (rows of a keyed table) at these positions. */
export function pickEntries<T extends Value & { kind: 'dictionary' }>(value: T, positions: Int32Array): T {
  return {
    ...value,
    sorted: false,
    keys: pickKeeping(value.keys, positions),
    values: pickKeeping(value.values, positions),
  };
}

/** As {@link pick}, but an empty general list stays what it is and general lists stay general. */
export function pickKeeping(value: Value, positions: Int32Array): Value {
  if (value.kind !== 'list') return pick(value, positions);
  const missing = missingItem(value);
  return { kind: 'list', items: Array.from(positions, position => value.items[position] ?? missing) };
}

function pickVector(vector: Vector, positions: Int32Array): Vector {
  const count = positions.length;
  const size = countOf(vector);
  switch (vector.type) {
    case 7:
    case 12:
    case 16: {
      const out = new BigInt64Array(count);
      pickPairs(halves(vector.data), positions, halves(out), size);
      return vectorOf(vector.type, out);
    }
    case 9:
    case 15: {
      const out = new Float64Array(count);
      pickFloats(vector.data, positions, out, size);
      return vectorOf(vector.type, out);
    }
    case 2: {
      const out = new Uint8Array(count * 16);
      for (let i = 0; i < count; i++) {
        const position = positions[i]!;
        if (position >= 0 && position < size) {
          out.set(vector.data.subarray(position * 16, position * 16 + 16), i * 16);
        }
      }
      return vectorOf(2, out);
    }
    case 11:
    case 20:
    case 6:
    case 13:
    case 14:
    case 17:
    case 18:
    case 19: {
      const out = new Int32Array(count);
      pickInts(vector.data, positions, out, size, nullWord(vector));
      return vectorOf(vector.type, out, vector);
    }
    default: {
      const out = newData(vector.type, count) as Uint8Array;
      const data = vector.data as Uint8Array;
      const missing = nullAtom(vector.type, vector).value as number;
      for (let i = 0; i < count; i++) {
        const position = positions[i]!;
        out[i] = position >= 0 && position < size ? data[position]! : missing;
      }
      return vectorOf(vector.type, out);
    }
  }
}

function nullWord(vector: Vector): number {
  if (vector.type === 11) return 0;
  return vector.type === 20 ? -1 : -2147483648;
}

/** The two 32-bit words of each long: V8 moves them faster and never as bigints. */
export function halves(data: BigInt64Array): Int32Array {
  return new Int32Array(data.buffer, data.byteOffset, data.length * 2);
}

function pickPairs(data: Int32Array, positions: Int32Array, out: Int32Array, size: number): void {
  for (let i = 0; i < positions.length; i++) {
    const position = positions[i]!;
    if (position >= 0 && position < size) {
      out[2 * i] = data[2 * position]!;
      out[2 * i + 1] = data[2 * position + 1]!;
    } else out[2 * i + 1] = -2147483648;
  }
}

function pickFloats(data: Float64Array, positions: Int32Array, out: Float64Array, size: number): void {
  for (let i = 0; i < positions.length; i++) {
    const position = positions[i]!;
    out[i] = position >= 0 && position < size ? data[position]! : Number.NaN;
  }
}

function pickInts(
  data: Int32Array,
  positions: Int32Array,
  out: Int32Array,
  size: number,
  missing: number,
): void {
  for (let i = 0; i < positions.length; i++) {
    const position = positions[i]!;
    out[i] = position >= 0 && position < size ? data[position]! : missing;
  }
}

/** Items from `start` up to but not including `end`, both within the list; a copy. */
export function slice(value: Value, start: number, end: number): Value {
  switch (value.kind) {
    case 'vector': {
      const width = value.type === 2 ? 16 : 1;
      return vectorOf(value.type, value.data.slice(start * width, end * width) as AnyData, value);
    }
    case 'list':
      return end <= start ? EMPTY_LIST : collect(value.items.slice(start, end));
    case 'table':
      return { ...value, sorted: false, columns: value.columns.map(column => slice(column, start, end)) };
    case 'dictionary':
      return { ...value, keys: slice(value.keys, start, end), values: slice(value.values, start, end) };
    default:
      return value;
  }
}

/** The vector with another attribute; the same object when it has it already. */
export function withAttribute<T extends Vector>(vector: T, attribute: Attribute): T {
  return vector.attribute === attribute ? vector : { ...vector, attribute };
}

/** The positions 0 to count-1. */
export function positionsUpTo(count: number, start = 0): Int32Array {
  const out = new Int32Array(count);
  for (let i = 0; i < count; i++) out[i] = start + i;
  return out;
}

/** A table or keyed table as plain columns with names; the key columns come first. */
export function allColumns(
  value: Value,
): { names: string[]; columns: Value[]; keyCount: number } | undefined {
  if (value.kind === 'table') {
    return { names: [...value.names], columns: [...value.columns], keyCount: 0 };
  }
  if (!isKeyedTable(value)) return undefined;
  return {
    names: [...value.keys.names, ...value.values.names],
    columns: [...value.keys.columns, ...value.values.columns],
    keyCount: value.keys.names.length,
  };
}

/** The names of a table's columns as a symbol vector. */
export function namesVector(names: readonly string[]): Vector {
  return symbols(names);
}

/** Items in the opposite order. */
export function reverse(value: Value): Value {
  const count = countOf(value);
  const positions = new Int32Array(count);
  for (let i = 0; i < count; i++) positions[i] = count - 1 - i;
  if (value.kind === 'dictionary') return pickEntries(value, positions);
  if (value.kind === 'vector' || value.kind === 'list' || value.kind === 'table')
    return pick(value, positions);
  return itemAt(value, 0);
}
