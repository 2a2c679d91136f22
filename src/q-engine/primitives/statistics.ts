/** var dev med cov cor wavg wsum and their sample forms. */

import { type Simple, toFloats } from '../values/convert.ts';
import { collect, countOf, isListLike, itemAt, itemsOf } from '../values/items.ts';
import { float, symbols } from '../values/make.ts';
import type { Value, Vector } from '../values/value.ts';
import { QError } from '../values/value.ts';
import { sum } from './aggregates.ts';
import { multiply } from './arithmetic.ts';
import { castVector } from './cast.ts';
import { define } from './registry.ts';

function numbers(x: Value): Float64Array {
  if (x.kind === 'atom' || x.kind === 'vector') return toFloats(x as Simple);
  if (x.kind === 'list') return Float64Array.from(x.items, item => numbers(item)[0]!);
  throw new QError('type');
}

function present(values: Float64Array): Float64Array {
  return values.filter(value => !Number.isNaN(value));
}

function mean(values: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total / values.length;
}

/** Sum of products of deviations over pairs without a null, and how many pairs. */
function deviation(x: Float64Array, y: Float64Array): { total: number; count: number } {
  if (x.length !== y.length) throw new QError('length');
  const keep = x.map((value, i) => (Number.isNaN(value) || Number.isNaN(y[i]!) ? 0 : 1));
  const a = x.filter((_, i) => keep[i] === 1);
  const b = y.filter((_, i) => keep[i] === 1);
  const [meanA, meanB] = [mean(a), mean(b)];
  let total = 0;
  for (let i = 0; i < a.length; i++) total += (a[i]! - meanA) * (b[i]! - meanB);
  return { total, count: a.length };
}

function variance(values: Float64Array, sample: boolean): number {
  const { total, count } = deviation(values, values);
  return total / (sample ? count - 1 : count);
}

/** A statistic of a list; of a dictionary its values, of a table each column, of lists each position. */
function statistic(compute: (values: Float64Array) => number) {
  const apply = (x: Value): Value => {
    if (x.kind === 'dictionary') return apply(x.values);
    if (x.kind === 'table') {
      return {
        kind: 'dictionary',
        keys: symbols(x.names),
        values: collect(x.columns.map(apply)),
        sorted: false,
      };
    }
    if (x.kind === 'list' && x.items.some(isListLike)) {
      return collect(positions(x).map(apply));
    }
    return float(compute(numbers(x)));
  };
  return apply;
}

function median(values: Float64Array): number {
  const sorted = present(values).sort();
  if (sorted.length === 0) return Number.NaN;
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function correlation(x: Value, y: Value): Value {
  const [a, b] = pair(x, y);
  const both = deviation(a, b);
  const keep = (values: Float64Array) =>
    values.map((value, i) => (Number.isNaN(a[i]!) || Number.isNaN(b[i]!) ? Number.NaN : value));
  return float(both.total / Math.sqrt(deviation(keep(a), keep(a)).total * deviation(keep(b), keep(b)).total));
}

function pair(x: Value, y: Value): [Float64Array, Float64Array] {
  let [a, b] = [numbers(x), numbers(y)];
  if (!isListLike(x) && isListLike(y)) a = new Float64Array(b.length).fill(a[0]!);
  if (!isListLike(y) && isListLike(x)) b = new Float64Array(a.length).fill(b[0]!);
  if (a.length !== b.length) throw new QError('length');
  return [a, b];
}

/** Weights on the left; pairs with a null on either side do not count. */
function weightedMean(x: Value, y: Value): Value {
  if (y.kind === 'dictionary') return weightedMean(x, y.values);
  if (y.kind === 'list' && y.items.some(isListLike)) return weightedMeans(x, positions(y));
  const [weights, values] = pair(x, y);
  let total = 0;
  let weight = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(weights[i]!) || Number.isNaN(values[i]!)) continue;
    total += weights[i]! * values[i]!;
    weight += weights[i]!;
  }
  return float(total / weight);
}

/** Of weights by position too, each goes with the values of its own. */
function weightedMeans(x: Value, columns: readonly Value[]): Value {
  if (x.kind !== 'list' || !x.items.some(isListLike))
    return collect(columns.map(column => weightedMean(x, column)));
  const weights = positions(x);
  if (weights.length !== columns.length) throw new QError('length');
  return collect(columns.map((column, i) => weightedMean(weights[i]!, column)));
}

/** The items at each position of lists of one length; atoms go with all. */
function positions(y: Value): Value[] {
  const items = itemsOf(y);
  const width = countOf(items.find(isListLike)!);
  if (items.some(item => isListLike(item) && countOf(item) !== width)) throw new QError('length');
  return Array.from({ length: width }, (_, i) =>
    collect(items.map(item => (isListLike(item) ? itemAt(item, i) : item))),
  );
}

/** The sum of products; two lists of whole numbers are multiplied as floats. */
function weightedSum(x: Value, y: Value): Value {
  return sum(multiply(isWhole(x) && isWhole(y) ? castVector(9, x) : x, y));
}

function isWhole(x: Value): x is Vector {
  return x.kind === 'vector' && (x.type === 1 || (x.type >= 4 && x.type <= 7));
}

define('var', { unary: statistic(values => variance(values, false)) });
define('svar', { unary: statistic(values => variance(values, true)) });
define('dev', { unary: statistic(values => Math.sqrt(variance(values, false))) });
define('sdev', { unary: statistic(values => Math.sqrt(variance(values, true))) });
define('med', { unary: statistic(median) });
define(
  'cov',
  {
    binary: (x, y) => {
      const { total, count } = deviation(...pair(x, y));
      return float(total / count);
    },
  },
  { type: 102 },
);
define('scov', {
  binary: (x, y) => {
    const { total, count } = deviation(...pair(x, y));
    return float(total / (count - 1));
  },
});
define('cor', { binary: correlation }, { type: 102 });
define('wavg', { binary: weightedMean }, { type: 102 });
define('wsum', { binary: weightedSum }, { type: 102 });
