/** sum avg min max prd first last count and so on: a list to one value. */

import { isTrue } from '../evaluator/truth.ts';
import { numberOf, toFloats } from '../values/convert.ts';
import { withoutEnum } from '../values/enums.ts';
import { collect, countOf, isListLike, itemAt, itemsOf, missingItem } from '../values/items.ts';
import { boolean, byteVector, float, long, numberAtom } from '../values/make.ts';
import { halves } from '../values/select-items.ts';
import {
  INFINITE_INT,
  INFINITE_LONG,
  isFloatType,
  isLongType,
  NULL_INT,
  NULL_LONG,
} from '../values/types.ts';
import type { Atom, LongType, NumberType, Value, Vector } from '../values/value.ts';
import { QError } from '../values/value.ts';
import { add, divideValues, greater, lesser, multiply } from './arithmetic.ts';
import { define } from './registry.ts';

/** Reduces a list; dictionaries reduce their values, tables each column, lists of lists item by item. */
export function aggregate(vector: (x: Vector) => Value, fold: (x: Value, y: Value) => Value) {
  const reduce = (x: Value): Value => {
    switch (x.kind) {
      case 'atom':
        return x;
      case 'vector':
        return vector(withoutEnum(x) as Vector);
      case 'list': {
        const [head, ...tail] = x.items;
        return head === undefined ? x : tail.reduce(fold, head);
      }
      case 'dictionary':
        return reduce(x.values);
      case 'table':
        return {
          kind: 'dictionary',
          keys: names(x.names),
          values: collect(x.columns.map(reduce)),
          sorted: false,
        };
      default:
        throw new QError('type');
    }
  };
  return reduce;
}

function names(all: readonly string[]): Value {
  return collect(all.map(name => ({ kind: 'atom', type: 11, value: name }) as const));
}

export function sumVector(x: Vector): Value {
  switch (x.type) {
    case 7:
    case 12:
    case 16:
      return { kind: 'atom', type: x.type, value: sumLongs(x.data) };
    case 8:
    case 9:
    case 15:
      return numberAtom(x.type, x.type === 8 ? Math.fround(sumFloats(x.data)) : sumFloats(x.data));
    case 2:
    case 10:
    case 11:
    case 20:
      throw new QError('type');
    case 1:
    case 4:
    case 5:
    case 6: {
      let total = 0;
      const missing = x.type === 6 ? NULL_INT : x.type === 5 ? -32768 : -1;
      for (let i = 0; i < x.data.length; i++) if (x.data[i] !== missing) total += x.data[i]!;
      return numberAtom(6, total | 0);
    }
    default: {
      let total = 0;
      for (let i = 0; i < x.data.length; i++) if (x.data[i] !== NULL_INT) total += x.data[i]!;
      return numberAtom(x.type, total | 0);
    }
  }
}

/** Nulls count as nothing. */
export function sumLongs(data: BigInt64Array): bigint {
  const words = halves(data);
  let high = 0;
  let low = 0;
  for (let i = 0; i < words.length; i += 2) {
    const lowWord = words[i]!;
    const highWord = words[i + 1]!;
    if (highWord === NULL_INT && lowWord === 0) continue;
    high += highWord;
    low += lowWord >>> 0;
    // Both stay exact in a double: they are folded before they can pass 2^53.
    if (low > 2 ** 52) {
      high += Math.floor(low / 4294967296);
      low %= 4294967296;
    }
  }
  return BigInt.asIntN(64, (BigInt(high) << 32n) + BigInt(low));
}

export function sumFloats(data: Float64Array | Float32Array): number {
  let total = 0;
  for (let i = 0; i < data.length; i++) if (!Number.isNaN(data[i]!)) total += data[i]!;
  return total;
}

function productVector(x: Vector): Value {
  if (x.type === 2 || x.type === 10 || x.type === 11) throw new QError('type');
  if (isLongType(x.type)) {
    let product = 1n;
    for (const item of x.data as BigInt64Array)
      if (item !== NULL_LONG) product = BigInt.asIntN(64, product * item);
    return { kind: 'atom', type: x.type as LongType, value: product };
  }
  let product = 1;
  const float = isFloatType(x.type);
  for (const item of toFloats(x)) {
    if (!Number.isNaN(item)) product = float ? product * item : Math.imul(product, item);
  }
  return numberAtom(float ? (x.type as NumberType) : 6, product);
}

/** The least or greatest item; of none, the infinity that any item would replace. */
function extremeVector(sign: 1 | -1) {
  return (x: Vector): Value => {
    if (x.type === 2 || x.type === 11 || x.type === 20) throw new QError('type');
    if (isLongType(x.type))
      return { kind: 'atom', type: x.type as LongType, value: extremeLong(x.data as BigInt64Array, sign) };
    const data = x.data as Float64Array;
    const missing = x.type === 5 ? -32768 : NULL_INT;
    let best = Number.NaN;
    for (let i = 0; i < data.length; i++) {
      const item = data[i]!;
      if (Number.isNaN(item) || (item === missing && !isFloatType(x.type))) continue;
      if (Number.isNaN(best) || (sign > 0 ? item > best : item < best)) best = item;
    }
    if (Number.isNaN(best)) best = ofNothing(x, sign);
    return numberAtom(x.type as NumberType, best);
  };
}

function ofNothing(x: Vector, sign: 1 | -1): number {
  switch (x.type) {
    case 1:
    case 4:
    case 10:
      return sign > 0 ? 0 : x.type === 1 ? 1 : 255;
    case 5:
      return -sign * 32767;
    case 8:
    case 9:
    case 15:
      return -sign * Number.POSITIVE_INFINITY;
    default:
      return -sign * INFINITE_INT;
  }
}

function extremeLong(data: BigInt64Array, sign: 1 | -1): bigint {
  const words = halves(data);
  let best = -1;
  let bestLow = 0;
  let bestHigh = 0;
  for (let i = 0; i < data.length; i++) {
    // The high words compare signed, the low ones unsigned.
    const low = words[2 * i]! >>> 0;
    const high = words[2 * i + 1]!;
    const isFirst = best < 0 && (high !== NULL_INT || low !== 0);
    const isGreater = high === bestHigh ? low > bestLow : high > bestHigh;
    const isLess = (high === bestHigh ? low < bestLow : high < bestHigh) && (high !== NULL_INT || low !== 0);
    if (!isFirst && (best < 0 || !(sign > 0 ? isGreater : isLess))) continue;
    best = i;
    bestLow = low;
    bestHigh = high;
  }
  return best < 0 ? -BigInt(sign) * INFINITE_LONG : data[best]!;
}

export const sum = aggregate(sumVector, add);
export const product = aggregate(productVector, multiply);
export const maximum = aggregate(extremeVector(1), greater);
export const minimum = aggregate(extremeVector(-1), lesser);

/** Mean of the items that are not null, as float. */
export function average(x: Value): Value {
  switch (x.kind) {
    case 'atom':
      return float(numberOf(x));
    case 'vector': {
      const data = toFloats(x);
      let total = 0;
      let count = 0;
      for (let i = 0; i < data.length; i++) {
        if (Number.isNaN(data[i]!)) continue;
        total += data[i]!;
        count += 1;
      }
      return float(total / count);
    }
    case 'list': {
      if (x.items.length === 0) return float(Number.NaN);
      // In a general list a null counts as an item; it only adds nothing.
      return divideValues(
        x.items.every(item => item.kind === 'atom') ? sum(collect(floatItems(x.items))) : sum(x),
        long(x.items.length),
      );
    }
    case 'dictionary':
      return average(x.values);
    case 'table':
      return {
        kind: 'dictionary',
        keys: names(x.names),
        values: collect(x.columns.map(average)),
        sorted: false,
      };
    default:
      throw new QError('type');
  }
}

function floatItems(items: readonly Value[]): Value[] {
  return items.map(item => float(numberOf(item as Atom)));
}

export function first(x: Value): Value {
  if (x.kind === 'dictionary') return countOf(x.keys) === 0 ? missingItem(x.values) : first(x.values);
  if (!isListLike(x)) return x;
  return countOf(x) === 0 ? missingItem(x) : itemAt(x, 0);
}

export function last(x: Value): Value {
  if (x.kind === 'dictionary') return last(x.values);
  if (!isListLike(x)) return x;
  const count = countOf(x);
  return count === 0 ? missingItem(x) : itemAt(x, count - 1);
}

function every(x: Value): Value {
  if (x.kind === 'atom') return boolean(isTrue(x));
  if (x.kind === 'dictionary') return every(x.values);
  if (x.kind === 'table') return overColumns(x.columns, x.names, every);
  if (x.kind === 'list' && x.items.some(item => item.kind !== 'atom')) return minimum(nonZero(x));
  return boolean(x.kind === 'vector' ? trueMarks(x).every(mark => mark === 1) : itemsOf(x).every(isTrue));
}

function some(x: Value): Value {
  if (x.kind === 'atom') return boolean(isTrue(x));
  if (x.kind === 'dictionary') return some(x.values);
  if (x.kind === 'table') return overColumns(x.columns, x.names, some);
  if (x.kind === 'list' && x.items.some(item => item.kind !== 'atom')) return maximum(nonZero(x));
  return boolean(x.kind === 'vector' ? trueMarks(x).includes(1) : itemsOf(x).some(isTrue));
}

function nonZero(x: Value): Value {
  if (x.kind === 'atom') return boolean(isTrue(x));
  if (x.kind === 'vector' && countOf(x) > 0) return byteVector(1, trueMarks(x));
  return collect(itemsOf(x).map(nonZero));
}

/** 1 for each item that is not zero. */
function trueMarks(x: Vector): Uint8Array {
  if (x.type === 1) return x.data;
  const marks = new Uint8Array(countOf(x));
  if (isLongType(x.type)) {
    const words = halves(x.data as BigInt64Array);
    for (let i = 0; i < marks.length; i++) marks[i] = words[2 * i] === 0 && words[2 * i + 1] === 0 ? 0 : 1;
    return marks;
  }
  if (marks.length > 0 && (x.type === 2 || x.type === 11)) throw new QError('type');
  const data = x.data as Float64Array;
  for (let i = 0; i < marks.length; i++) marks[i] = data[i] === 0 ? 0 : 1;
  return marks;
}

function overColumns(columns: readonly Value[], all: readonly string[], reduce: (x: Value) => Value): Value {
  return { kind: 'dictionary', keys: names(all), values: collect(columns.map(reduce)), sorted: false };
}

/** The empty list of no type, of which a sum or product is what leaves others as they are. */
function isNothing(x: Value): boolean {
  return x.kind === 'list' && x.items.length === 0;
}

define('sum', { unary: x => (isNothing(x) ? long(0) : sum(x)) });
define('prd', { unary: x => (isNothing(x) ? long(1) : product(x)) });
define('max', { unary: maximum });
define('min', { unary: minimum });
define('avg', { unary: average });
define('first', { unary: first });
define('last', { unary: last });
define('count', { unary: x => long(countOf(x)) });
define('all', { unary: every });
define('any', { unary: some });
