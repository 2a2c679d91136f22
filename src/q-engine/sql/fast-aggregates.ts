/** Aggregations of a plain column by group in one pass over it, without a list for each group. */
import type { Node } from '../language/nodes.ts';
import { longs } from '../values/make.ts';
import { halves, pick } from '../values/select-items.ts';
import { INFINITE_LONG, NULL_LONG } from '../values/types.ts';
import type { Value, Vector } from '../values/value.ts';
import type { TableScope } from './column-scope.ts';
import type { Groups } from './group-by.ts';

/** The result for `count c`, `sum c`, `first c` and so on over vectors; undefined for anything else. */
export function aggregateByGroup(node: Node, groups: Groups, scope: TableScope): Value | undefined {
  if (node.kind !== 'apply' || node.args.length !== 1 || node.target.kind !== 'literal') return undefined;
  const [argument] = node.args;
  const { value } = node.target;
  if (argument?.kind !== 'name' || value.kind !== 'primitive') return undefined;
  const column = scope.column(argument.name);
  if (column?.kind !== 'vector') return undefined;
  switch (value.name) {
    case 'count':
      return counts(groups);
    case 'first':
      return pick(column, firstPositions(groups));
    case 'last':
      return pick(column, groups.lastPositions());
    case 'sum':
      return sums(column, groups);
    case 'max':
      return extremes(column, groups, 1);
    case 'min':
      return extremes(column, groups, -1);
    default:
      return undefined;
  }
}

function firstPositions(groups: Groups): Int32Array {
  const { firsts } = groups.grouping;
  return groups.order.map(found => firsts[found]!);
}

function counts(groups: Groups): Value {
  const { codes, firsts } = groups.grouping;
  const found = new Int32Array(firsts.length);
  for (let i = 0; i < codes.length; i++) found[codes[i]!]! += 1;
  return longs(BigInt64Array.from(groups.order, group => BigInt(found[group]!)));
}

function sums(column: Vector, groups: Groups): Value | undefined {
  const { codes, firsts } = groups.grouping;
  if (column.type === 9) {
    const totals = new Float64Array(firsts.length);
    addFloats(column.data, codes, totals);
    return {
      kind: 'vector',
      type: 9,
      data: Float64Array.from(groups.order, group => totals[group]!),
      attribute: '',
    };
  }
  if (column.type !== 7 && column.type !== 16) return undefined;
  const low = new Float64Array(firsts.length);
  const high = new Float64Array(firsts.length);
  addLongs(halves(column.data), codes, low, high);
  const totals = BigInt64Array.from(
    groups.order,
    group => (BigInt(high[group]!) << 32n) + BigInt(low[group]!),
  );
  return longs(totals, column.type);
}

function addFloats(data: Float64Array, codes: Int32Array, totals: Float64Array): void {
  for (let i = 0; i < data.length; i++) {
    const item = data[i]!;
    if (!Number.isNaN(item)) totals[codes[i]!]! += item;
  }
}

/** Low and high words are summed apart, each exact in a double for up to 2^21 rows of a group. */
function addLongs(words: Int32Array, codes: Int32Array, low: Float64Array, high: Float64Array): void {
  for (let i = 0; i < codes.length; i++) {
    const lowWord = words[2 * i]! >>> 0;
    const highWord = words[2 * i + 1]!;
    if (highWord === -2147483648 && lowWord === 0) continue;
    const code = codes[i]!;
    const sum = low[code]! + lowWord;
    if (sum >= 4294967296) {
      low[code] = sum - 4294967296;
      high[code]! += highWord + 1;
    } else {
      low[code] = sum;
      high[code]! += highWord;
    }
  }
}

function extremes(column: Vector, groups: Groups, sign: 1 | -1): Value | undefined {
  const { codes, firsts } = groups.grouping;
  if (column.type === 9) {
    const best = new Float64Array(firsts.length).fill(-sign * Number.POSITIVE_INFINITY);
    extremeFloats(column.data, codes, best, sign);
    return {
      kind: 'vector',
      type: 9,
      data: Float64Array.from(groups.order, group => best[group]!),
      attribute: '',
    };
  }
  if (column.type !== 7 && column.type !== 12 && column.type !== 16) return undefined;
  const best = new BigInt64Array(firsts.length).fill(sign > 0 ? NULL_LONG : INFINITE_LONG);
  if (sign > 0) greatestLongs(column.data, codes, best);
  else leastLongs(column.data, codes, best);
  // A group of nulls only has no greatest item: minus infinity, as max of an empty list.
  const picked = BigInt64Array.from(groups.order, group => best[group]!);
  return longs(
    sign > 0 ? picked.map(item => (item === NULL_LONG ? -INFINITE_LONG : item)) : picked,
    column.type,
  );
}

function extremeFloats(data: Float64Array, codes: Int32Array, best: Float64Array, sign: number): void {
  for (let i = 0; i < data.length; i++) {
    const item = data[i]!;
    if (sign * item > sign * best[codes[i]!]!) best[codes[i]!] = item;
  }
}

function greatestLongs(data: BigInt64Array, codes: Int32Array, best: BigInt64Array): void {
  for (let i = 0; i < codes.length; i++) if (data[i]! > best[codes[i]!]!) best[codes[i]!] = data[i]!;
}

function leastLongs(data: BigInt64Array, codes: Int32Array, best: BigInt64Array): void {
  for (let i = 0; i < codes.length; i++) {
    if (data[i]! < best[codes[i]!]! && data[i]! !== NULL_LONG) best[codes[i]!] = data[i]!;
  }
}
