/** Uniform functions: running sums and extremes, differences, fills, moving windows. */
import { changesOf } from '../values/changes.ts';
import { simple, toFloats } from '../values/convert.ts';
import { collect, countOf, isListLike, itemAt, itemsOf } from '../values/items.ts';
import { byteVector, float, floats, longs, table } from '../values/make.ts';
import { isFloatType, isLongType, NULL_INT, NULL_LONG, newData, vectorOf } from '../values/types.ts';
import type { Atom, TypeNumber, Value, Vector } from '../values/value.ts';
import { QError } from '../values/value.ts';
import { sumVector } from './aggregates.ts';
import { add, divideValues, greater, lesser, multiply, subtract } from './arithmetic.ts';
import { castAtom, isNull } from './cast.ts';
import { fillNulls } from './fill.ts';
import { define } from './registry.ts';
import { runningExtreme } from './running-extremes.ts';

/** Reaches into dictionaries (values) and tables (columns). */
export function uniform(apply: (x: Value) => Value) {
  const reach = (x: Value): Value => {
    if (x.kind === 'dictionary') return { ...x, values: reach(x.values) };
    if (x.kind === 'table') return table(x.names, x.columns.map(reach));
    return apply(x);
  };
  return reach;
}

type Step = (x: Value, y: Value) => Value;

/** Folds from the left and keeps every state. A null counts as `skip` says: not at all. */
function running(step: Step, fast: ((x: Vector) => Value | undefined) | undefined) {
  return uniform(x => {
    if (!isListLike(x)) return x;
    const quick = x.kind === 'vector' ? fast?.(x) : undefined;
    if (quick !== undefined) return quick;
    const items = itemsOf(x);
    if (items.length === 0) return x;
    let state = items[0]!;
    const states = [state];
    for (const item of items.slice(1)) {
      state = step(state, item);
      states.push(state);
    }
    return collect(states);
  });
}

function runningSum(x: Vector): Value | undefined {
  if (x.type === 2 || x.type === 10 || x.type === 11 || x.type === 20) throw new QError('type');
  if (isLongType(x.type)) {
    const data = x.data as BigInt64Array;
    const out = new BigInt64Array(data.length);
    let total = 0n;
    for (let i = 0; i < data.length; i++) {
      const item = data[i]!;
      if (item !== NULL_LONG) total = BigInt.asIntN(64, total + item);
      out[i] = total;
    }
    return longs(out, x.type);
  }
  if (isFloatType(x.type))
    return vectorOf(
      x.type,
      accumulateFloats(x.data as Float64Array, newData(x.type, x.data.length) as Float64Array),
    );
  const { type } = sumVector({ ...x, data: x.data.slice(0, 0) } as Vector) as { type: 6 };
  const out = new Int32Array(x.data.length);
  const missing = x.type === 5 ? -32768 : x.type === 1 || x.type === 4 ? -1 : NULL_INT;
  let total = 0;
  for (let i = 0; i < out.length; i++) {
    const item = x.data[i] as number;
    if (item !== missing) total = (total + item) | 0;
    out[i] = total;
  }
  return vectorOf(type, out);
}

function accumulateFloats(data: Float64Array, out: Float64Array): Float64Array {
  let total = 0;
  for (let i = 0; i < data.length; i++) {
    if (!Number.isNaN(data[i]!)) total += data[i]!;
    out[i] = total;
  }
  return out;
}

function convertible(first: Atom, type: TypeNumber): Atom {
  return first.type === 11 || first.type === 2 ? first : castAtom(type, first);
}

/** Neighbours combined: the first item stands alone. */
function withPrevious(step: Step) {
  return uniform(x => {
    if (!isListLike(x)) return x;
    const count = countOf(x);
    if (count === 0) return x;
    const items = itemsOf(x);
    if (x.kind !== 'vector')
      return collect(items.map((item, i) => (i === 0 ? item : step(item, items[i - 1]!))));
    const previous = { ...x, attribute: '' } as Vector;
    const shifted = x.data.slice() as Float64Array;
    shifted.copyWithin(1, 0);
    const result = step(previous, { ...previous, data: shifted } as Vector) as Vector;
    // The first item as it is, in the type of the others where it can be said in it.
    const first = itemAt(x, 0) as Atom;
    const kept = first.type === result.type ? first : convertible(first, result.type);
    return collect([kept, ...itemsOf(result).slice(1)]);
  });
}

function differ(x: Value): Value {
  if (!isListLike(x) && x.kind !== 'dictionary') throw new QError('type');
  return byteVector(1, changesOf(x.kind === 'dictionary' ? x.values : x));
}

/** Nulls take the last value before them. */
function fills(x: Value): Value {
  if (!isListLike(x)) return x;
  const items = itemsOf(x);
  let last = items[0];
  return collect(
    items.map(item => {
      const missing = item.kind === 'atom' && isNull(item);
      if (!missing) last = item;
      return missing ? last! : item;
    }),
  );
}

/** The mean so far. */
function runningMean(x: Value): Value {
  if (x.kind === 'atom') return float(toFloats(x)[0]!);
  const values = toFloats(simple(x));
  const out = new Float64Array(values.length);
  let total = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i]!)) {
      total += values[i]!;
      count += 1;
    }
    out[i] = total / count;
  }
  return floats(out);
}

define('sums', { unary: running((x, y) => add(fillWith(0, x), fillWith(0, y)), runningSum) });
define('prds', { unary: running((x, y) => multiply(fillWith(1, x), fillWith(1, y)), undefined) });
define('maxs', { unary: running(greater, x => runningExtreme(x, 1)) });
define('mins', { unary: running(lesserPresent, x => runningExtreme(x, -1)) });
define('avgs', { unary: uniform(runningMean) });
define('deltas', { unary: withPrevious(subtract), binary: (seed, x) => seededNeighbours(subtract, seed, x) });
define('ratios', {
  unary: withPrevious(divideValues),
  binary: (seed, x) => seededNeighbours(divideValues, seed, x),
});
define('differ', { unary: differ });
define('fills', { unary: uniform(fills) });

function seededNeighbours(step: Step, seed: Value, x: Value): Value {
  const items = itemsOf(x);
  return collect(items.map((item, i) => step(item, i === 0 ? seed : items[i - 1]!)));
}

function fillWith(value: number, x: Value): Value {
  if (x.kind !== 'atom' || !isNull(x)) return x;
  return fillNulls({ kind: 'atom', type: 1, value }, x);
}

/** The lesser of two where a null does not count. */
function lesserPresent(x: Value, y: Value): Value {
  if (x.kind === 'atom' && isNull(x)) return x.type === 11 ? lesser(x, y) : y;
  if (y.kind === 'atom' && isNull(y)) return x;
  return lesser(x, y);
}
