/** Items of atoms and vectors as plain number arrays, nulls mapped to the null of the target. */
import { halves } from './select-items.ts';

import { INFINITE_LONG, isFloatType, isLongType, NULL_INT, NULL_LONG, NULL_SHORT } from './types.ts';
import type { Atom, Value, Vector } from './value.ts';
import { QError } from './value.ts';

export type Simple = Atom | Vector;

/** The value as an atom or a vector. Signals 'type for anything else. */
export function simple(x: Value): Simple {
  if (x.kind !== 'atom' && x.kind !== 'vector') throw new QError('type');
  return x;
}

/** As float64; an atom gives one item. Infinities of integer types stay numbers unless they are nulls. */
export function toFloats(x: Simple): Float64Array {
  if (x.kind === 'atom') return Float64Array.of(numberOf(x));
  switch (x.type) {
    case 9:
    case 15:
      return x.data;
    case 7:
    case 12:
    case 16:
      return longsToFloats(x.data);
    case 1:
    case 4:
    case 10:
    case 8:
      return Float64Array.from(x.data);
    case 5:
      return Float64Array.from(x.data, item => (item === NULL_SHORT ? Number.NaN : item));
    case 2:
    case 11:
    case 20:
      throw new QError('type');
    default:
      return intsToFloats(x.data);
  }
}

function longsToFloats(data: BigInt64Array): Float64Array {
  const words = halves(data);
  const out = new Float64Array(data.length);
  for (let i = 0; i < out.length; i++) {
    const low = words[2 * i]!;
    const high = words[2 * i + 1]!;
    out[i] = high === NULL_INT && low === 0 ? Number.NaN : high * 4294967296 + (low >>> 0);
  }
  return out;
}

function intsToFloats(data: Int32Array): Float64Array {
  const out = new Float64Array(data.length);
  for (let i = 0; i < out.length; i++) out[i] = data[i] === NULL_INT ? Number.NaN : data[i]!;
  return out;
}

/** A number atom as a JavaScript number, null as NaN. Signals 'type for what is not a number. */
export function numberOf(x: Atom): number {
  switch (x.type) {
    case 2:
    case 11:
    case 20:
      throw new QError('type');
    case 7:
    case 12:
    case 16:
      return x.value === NULL_LONG ? Number.NaN : Number(x.value);
    case 5:
      return x.value === NULL_SHORT ? Number.NaN : x.value;
    case 1:
    case 4:
    case 8:
    case 9:
    case 10:
    case 15:
      return x.value;
    default:
      return x.value === NULL_INT ? Number.NaN : x.value;
  }
}

/** As int64. Floats are rounded as a cast does. */
export function toLongs(x: Simple): BigInt64Array {
  if (x.kind === 'atom') return BigInt64Array.of(longOf(x));
  if (isLongType(x.type)) return x.data as BigInt64Array;
  const out = new BigInt64Array(x.data.length);
  if (isFloatType(x.type)) {
    for (let i = 0; i < out.length; i++) out[i] = floatToLong(x.data[i] as number);
    return out;
  }
  const words = halves(out);
  const missing = nullOfInts(x);
  const data = x.data as Int32Array;
  for (let i = 0; i < out.length; i++) {
    const item = data[i]!;
    if (item === missing) words[2 * i + 1] = NULL_INT;
    else {
      words[2 * i] = item;
      words[2 * i + 1] = item >> 31;
    }
  }
  return out;
}

function nullOfInts(x: Vector): number {
  if (x.type === 2 || x.type === 11 || x.type === 20) throw new QError('type');
  if (x.type === 1 || x.type === 4 || x.type === 10) return Number.NaN;
  return x.type === 5 ? NULL_SHORT : NULL_INT;
}

/** A number atom as int64. */
export function longOf(x: Atom): bigint {
  if (x.type === 2 || x.type === 11 || x.type === 20) throw new QError('type');
  if (typeof x.value === 'bigint') return x.value;
  const value = numberOf(x);
  return isFloatType(x.type) ? floatToLong(value) : Number.isNaN(value) ? NULL_LONG : BigInt(value);
}

/** Rounds half up, as kdb+'s cast of a float does; null and what is too large become null and infinities. */
export function floatToLong(value: number): bigint {
  if (Number.isNaN(value)) return NULL_LONG;
  if (value >= 2 ** 63) return INFINITE_LONG;
  if (value <= -(2 ** 63)) return -INFINITE_LONG;
  return BigInt(Math.floor(value + 0.5));
}

/** As int32, from boolean, byte, char, short and int types only. */
export function toInts(x: Simple): Int32Array {
  if (x.kind === 'atom') {
    const value = x.value as number;
    return Int32Array.of(x.type === 5 && value === NULL_SHORT ? NULL_INT : value);
  }
  if (x.data instanceof Int32Array) return x.data;
  const out = new Int32Array(x.data.length);
  const missing = nullOfInts(x);
  const data = x.data as Int16Array;
  for (let i = 0; i < out.length; i++) out[i] = data[i] === missing ? NULL_INT : data[i]!;
  return out;
}
