/** Moving windows: msum mavg mcount mmax mmin mdev ema. */
import { numberOf, simple, toFloats } from '../values/convert.ts';
import { countOf, isListLike, itemsOf } from '../values/items.ts';
import { floats, ints } from '../values/make.ts';
import { isFloatType } from '../values/types.ts';
import type { TypeNumber, Value, Vector } from '../values/value.ts';
import { QError } from '../values/value.ts';
import { sumVector } from './aggregates.ts';
import { castVector } from './cast.ts';
import { flip } from './lists.ts';
import { define } from './registry.ts';
import { uniform } from './running.ts';

function windowOf(x: Value): number {
  if (x.kind !== 'atom' || typeof x.value === 'string' || x.type === 2) throw new QError('type');
  return numberOf(x);
}

type Window = (values: Float64Array, width: number) => Float64Array;

/** Sum of the present values among the last `width`. */
function movingSum(values: Float64Array, width: number): Float64Array {
  const out = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    let total = 0;
    for (let k = Math.max(0, i - width + 1); k <= i; k++) if (!Number.isNaN(values[k]!)) total += values[k]!;
    out[i] = total;
  }
  return out;
}

/** Whole numbers may slide: they stay exact while they come and go. */
function slidingSum(values: Float64Array, width: number): Float64Array {
  const out = new Float64Array(values.length);
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i]!)) total += values[i]!;
    const gone = i - width;
    if (gone >= 0 && !Number.isNaN(values[gone]!)) total -= values[gone]!;
    out[i] = width > 0 ? total : 0;
  }
  return out;
}

function movingCount(values: Float64Array, width: number): Float64Array {
  return slidingSum(
    values.map(value => (Number.isNaN(value) ? 0 : 1)),
    width,
  );
}

function movingMean(values: Float64Array, width: number): Float64Array {
  const sums = movingSum(values, width);
  const counts = movingCount(values, width);
  return sums.map((total, i) => total / counts[i]!);
}

function movingDeviation(values: Float64Array, width: number): Float64Array {
  const mean = movingMean(values, width);
  const square = movingMean(
    values.map(value => value * value),
    width,
  );
  return square.map((value, i) => Math.sqrt(Math.max(0, value - mean[i]! * mean[i]!)));
}

function movingExtreme(sign: 1 | -1): Window {
  return (values, width) => {
    const out = new Float64Array(values.length);
    for (let i = 0; i < values.length; i++) {
      let best = Number.NaN;
      for (let k = Math.max(0, i - width + 1); k <= i; k++) {
        if (Number.isNaN(best) || sign * values[k]! > sign * best)
          best = Number.isNaN(values[k]!) ? best : values[k]!;
      }
      out[i] = Number.isNaN(best) ? -sign * Number.POSITIVE_INFINITY : best;
    }
    return out;
  };
}

/** Null is the least of all. */
function movingLeast(values: Float64Array, width: number): Float64Array {
  const out = movingExtreme(-1)(values, width);
  for (let i = 0; i < values.length; i++) {
    for (let k = Math.max(0, i - width + 1); k <= i; k++) if (Number.isNaN(values[k]!)) out[i] = Number.NaN;
  }
  return out;
}

/** The result in the type that `type` picks for that of the list. */
function moving(window: Window, type: (x: Vector) => number) {
  return (n: Value, x: Value): Value => {
    const width = windowOf(n);
    return uniform(list => {
      if (!isListLike(list)) throw new QError('rank');
      if (list.kind !== 'vector') {
        if (countOf(list) === 0) return list;
        // Rows: each column has its own window.
        const columns = itemsOf(flip(list)).map(column => moving(window, type)(n, column));
        return flip({ kind: 'list', items: columns });
      }
      const values = toFloats(simple(list));
      const result = window(values, width);
      const target = type(list);
      if (target === 9) return floats(result);
      if (target === 6) return ints(Int32Array.from(result));
      return castVector(target as TypeNumber, floats(result));
    })(x);
  };
}

const sumType = (x: Vector) =>
  (sumVector({ ...x, data: x.data.slice(0, 0) } as Vector) as { type: number }).type;

define('msum', {
  binary: (n, x) =>
    moving(x.kind === 'vector' && isFloatType(x.type) ? movingSum : slidingSum, sumType)(n, x),
});
define('mavg', { binary: moving(movingMean, () => 9) });
define('mcount', { binary: moving(movingCount, () => 6) });
define('mdev', { binary: moving(movingDeviation, () => 9) });
define('mmax', { binary: moving(movingExtreme(1), x => x.type) });
define('mmin', { binary: moving(movingLeast, x => x.type) });
define('ema', {
  binary: (alpha, x) => {
    if (alpha.kind === 'vector') {
      const weights = toFloats(alpha);
      return uniform(list => exponential(i => weights[i]!, toFloats(simple(list))))(x);
    }
    const weight = windowOf(alpha);
    return uniform(list => exponential(() => weight, toFloats(simple(list))))(x);
  },
});

function exponential(alpha: (i: number) => number, values: Float64Array): Value {
  const out = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    out[i] = i === 0 ? values[0]! : alpha(i) * values[i]! + (1 - alpha(i)) * out[i - 1]!;
  }
  return floats(out);
}
