/** div mod xbar xexp xlog: division with whole results, bars, powers. */
import { type Simple, toFloats, toInts, toLongs } from '../values/convert.ts';
import { countOf, vectorItem } from '../values/items.ts';
import { floats, longs } from '../values/make.ts';
import { isFloatType, isLongType, isTemporal, NULL_INT, NULL_LONG, vectorOf } from '../values/types.ts';
import type { TypeNumber, Value, Vector } from '../values/value.ts';
import { QError } from '../values/value.ts';
import { resultType } from './arithmetic.ts';
import { spread2 } from './atomic.ts';
import { castVector, floorDivide } from './cast.ts';
import { define } from './registry.ts';

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
  const type = divType(x.type) as TypeNumber;
  if (isFloatType(x.type) || isFloatType(y.type)) {
    const a = toFloats(x);
    const b = toFloats(y);
    const out = Float64Array.from({ length: count }, (_, i) => Math.floor(a[i * stepX]! / b[i * stepY]!));
    return result(castVector(type, floats(out)) as Vector, atomic);
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

/** The type of a quotient: that of x, of what is smaller than an int or a real the next larger. */
function divType(x: number): number {
  if (x === 8) return 9;
  return x === 10 || x < 6 ? 6 : x;
}

/** x - y * x div y, of the type that this has. */
function mod(x: Simple, y: Simple): Value {
  checkNumeric(x, y);
  const product = resultType('multiply', y.type, divType(x.type));
  const type = product === 0 ? 0 : resultType('subtract', x.type, product);
  if (type === 0) throw new QError('type');
  const { count, stepX, stepY, atomic } = shape(x, y);
  if (isFloatType(x.type) || isFloatType(y.type)) {
    const a = toFloats(x);
    const b = toFloats(y);
    const out = Float64Array.from({ length: count }, (_, i) => {
      const [left, right] = [a[i * stepX]!, b[i * stepY]!];
      return left - right * Math.floor(left / right);
    });
    return result(castVector(type as TypeNumber, floats(out)) as Vector, atomic);
  }
  if (isLongType(x.type) || isLongType(y.type)) {
    const a = toLongs(x);
    const b = toLongs(y);
    const out = BigInt64Array.from({ length: count }, (_, i) => modLong(a[i * stepX]!, b[i * stepY]!));
    return result(
      isLongType(type) ? longs(out, type) : vectorOf(type as TypeNumber, Int32Array.from(out, narrowLong)),
      atomic,
    );
  }
  const a = toInts(x);
  const b = toInts(y);
  const out = Int32Array.from({ length: count }, (_, i) => {
    const [left, right] = [a[i * stepX]!, b[i * stepY]!];
    if (left === NULL_INT || right === NULL_INT || right === 0) return NULL_INT;
    return left - right * Math.floor(left / right);
  });
  return result(vectorOf(type as TypeNumber, out), atomic);
}

function modLong(x: bigint, y: bigint): bigint {
  return x === NULL_LONG || y === NULL_LONG || y === 0n ? NULL_LONG : x - y * floorDivide(x, y);
}

/**
 * y rounded down to a multiple of x: x * y div x, of the type that this has. A timespan of x counts as the long
 * of its nanoseconds, so that bars of a timestamp or timespan can be given as one.
 */
function bar(x: Simple, y: Simple): Value {
  checkNumeric(x, y);
  const type = resultType('multiply', x.type === 16 ? 7 : x.type, divType(y.type));
  if (type === 0) throw new QError('type');
  const { count, stepX, stepY, atomic } = shape(x, y);
  if (isFloatType(x.type) || isFloatType(y.type)) {
    const a = toFloats(x);
    const b = toFloats(y);
    const out = Float64Array.from({ length: count }, (_, i) => {
      const [step, value] = [a[i * stepX]!, b[i * stepY]!];
      return step === 0 ? value : step * Math.floor(value / step);
    });
    return result(castVector(type as TypeNumber, floats(out)) as Vector, atomic);
  }
  if (isLongType(y.type) || isLongType(x.type)) {
    const a = toLongs(x);
    const b = toLongs(y);
    const out = new BigInt64Array(count);
    for (let i = 0; i < count; i++) out[i] = barLong(a[i * stepX]!, b[i * stepY]!);
    return result(
      isLongType(type) ? longs(out, type) : vectorOf(type as TypeNumber, Int32Array.from(out, narrowLong)),
      atomic,
    );
  }
  const a = toInts(x);
  const b = toInts(y);
  const out = Int32Array.from({ length: count }, (_, i) => {
    const [step, value] = [a[i * stepX]!, b[i * stepY]!];
    if (value === NULL_INT || step === NULL_INT) return NULL_INT;
    return step === 0 ? value : step * Math.floor(value / step);
  });
  return result(vectorOf(type as TypeNumber, out), atomic);
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

const isNumber = (type: number) => type !== 10 && !isTemporal(type);

/** xexp takes numbers only, xlog anything but datetimes. */
function limited(takes: (type: number) => boolean, compute: (x: Simple, y: Simple) => Value) {
  return (x: Simple, y: Simple): Value => {
    if (!takes(x.type) || !takes(y.type)) throw new QError('type');
    return compute(x, y);
  };
}

/** As kdb+ computes it, so that 2 xexp 3 is not quite 8 and a negative number has no powers. */
const power = floatBinary((x, y) => Math.exp(y * Math.log(x)));
const logarithm = floatBinary((x, y) => Math.log(y) / Math.log(x));

const powerOfNumbers = limited(isNumber, power);
const logarithmOf = limited(type => type !== 15, logarithm);

define('div', { binary: (x, y) => spread2(x, y, div) }, { type: 102 });
define('mod', { binary: (x, y) => spread2(x, y, mod) });
define('xbar', { binary: (x, y) => spread2(x, y, bar) });
define('xexp', { binary: (x, y) => spread2(x, y, powerOfNumbers) }, { type: 102 });
define('xlog', { binary: (x, y) => spread2(x, y, logarithmOf) });
