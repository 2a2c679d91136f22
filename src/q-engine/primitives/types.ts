/** type, null, neg and the keywords that look at or at most re-sign single values. */

import { type Simple, toFloats } from '../values/convert.ts';
import { vectorItem } from '../values/items.ts';
import { spend } from '../values/limits.ts';
import { boolean, byteVector, int, longs, numberAtom } from '../values/make.ts';
import { nullMarks } from '../values/null-marks.ts';
import { isFloatType, isLongType, NULL_INT, NULL_LONG, newData, vectorOf } from '../values/types.ts';
import type { TypeNumber, Value } from '../values/value.ts';
import { QError, typeOf } from '../values/value.ts';
import { divideValues } from './arithmetic.ts';
import { spread1 } from './atomic.ts';
import { cast, isNull } from './cast.ts';
import { alias, define } from './registry.ts';
import { lowerCase } from './strings.ts';

function nullLeaf(x: Simple): Value {
  if (x.kind === 'atom') return boolean(isNull(x));
  return byteVector(1, nullMarks(x));
}

/** Whether each simple value is null; a general null or function is not a list to look into. */
function isNullValue(x: Value): Value {
  if (x.kind === 'null') return boolean(true);
  // An enumeration never counts as null, whatever symbol it stands for.
  if (x.kind === 'atom' && x.type === 20) return boolean(false);
  if (x.kind === 'vector' && x.type === 20) return byteVector(1, new Uint8Array(x.data.length));
  if (x.kind === 'table') return { ...x, sorted: false, columns: x.columns.map(isNullValue) };
  if (x.kind === 'dictionary') return { ...x, sorted: false, values: isNullValue(x.values) };
  if (x.kind === 'list') {
    spend(x.items.length);
    const items = x.items.map(isNullValue);
    return items.length === 0 ? x : spread1({ kind: 'list', items }, part => part);
  }
  if (
    x.kind === 'lambda' ||
    x.kind === 'primitive' ||
    x.kind === 'projection' ||
    x.kind === 'composition' ||
    x.kind === 'derived'
  ) {
    return boolean(false);
  }
  return spread1(x, nullLeaf);
}

/** Changes every number: the same type, shorts stay shorts; booleans and bytes count as int. */
function mapNumbers(
  x: Simple,
  change: (value: number) => number,
  changeLong: (value: bigint) => bigint,
): Value {
  if (x.type === 2 || x.type === 11 || x.type === 20) throw new QError('type');
  const type = (x.type === 1 || x.type === 4 || x.type === 10 ? 6 : x.type) as TypeNumber;
  if (x.kind === 'atom')
    return vectorItem(
      mapNumbers(
        { kind: 'vector', type: x.type, data: dataOf(x), attribute: '' } as Simple,
        change,
        changeLong,
      ) as never,
      0,
    );
  if (isLongType(x.type)) {
    return longs(
      (x.data as BigInt64Array).map(item => (item === NULL_LONG ? item : changeLong(item))),
      x.type,
    );
  }
  const source = x.data as Float64Array;
  const data = newData(type, source.length) as Float64Array;
  const missing =
    x.type === 5 ? -32768 : x.type === 1 || x.type === 4 || x.type === 10 ? Number.NaN : NULL_INT;
  const float = isFloatType(x.type);
  for (let i = 0; i < data.length; i++)
    data[i] = !float && source[i] === missing ? missing : change(source[i]!);
  return vectorOf(type, data);
}

function dataOf(x: Simple & { kind: 'atom' }) {
  const data = newData(x.type, 1);
  data[0] = x.value as number;
  return data;
}

const negate = (x: Value) =>
  spread1(x, leaf =>
    mapNumbers(
      leaf,
      value => 0 - value,
      value => -value,
    ),
  );
const absolute = (x: Value) =>
  spread1(x, leaf => mapNumbers(leaf, Math.abs, value => (value < 0n ? -value : value)));

function signum(x: Simple): Value {
  if (x.type === 11 || x.type === 2 || x.type === 20) throw new QError('type');
  const signs = Int32Array.from(toFloats(x), value => (Number.isNaN(value) ? -1 : Math.sign(value)));
  if (x.kind === 'atom') return int(signs[0]!);
  return { kind: 'vector', type: 6, data: signs, attribute: '' };
}

/** floor and ceiling: floats to long, whole numbers as they are. What else each takes is `other`'s to say. */
function rounding(round: (value: number) => number, other: (x: Simple) => Value) {
  return (x: Simple): Value => {
    if (x.type >= 5 && x.type <= 7) return x;
    if (x.type !== 8 && x.type !== 9) return other(x);
    const rounded = BigInt64Array.from(toFloats(x), value => toLong(round(value)));
    return x.kind === 'atom' ? vectorItem(longs(rounded), 0) : longs(rounded);
  };
}

/** floor of text is its lower case. */
function floorOther(x: Simple): Value {
  if (x.type === 10 || x.type === 11) return lowerCase(x);
  throw new QError('type');
}

function ceilingOther(x: Simple): Value {
  if (x.type === 1 || x.type === 4 || x.type === 10) return cast(numberAtom(5, 6), x);
  throw new QError('type');
}

function toLong(value: number): bigint {
  if (Number.isNaN(value)) return NULL_LONG;
  if (Math.abs(value) >= 2 ** 63) return value > 0 ? 0x7fffffffffffffffn : -0x7fffffffffffffffn;
  return BigInt(value);
}

/** Functions of one float: sqrt exp log sin and so on. */
function floatFunction(compute: (value: number) => number) {
  return (x: Simple): Value => {
    if (x.type === 11 || x.type === 2 || x.type === 20) throw new QError('type');
    const values = toFloats(x);
    const out = new Float64Array(values.length);
    for (let i = 0; i < values.length; i++) out[i] = compute(values[i]!);
    // A datetime is a float already, and stays one of its type.
    const type = x.type === 15 ? 15 : 9;
    return x.kind === 'atom' ? numberAtom(type, out[0]!) : vectorOf(type, out);
  };
}

const floorLeaf = rounding(Math.floor, floorOther);
const ceilingLeaf = rounding(Math.ceil, ceilingOther);

define('type', { unary: x => numberAtom(5, typeOf(x)) });
define('null', { unary: isNullValue });
define('neg', { unary: negate });
define('abs', { unary: absolute });
define('signum', { unary: x => spread1(x, signum) });
define('floor', { unary: x => spread1(x, floorLeaf) });
define('ceiling', { unary: x => spread1(x, ceilingLeaf) });
define('reciprocal', { unary: x => divideValues({ kind: 'atom', type: 9, value: 1 }, x) });
for (const [name, compute] of Object.entries({
  sqrt: Math.sqrt,
  exp: Math.exp,
  log: (value: number) => (value === 0 ? Number.NEGATIVE_INFINITY : Math.log(value)),
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
})) {
  const leaf = floatFunction(compute);
  define(name, { unary: x => spread1(x, leaf) });
}
alias('@:', 'type');
alias('^:', 'null');
alias('-:', 'neg');
alias('_:', 'floor');
alias('%:', 'reciprocal');
