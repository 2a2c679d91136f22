/** Making, turning and combining lists. */

import { tableOnDisk } from '../files/table-on-disk.ts';
import { findPositions } from '../values/find.ts';
import { groupItems, positionsByGroup } from '../values/grouping.ts';
import { collect, countOf, enlist, isListLike, itemAt, itemsOf } from '../values/items.ts';
import { join, rowTable } from '../values/join.ts';
import { checkItems, spend } from '../values/limits.ts';
import { boolean, byteVector, dictionary, list, longs, table } from '../values/make.ts';
import { isUnread } from '../values/mapped.ts';
import {
  halves,
  pick,
  pickEntries,
  pickKeeping,
  positionsUpTo,
  reverse,
  slice,
} from '../values/select-items.ts';
import { internSymbol } from '../values/symbol-pool.ts';
import type { Atom, Dictionary, Table, Value, Vector } from '../values/value.ts';
import { isKeyedTable, QError } from '../values/value.ts';
import { equals } from './comparison.ts';
import { alias, define } from './registry.ts';

/** A count given as an integer atom. Signals 'type, and 'domain below zero. */
export function countArgument(x: Value): number {
  if (x.kind !== 'atom' || (x.type !== 7 && x.type !== 6 && x.type !== 5 && x.type !== 4 && x.type !== 1)) {
    throw new QError('type');
  }
  const count = Number(x.value);
  if (count < 0) throw new QError('domain');
  checkItems(count, 'vector');
  return count;
}

/** Positions as a long vector, the type of q's indices. */
export function longPositions(positions: Int32Array): Vector {
  const out = new BigInt64Array(positions.length);
  const words = halves(out);
  for (let i = 0; i < positions.length; i++) {
    words[2 * i] = positions[i]!;
    words[2 * i + 1] = positions[i]! >> 31;
  }
  return longs(out);
}

/** The first whole numbers; of a dictionary, as many as it has entries. */
export function til(x: Value): Value {
  if (x.kind === 'dictionary') return longPositions(positionsUpTo(countOf(x)));
  return longPositions(positionsUpTo(countArgument(x)));
}

/** Positions of the true items; of counts, each position that many times; of a dictionary, keys. */
export function where(x: Value): Value {
  if (x.kind === 'dictionary') return pick(x.keys, wherePositions(x.values));
  return longPositions(wherePositions(x));
}

export function wherePositions(x: Value): Int32Array {
  if (x.kind === 'list' && x.items.length === 0) return new Int32Array(0);
  if (x.kind !== 'vector') throw new QError('type');
  if (x.type === 1) return truePositions(x.data);
  if (x.type !== 4 && x.type !== 5 && x.type !== 6 && x.type !== 7) throw new QError('type');
  const counts = Float64Array.from(x.data as Int32Array, Number);
  if (counts.some(count => count < 0)) throw new QError('domain');
  const total = counts.reduce((sum, count) => sum + count, 0);
  checkItems(total, 'vector');
  const positions = new Int32Array(total);
  let end = 0;
  for (const [i, count] of counts.entries()) {
    positions.fill(i, end, end + count);
    end += count;
  }
  return positions;
}

function truePositions(data: Uint8Array): Int32Array {
  let count = 0;
  for (let i = 0; i < data.length; i++) count += data[i]!;
  const positions = new Int32Array(count);
  for (let i = 0, next = 0; next < count; i++) {
    positions[next] = i;
    next += data[i]!;
  }
  return positions;
}

export function distinct(x: Value): Value {
  if (x.kind === 'dictionary') {
    if (isKeyedTable(x)) throw new QError('type');
    return distinct(x.values);
  }
  if (!isListLike(x)) throw new QError('type');
  return pickKeeping(x, groupItems(x).firsts);
}

/** Distinct items to the positions where each is. */
export function group(x: Value): Dictionary {
  if (x.kind === 'dictionary') {
    const grouped = group(x.values);
    return { ...grouped, values: list(itemsOf(grouped.values).map(at => pick(x.keys, positionsIn(at)))) };
  }
  if (!isListLike(x)) throw new QError('type');
  const grouping = groupItems(x);
  const { positions, starts } = positionsByGroup(grouping);
  const groups = Array.from(grouping.firsts, (_, i) => {
    spend(1);
    return longPositions(positions.subarray(starts[i]!, starts[i + 1]!));
  });
  return dictionary(pickKeeping(x, grouping.firsts), list(groups));
}

function positionsIn(at: Value): Int32Array {
  return Int32Array.from((at as Vector & { type: 7 }).data, Number);
}

export function flip(x: Value): Value {
  if (x.kind === 'table') return dictionary(symbolsOf(x.names), list(x.columns));
  if (x.kind === 'dictionary') return flipDictionary(x);
  if (x.kind !== 'list') throw new QError('rank');
  let count = -1;
  for (const item of x.items) {
    if (!isListLike(item)) continue;
    if (count >= 0 && countOf(item) !== count) throw new QError('length');
    count = countOf(item);
  }
  if (count < 0) throw new QError('rank');
  const rows = new Array<Value>(count);
  for (let i = 0; i < count; i++) {
    rows[i] = collect(x.items.map(item => (isListLike(item) ? itemAt(item, i) : item)));
  }
  return list(rows);
}

function flipDictionary(x: Dictionary): Table {
  if (x.keys.kind !== 'vector' || x.keys.type !== 11) throw new QError('type');
  const names = itemsOf(x.keys).map(key => (key as { value: string }).value);
  const columns = itemsOf(x.values);
  const lengths = columns.filter(isListLike).map(countOf);
  if (lengths.length === 0) throw new QError('rank');
  if (lengths.some(length => length !== lengths[0])) throw new QError('length');
  const count = lengths[0]!;
  return table(
    names,
    columns.map(column => (isListLike(column) ? column : pick(enlist(column), new Int32Array(count)))),
  );
}

function symbolsOf(names: readonly string[]): Vector {
  return { kind: 'vector', type: 11, data: Int32Array.from(names, internSymbol), attribute: '' };
}

/** How many levels of lists a value has down to its first atom. */
function depthOf(x: Value): number {
  if (x.kind === 'list') return x.items.length === 0 ? 1 : 1 + depthOf(x.items[0]!);
  return isListLike(x) ? 1 : 0;
}

/** x in y: for each part of x that is of the shape of y's items, whether it is one of them. */
function isIn(x: Value, y: Value): Value {
  if (y.kind === 'atom') return isIn(x, enlist(y));
  if (x.kind === 'dictionary' && y.kind !== 'table') return { ...x, values: isIn(x.values, y) };
  if (y.kind === 'table') {
    const rows = x.kind === 'dictionary' ? rowTable(x) : x;
    const found = membership(rows, y);
    return x.kind === 'dictionary' ? itemAt(found, 0) : found;
  }
  if (y.kind === 'vector') {
    if (x.kind === 'list') return collect(x.items.map(item => isIn(item, y)));
    return x.kind === 'atom' || x.kind === 'vector' ? inVector(x, y) : boolean(false);
  }
  const wanted = depthOf(y) - 1;
  const own = depthOf(x);
  if (own > wanted)
    return countOf(x) === 0
      ? byteVector(1, new Uint8Array(0))
      : collect(itemsOf(x).map(item => isIn(item, y)));
  return boolean(own === wanted && findPositions(y, list([x]))[0]! < countOf(y));
}

/** Another type of number is compared with a single item only. */
function inVector(x: Atom | Vector, y: Vector): Value {
  const symbolic = (type: number) => type === 11 || type === 20;
  const same = x.type === y.type || (symbolic(x.type) && symbolic(y.type));
  if (!same) {
    if (countOf(y) === 1) return equals(x, itemAt(y, 0));
    throw new QError('type');
  }
  return x.kind === 'atom' ? boolean(findPositions(y, enlist(x))[0]! < countOf(y)) : membership(x, y);
}

function membership(x: Value, y: Value): Value {
  const count = countOf(y);
  const found = findPositions(y, x);
  const out = new Uint8Array(found.length);
  for (let i = 0; i < found.length; i++) out[i] = found[i]! < count ? 1 : 0;
  return byteVector(1, out);
}

function except(x: Value, y: Value): Value {
  const source = x.kind === 'dictionary' ? x.values : x;
  const others = isListLike(y) ? y : enlist(y);
  const missing = countOf(others);
  const found = findPositions(others, source);
  return pickKeeping(
    source,
    positionsWhere(found, position => position === missing),
  );
}

function inter(x: Value, y: Value): Value {
  if (x.kind === 'dictionary' && y.kind === 'dictionary') return inter(x.values, y.values);
  const others = isListLike(y) ? y : enlist(y);
  const missing = countOf(others);
  const source = isListLike(x) ? x : enlist(x);
  return pickKeeping(
    source,
    positionsWhere(findPositions(others, source), position => position < missing),
  );
}

function positionsWhere(found: Int32Array, test: (position: number) => boolean): Int32Array {
  const out: number[] = [];
  for (let i = 0; i < found.length; i++) if (test(found[i]!)) out.push(i);
  return Int32Array.from(out);
}

function union(x: Value, y: Value): Value {
  return distinct(join(x, y));
}

function cross(x: Value, y: Value): Value {
  const left = isListLike(x) || x.kind === 'dictionary' ? x : enlist(x);
  const right = isListLike(y) || y.kind === 'dictionary' ? y : enlist(y);
  const n = countOf(left);
  const m = countOf(right);
  const a = new Int32Array(n * m).map((_, i) => Math.floor(i / m));
  const b = new Int32Array(n * m).map((_, i) => i % m);
  if (left.kind === 'table' && right.kind === 'table') {
    const [l, r] = [pick(left, a) as Table, pick(right, b) as Table];
    return table([...l.names, ...r.names], [...l.columns, ...r.columns]);
  }
  if (left.kind === 'dictionary' && right.kind === 'dictionary') {
    return dictionary(cross(left.keys, right.keys), cross(left.values, right.values));
  }
  return list(Array.from(a, (_, i) => join(itemAt(left, a[i]!), itemAt(right, b[i]!))));
}

/** Moves items by n places; what comes in from outside is null. */
export function shift(x: Value, n: number): Value {
  if (x.kind === 'dictionary') return { ...x, values: shift(x.values, n) };
  if (!isListLike(x)) throw new QError('rank');
  const count = countOf(x);
  const positions = new Int32Array(count);
  for (let i = 0; i < count; i++) positions[i] = i - n >= 0 && i - n < count ? i - n : -1;
  return pick(x, positions);
}

function rotate(x: Value, y: Value): Value {
  if (x.kind !== 'atom' || (x.type !== 7 && x.type !== 6 && x.type !== 5)) throw new QError('type');
  const count = countOf(y);
  if (count === 0) return y;
  const by = ((Number(x.value) % count) + count) % count;
  const positions = new Int32Array(count);
  for (let i = 0; i < count; i++) positions[i] = (i + by) % count;
  return y.kind === 'dictionary' ? pickEntries(y, positions) : pickKeeping(y, positions);
}

function sublist(x: Value, y: Value): Value {
  const count = countOf(y);
  let start = 0;
  let end = count;
  if (x.kind === 'vector' && countOf(x) === 2) {
    start = Number((itemAt(x, 0) as { value: number | bigint }).value);
    end = start + Number((itemAt(x, 1) as { value: number | bigint }).value);
  } else {
    if (x.kind !== 'atom' || typeof x.value === 'string' || x.type === 2) throw new QError('type');
    const n = Number(x.value);
    if (n < 0) start = Math.max(0, count + n);
    else end = n;
  }
  start = Math.min(Math.max(start, 0), count);
  end = Math.min(Math.max(end, start), count);
  return y.kind === 'dictionary' || isListLike(y) ? slice(y, start, end) : y;
}

function cut(x: Value, y: Value): Value {
  const count = countOf(y);
  let starts: number[];
  if (x.kind === 'atom') {
    const size = countArgument(x);
    if (size === 0) throw new QError('length');
    starts = Array.from({ length: Math.ceil(count / size) }, (_, i) => i * size);
  } else {
    starts = itemsOf(x).map(item => Number((item as { value: number | bigint }).value));
    if (starts.some((start, i) => start < 0 || start > count || start < (starts[i - 1] ?? 0)))
      throw new QError('domain');
  }
  return list(starts.map((start, i) => slice(y, start, starts[i + 1] ?? count)));
}

define('til', { unary: til });
define('where', { unary: where });
define('reverse', { unary: reverse });
define('enlist', { unary: enlist, variadic: args => collect(args) });
define('distinct', { unary: distinct });
define('group', { unary: group });
define('flip', { unary: (x, interpreter) => (isUnread(x) ? tableOnDisk(x, interpreter) : flip(x)) });
define('in', { binary: isIn }, { type: 102 });
define('except', { binary: except });
define('inter', { binary: inter });
define('union', { binary: union });
define('cross', { binary: cross });
define('next', { unary: x => shift(x, -1) });
define('prev', { unary: x => shift(x, 1) });
define('xprev', {
  binary: (n, x) => {
    if (n.kind !== 'atom' || typeof n.value === 'string') throw new QError('type');
    return shift(x, Number(n.value));
  },
});
define('rotate', { binary: rotate });
define('sublist', { binary: sublist });
define('cut', { binary: cut });
define(',', { binary: join });
alias(',:', 'enlist');
alias('#:', 'count');
alias('|:', 'reverse');
alias('+:', 'flip');
alias('?:', 'distinct');
alias('=:', 'group');
alias('*:', 'first');
alias('&:', 'where');
