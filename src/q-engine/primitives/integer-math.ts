/** div mod xbar xexp xlog: division with whole results, bars, powers. */
import { type Simple, toFloats, toInts, toLongs } from '../values/convert.ts';
import { countOf, vectorItem } from '../values/items.ts';
import { floats, ints, longs } from '../values/make.ts';
import {
  isFloatType,
  isLongType,
  isTemporal,
  NULL_INT,
  NULL_LONG,
  newData,
  vectorOf,
} from '../values/types.ts';
import type { TypeNumber, Value, Vector } from '../values/value.ts';
import { QError } from '../values/value.ts';
import { spread2 } from './atomic.ts';
import { castVector, floorDivide } from './cast.ts';
import { define } from './registry.ts';
import { intsAs, longsAs } from './temporal-units.ts';

/** Number of items of the result and the step through each argument. */
export function shape(
  x: Simple,
  y: Simple,
): { count: number; stepX: number; stepY: number; atomic: boolean } {
  const stepX = x.kind === 'vector' ? 1 : 0;
  const stepY = y.kind === 'vector' ? 1 : 0;
  const count = stepX === 1 ? countOf(x) : stepY === 1 ? countOf(y) : 1;
  return { count, stepX, stepY, atomic: stepX === 0 && stepY === 0 };
}

function result(vector: Value & { kind: 'vector' }, atomic: boolean): Value {
  return atomic ? vectorItem(vector, 0) : vector;
}

function checkNumeric(x: Simple, y: Simple): void {
  for (const type of [x.type, y.type]) if (type === 11 || type === 2 || type === 20) throw new QError('type');
}

/** Whole part of the quotient, towards minus infinity, in the type of x; booleans to shorts count as int. */
function div(x: Simple, y: Simple): Value {
  checkNumeric(x, y);
  const { count, stepX, stepY, atomic } = shape(x, y);
  const type = (x.type === 10 || x.type < 6 ? 6 : x.type) as TypeNumber;
  if (isFloatType(x.type) || isFloatType(y.type)) {
    const a = toFloats(x);
    const b = toFloats(y);
    const out = Float64Array.from({ length: count }, (_, i) => Math.floor(a[i * stepX]! / b[i * stepY]!));
    return result(castVector(type === 8 ? 9 : type, floats(out)) as Vector, atomic);
  }
  if (isLongType(x.type) || isLongType(y.type)) {
    const a = toLongs(x);
    const b = toLongs(y);
    const out = new BigInt64Array(count);
    for (let i = 0; i < count; i++) out[i] = divideLong(a[i * stepX]!, b[i * stepY]!);
    return result(
      isLongType(type) ? longs(out, type) : vectorOf(type, Int32Array.from(out, narrowLong)),
      atomic,
    );
  }
  const a = toInts(x);
  const b = toInts(y);
  const out = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const [left, right] = [a[i * stepX]!, b[i * stepY]!];
    out[i] = left === NULL_INT || right === NULL_INT || right === 0 ? NULL_INT : Math.floor(left / right);
  }
  return result(vectorOf(type, out), atomic);
}

function divideLong(x: bigint, y: bigint): bigint {
  return x === NULL_LONG || y === NULL_LONG || y === 0n ? NULL_LONG : floorDivide(x, y);
}

function narrowLong(value: bigint): number {
  return value === NULL_LONG ? NULL_INT : Number(BigInt.asIntN(32, value));
}

/** x - y * x div y, of the type of a difference. */
function mod(x: Simple, y: Simple): Value {
  checkNumeric(x, y);
  const { count, stepX, stepY, atomic } = shape(x, y);
  if (isFloatType(x.type) || isFloatType(y.type)) {
    const a = toFloats(x);
    const b = toFloats(y);
    const out = Float64Array.from({ length: count }, (_, i) => {
      const [left, right] = [a[i * stepX]!, b[i * stepY]!];
      return right === 0 ? left : left - right * Math.floor(left / right);
    });
    return result(floats(out), atomic);
  }
  if (isLongType(x.type) || isLongType(y.type)) {
    const a = toLongs(x);
    const b = toLongs(y);
    const out = BigInt64Array.from({ length: count }, (_, i) => modLong(a[i * stepX]!, b[i * stepY]!));
    const type = x.type === 12 || x.type === 16 ? 16 : 7;
    if (!isLongType(x.type) && isTemporal(x.type))
      return result(ints(Int32Array.from(out, narrowLong)), atomic);
    return result(longs(out, type), atomic);
  }
  const a = toInts(x);
  const b = toInts(y);
  const out = Int32Array.from({ length: count }, (_, i) => {
    const [left, right] = [a[i * stepX]!, b[i * stepY]!];
    if (left === NULL_INT || right === NULL_INT) return NULL_INT;
    return right === 0 ? left : left - right * Math.floor(left / right);
  });
  const type = (x.type >= 17 ? x.type : 6) as TypeNumber;
  return result(vectorOf(type, out), atomic);
}

function modLong(x: bigint, y: bigint): bigint {
  if (x === NULL_LONG || y === NULL_LONG) return NULL_LONG;
  return y === 0n ? x : x - y * floorDivide(x, y);
}

/** y rounded down to a multiple of x, of the type of y. */
function bar(x: Simple, y: Simple): Value {
  checkNumeric(x, y);
  const { count, stepX, stepY, atomic } = shape(x, y);
  if (isFloatType(x.type) || isFloatType(y.type)) {
    const a = toFloats(x);
    const b = toFloats(y);
    const out = Float64Array.from({ length: count }, (_, i) => {
      const [step, value] = [a[i * stepX]!, b[i * stepY]!];
      return step === 0 ? value : step * Math.floor(value / step + 1e-14 * Math.abs(value / step));
    });
    if (y.type === 15) return result({ kind: 'vector', type: 15, data: out, attribute: '' }, atomic);
    if (isTemporal(y.type)) return result(castVector(y.type as TypeNumber, floats(out)) as Vector, atomic);
    return result(y.type === 8 ? vectorOf(8, Float32Array.from(out)) : floats(out), atomic);
  }
  const coarse = isTemporal(x.type) && isTemporal(y.type) && x.type !== y.type;
  if (isLongType(y.type) || isLongType(x.type)) {
    // A timespan bar of a clock or date type counts in nanoseconds and comes back in the type of y.
    const target = isLongType(y.type) ? y.type : coarse ? 12 : 7;
    const a = coarse ? longsAs(x, 16) : toLongs(x);
    const b = coarse ? longsAs(y, target) : toLongs(y);
    const out = new BigInt64Array(count);
    for (let i = 0; i < count; i++) out[i] = barLong(a[i * stepX]!, b[i * stepY]!);
    if (isLongType(y.type)) return result(longs(out, y.type), atomic);
    if (!isTemporal(y.type)) return result(longs(out), atomic);
    const unit = coarse ? longsAs({ kind: 'atom', type: y.type, value: 1 } as Simple, target)[0]! : 1n;
    return result(
      vectorOf(
        y.type as TypeNumber,
        Int32Array.from(out, value => narrowLong(divideLong(value, unit))),
      ),
      atomic,
    );
  }
  const a = intsAs(x, y.type);
  const b = toInts(y);
  const out = Int32Array.from({ length: count }, (_, i) => {
    const [step, value] = [a[i * stepX]!, b[i * stepY]!];
    if (value === NULL_INT || step === NULL_INT) return NULL_INT;
    return step === 0 ? value : step * Math.floor(value / step);
  });
  if (isTemporal(y.type) || y.type === 6) return result(vectorOf(y.type, out), atomic);
  const data = newData(6, count) as Int32Array;
  data.set(out);
  return result(vectorOf(6, data), atomic);
}

function barLong(step: bigint, value: bigint): bigint {
  if (value === NULL_LONG || step === NULL_LONG) return NULL_LONG;
  return step === 0n ? value : step * floorDivide(value, step);
}

function floatBinary(compute: (x: number, y: number) => number) {
  return (x: Simple, y: Simple): Value => {
    checkNumeric(x, y);
    const { count, stepX, stepY, atomic } = shape(x, y);
    const a = toFloats(x);
    const b = toFloats(y);
    const out = new Float64Array(count);
    for (let i = 0; i < count; i++) out[i] = compute(a[i * stepX]!, b[i * stepY]!);
    return result(floats(out), atomic);
  };
}

const power = floatBinary((x, y) => (Number.isNaN(x) || Number.isNaN(y) ? Number.NaN : x ** y));
const logarithm = floatBinary((x, y) => Math.log(y) / Math.log(x));

define('div', { binary: (x, y) => spread2(x, y, div) }, { type: 102 });
define('mod', { binary: (x, y) => spread2(x, y, mod) });
define('xbar', { binary: (x, y) => spread2(x, y, bar) });
define('xexp', { binary: (x, y) => spread2(x, y, power) }, { type: 102 });
define('xlog', { binary: (x, y) => spread2(x, y, logarithm) });
