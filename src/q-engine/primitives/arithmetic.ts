/** + - * % & | and their kin over atoms and vectors of every pair of types. */
import { type Simple, toFloats } from '../values/convert.ts';
import { vectorItem } from '../values/items.ts';
import { numberAtom } from '../values/make.ts';
import {
  INFINITE_INT,
  isFloatType,
  isIntType,
  isLongType,
  isTemporal,
  NULL_INT,
  newData,
  vectorOf,
} from '../values/types.ts';
import type { TypeNumber, Value } from '../values/value.ts';
import { QError } from '../values/value.ts';
import { spread2 } from './atomic.ts';
import { cast } from './cast.ts';
import { ADD, type ArithmeticKernels, GREATER, LESSER, MULTIPLY, SUBTRACT } from './kernels.ts';
import { define } from './registry.ts';
import { commonTemporal, comparedAs, floatsAs, intsAs, longsAs } from './temporal-units.ts';

type Operation = 'add' | 'subtract' | 'multiply' | 'extreme';

/** b x h i count as int, then long, real, float. */
function numericResult(x: number, y: number): number {
  const level = Math.max(x, y);
  return Math.max(level, 6);
}

function isNumeric(type: number): boolean {
  return type === 1 || (type >= 4 && type <= 9);
}

/** The type of x op y for two types; 0 where q signals 'type. */
export function resultType(operation: Operation, x: number, y: number): number {
  if (operation === 'extreme') return extremeType(x, y);
  if (isNumeric(x) && isNumeric(y)) return numericResult(x, y);
  if (x === 10 || y === 10) return charResult(operation, x, y);
  if (isNumeric(x) && isTemporal(y)) return mixedResult(x, y);
  if (isNumeric(y) && isTemporal(x)) return mixedResult(y, x);
  if (!isTemporal(x) || !isTemporal(y) || operation === 'multiply') return 0;
  if (x === y) {
    if (x === 13 || x === 14) return 6;
    if (x === 15) return 9;
    return x === 12 ? 16 : x;
  }
  // Points in time of two types have neither sum nor difference.
  return x <= 15 && y <= 15 ? 0 : commonTemporal(x, y);
}

/** Chars count with floats and temporal types, and can be taken from a number. */
function charResult(operation: Operation, x: number, y: number): number {
  if (x === 9 || y === 9) return 9;
  if (isTemporal(x) || isTemporal(y)) return Math.max(x, y);
  return operation === 'subtract' && isNumeric(x) ? numericResult(x, 0) : 0;
}

function mixedResult(numeric: number, temporal: number): number {
  if (numeric !== 9) return temporal;
  return temporal === 14 || temporal === 15 ? 15 : 9;
}

function extremeType(x: number, y: number): number {
  if (x === 11 || y === 11 || x === 2 || y === 2) return 0;
  return isTemporal(x) && isTemporal(y) ? comparedAs(x, y) : Math.max(x, y);
}

function arithmetic(operation: Operation, kernels: ArithmeticKernels) {
  return (x: Simple, y: Simple): Value => {
    const type = resultType(operation, x.type, y.type);
    if (type === 0) throw new QError('type');
    const timesOfDay = operation === 'extreme' && isTemporal(x.type) && isTemporal(y.type) && type >= 16;
    if (timesOfDay) return compute(kernels, toType(type, x), toType(type, y), type as TypeNumber);
    return compute(kernels, x, y, type as TypeNumber);
  };
}

function toType(type: number, x: Simple): Simple {
  return cast(numberAtom(5, type), x) as Simple;
}

function compute(kernels: ArithmeticKernels, x: Simple, y: Simple, type: TypeNumber): Value {
  const stepX = x.kind === 'vector' ? 1 : 0;
  const stepY = y.kind === 'vector' ? 1 : 0;
  const atomic = stepX === 0 && stepY === 0;
  const unit = unitOf(x.type, y.type, type);
  if (isLongType(type)) {
    const a = longsAs(x, unit);
    const b = longsAs(y, unit);
    const out = new BigInt64Array(atomic ? 1 : stepX === 1 ? a.length : b.length);
    kernels.longs(a, stepX, b, stepY, out);
    return finish(type, out, atomic);
  }
  if (isFloatType(type)) {
    const a = floatsAs(x, unit);
    const b = floatsAs(y, unit);
    const out = new Float64Array(atomic ? 1 : stepX === 1 ? a.length : b.length);
    kernels.floats(a, stepX, b, stepY, out);
    return finish(type, type === 8 ? Float32Array.from(out) : out, atomic);
  }
  if (type === 1 && kernels.booleans !== undefined) {
    const a = booleansOf(x);
    const b = booleansOf(y);
    const out = new Uint8Array(atomic ? 1 : stepX === 1 ? a.length : b.length);
    kernels.booleans(a, stepX, b, stepY, out);
    return finish(type, out, atomic);
  }
  const a = intOperand(x, unit);
  const b = intOperand(y, unit);
  const out = new Int32Array(atomic ? 1 : stepX === 1 ? a.length : b.length);
  kernels.ints(a, stepX, b, stepY, out);
  if (isIntType(type)) return finish(type, out, atomic);
  const narrow = newData(type, out.length) as Uint8Array;
  narrow.set(out);
  return finish(type, narrow, atomic);
}

function booleansOf(x: Simple): Uint8Array {
  return x.kind === 'vector' ? (x.data as Uint8Array) : Uint8Array.of(x.value as number);
}

/** A real or long in an int result (date plus real) is rounded to it; what is too large becomes infinite. */
function intOperand(x: Simple, unit: number): Int32Array {
  if (isFloatType(x.type) || isLongType(x.type)) {
    return Int32Array.from(toFloats(x), item =>
      Number.isNaN(item) ? NULL_INT : Math.max(-INFINITE_INT, Math.min(INFINITE_INT, Math.round(item))),
    );
  }
  return intsAs(x, unit);
}

/** Differences of two dates count in their own unit; other sums in the unit of the result. */
function unitOf(x: number, y: number, type: number): number {
  if (isTemporal(x) && isTemporal(y) && !isTemporal(type)) return commonTemporal(x, y);
  if (x <= 15 && y <= 15 && isTemporal(x) && isTemporal(y) && type === 16) return 12;
  return type;
}

function finish(type: TypeNumber, data: ReturnType<typeof newData>, atomic: boolean): Value {
  const vector = vectorOf(type, data);
  return atomic ? vectorItem(vector, 0) : vector;
}

/** x%y: always float; two temporal values first come to one unit. */
function divide(x: Simple, y: Simple): Value {
  if (x.type === 11 || y.type === 11 || x.type === 2 || y.type === 2) throw new QError('type');
  const stepX = x.kind === 'vector' ? 1 : 0;
  const stepY = y.kind === 'vector' ? 1 : 0;
  const both = isTemporal(x.type) && isTemporal(y.type) && x.type !== y.type;
  const unit = both ? commonTemporal(x.type, y.type) : 0;
  const inUnit = (value: Simple) =>
    both && isLongType(unit)
      ? Float64Array.from(longsAs(value, unit), Number)
      : both
        ? Float64Array.from(intsAs(value, unit))
        : toFloats(value);
  const a = inUnit(x);
  const b = inUnit(y);
  const atomic = stepX === 0 && stepY === 0;
  const out = new Float64Array(atomic ? 1 : stepX === 1 ? a.length : b.length);
  for (let i = 0; i < out.length; i++) out[i] = a[i * stepX]! / b[i * stepY]!;
  return finish(9, out, atomic);
}

const ZERO: Value = { kind: 'atom', type: 1, value: 0 };
const addLeaf = arithmetic('add', ADD);
const subtractLeaf = arithmetic('subtract', SUBTRACT);
const multiplyLeaf = arithmetic('multiply', MULTIPLY);
const lesserLeaf = arithmetic('extreme', LESSER);
const greaterLeaf = arithmetic('extreme', GREATER);

export const add = (x: Value, y: Value): Value => spread2(x, y, addLeaf);
export const subtract = (x: Value, y: Value): Value =>
  spread2(x, y, subtractLeaf, alone => spread2(ZERO, alone, subtractLeaf));
export const multiply = (x: Value, y: Value): Value => spread2(x, y, multiplyLeaf);
export const divideValues = (x: Value, y: Value): Value => spread2(x, y, divide);
export const lesser = (x: Value, y: Value): Value => spread2(x, y, lesserLeaf);
export const greater = (x: Value, y: Value): Value => spread2(x, y, greaterLeaf);

define('+', { binary: add });
define('-', { binary: subtract });
define('*', { binary: multiply });
define('%', { binary: divideValues });
define('&', { binary: lesser });
define('|', { binary: greater });
