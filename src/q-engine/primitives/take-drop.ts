/** # and _ : take, reshape, set attribute; drop, cut, delete. */
import { findPositions } from '../values/find.ts';
import { collect, columnOf, countOf, enlist, isListLike, itemsOf } from '../values/items.ts';
import { checkItems } from '../values/limits.ts';
import { dictionary, list, table } from '../values/make.ts';
import { pickEntries, pickKeeping, positionsUpTo, slice } from '../values/select-items.ts';
import { NULL_INT, NULL_LONG } from '../values/types.ts';
import type { Atom, Dictionary, NumberType, Table, Value, Vector } from '../values/value.ts';
import { isKeyedTable, QError } from '../values/value.ts';
import { setAttribute, unmark } from './attributes.ts';
import { define, primitive } from './registry.ts';

type Integer = Extract<Atom, { type: NumberType | 7 }>;

function isInteger(x: Value): x is Integer {
  return x.kind === 'atom' && (x.type === 7 || x.type === 6 || x.type === 5 || x.type === 4 || x.type === 1);
}

/** x#y */
export function take(x: Value, y: Value): Value {
  if (isInteger(x)) return takeCount(Number(x.value), y);
  if (x.kind === 'atom' && x.type === 11 && 'supg'.includes(x.value) && x.value.length < 2) {
    return x.value === '' ? unmark(y) : setAttribute(x.value as '', y);
  }
  if (x.kind === 'vector' && isWholeVector(x) && (isListLike(y) || y.kind === 'atom') && y.kind !== 'table') {
    return reshape(
      Array.from(x.data as Int32Array, size => (isOpenSize(size) ? Number.NaN : Number(size))),
      y,
    );
  }
  if (y.kind === 'table') return takeColumns(x, y);
  if (y.kind === 'dictionary') return takeKeys(x, y);
  throw new QError('type');
}

function isWholeVector(x: Vector): boolean {
  return x.type === 7 || x.type === 6 || x.type === 5;
}

function takeCount(count: number, y: Value): Value {
  const size = Math.abs(count);
  const source = isListLike(y) || y.kind === 'dictionary' ? y : enlist(y);
  checkItems(size, source.kind === 'vector' ? 'vector' : 'general');
  const available = countOf(source);
  const positions = new Int32Array(size);
  if (available === 0) positions.fill(-1);
  else {
    const start = count < 0 ? ((count % available) + available) % available : 0;
    for (let i = 0; i < size; i++) positions[i] = (start + i) % available;
  }
  if (source.kind === 'dictionary') return pickEntries(source, positions);
  const taken = pickKeeping(source, positions);
  const keeps = source.kind === 'vector' && taken.kind === 'vector' && size <= available;
  if (keeps && (source.attribute === 's' || source.attribute === 'u') && count >= 0) {
    return { ...taken, attribute: source.attribute };
  }
  return taken;
}

/** A null among dimensions. */
function isOpenSize(size: number | bigint): boolean {
  return size === NULL_LONG || size === NULL_INT;
}

/** 2 3#y, with one null dimension counted from the items. */
function reshape(shape: readonly number[], y: Value): Value {
  const source = isListLike(y) ? y : enlist(y);
  const available = countOf(source);
  if (shape.length === 1) return takeCount(shape[0]!, source);
  const open = shape.findIndex(Number.isNaN);
  if (open >= 0) return reshapeOpen(shape, open, source);
  if (shape.some(size => size < 0) || shape.slice(1, -1).includes(0)) throw new QError('domain');
  const lists = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  checkItems(lists, 'general');
  checkItems(lists * shape.at(-1)!, 'vector');
  let next = 0;
  const build = (depth: number): Value => {
    const size = shape[depth]!;
    if (depth === shape.length - 1) {
      const positions = positionsUpTo(size).map(i => (available === 0 ? -1 : (next + i) % available));
      next += size;
      return pickKeeping(source, positions);
    }
    return list(Array.from({ length: size }, () => build(depth + 1)));
  };
  return build(0);
}

function reshapeOpen(shape: readonly number[], open: number, source: Value): Value {
  if (shape.length !== 2) throw new QError('domain');
  const count = countOf(source);
  if (shape[1 - open]! < 0) throw new QError('domain');
  if (open === 1) {
    const rows = shape[0]!;
    checkItems(rows, 'general');
    // Longer rows come first.
    const starts = Array.from({ length: rows + 1 }, (_, i) => i * Math.floor(count / rows) + Math.min(i, 0));
    starts[rows] = count;
    return list(Array.from({ length: rows }, (_, i) => slice(source, starts[i]!, starts[i + 1]!)));
  }
  const size = shape[1]!;
  const rows = Math.ceil(count / size);
  return list(
    Array.from({ length: rows }, (_, i) => slice(source, i * size, Math.min(count, (i + 1) * size))),
  );
}

function takeColumns(x: Value, y: Table): Table {
  const names = namesOf(x);
  const columns = names.map(name => {
    const column = columnOf(y, name);
    if (column === undefined) throw new QError(name);
    return column;
  });
  return table(names, columns);
}

function namesOf(x: Value): string[] {
  const items = isListLike(x) ? itemsOf(x) : [x];
  return items.map(item => {
    if (item.kind !== 'atom' || item.type !== 11) throw new QError('type');
    return item.value;
  });
}

function takeKeys(x: Value, y: Dictionary): Dictionary {
  const wanted = isListLike(x) ? x : enlist(x);
  const count = countOf(y.keys);
  const inTable = isKeyedTable(y) && wanted.kind !== 'table';
  const keys = inTable ? singleColumn(y.keys as Table) : y.keys;
  const found = findPositions(keys, wanted);
  if (isKeyedTable(y))
    return pickEntries(
      y,
      found.filter(position => position < count),
    );
  const positions = found.map(position => (position < count ? position : -1));
  return dictionary(wanted, pickKeeping(y.values, positions));
}

function singleColumn(keys: Table): Value {
  if (keys.columns.length !== 1) throw new QError('type');
  return keys.columns[0]!;
}

/** x _ y */
export function drop(x: Value, y: Value): Value {
  if (isInteger(x)) return dropCount(Number(x.value), y);
  const cuts = x.kind === 'vector' && isWholeVector(x);
  if ((y.kind === 'table' && !cuts) || isKeyedTable(y)) return dropColumns(x, y);
  if (y.kind === 'dictionary') return dropKeys(x, y);
  if (x.kind === 'dictionary' && !isListLike(y)) return dropKeys(y, x);
  if (isInteger(y)) return dropAt(x, Number(y.value));
  if (cuts) return primitive('cut').code.binary!(x, y, undefined as never);
  throw new QError('type');
}

function dropCount(count: number, y: Value): Value {
  if (y.kind !== 'dictionary' && !isListLike(y)) {
    return isInteger(y) ? dropAt(enlist(y), count) : count === 0 ? enlist(y) : slice(enlist(y), 0, 0);
  }
  const available = countOf(y);
  if (count >= 0) return slice(y, Math.min(count, available), available);
  return slice(y, 0, Math.max(0, available + count));
}

/** list _ i: without the item at i. */
function dropAt(x: Value, at: number): Value {
  if (!isListLike(x)) throw new QError('type');
  const count = countOf(x);
  if (at < 0 || at >= count) return x;
  return pickKeeping(
    x,
    positionsUpTo(count).filter(i => i !== at),
  );
}

function dropColumns(x: Value, y: Table | Dictionary): Value {
  if (y.kind === 'table') {
    if (!isListLike(x)) throw new QError('type');
    const names = namesOf(x);
    const kept = y.names.filter(name => !names.includes(name));
    return takeColumns(collect(kept.map(name => ({ kind: 'atom', type: 11, value: name }) as const)), y);
  }
  if (
    x.kind === 'vector' &&
    x.type === 11 &&
    isKeyedTable(y) &&
    namesOf(x).every(name => y.values.names.includes(name))
  ) {
    return { ...y, values: dropColumns(x, y.values) };
  }
  const wanted = x.kind === 'table' ? x : isListLike(x) ? x : enlist(x);
  const keys = x.kind === 'table' ? y.keys : singleColumn(y.keys as Table);
  return withoutKeys(y, keys, wanted);
}

function dropKeys(x: Value, y: Dictionary): Dictionary {
  return withoutKeys(y, y.keys, isListLike(x) ? x : enlist(x));
}

function withoutKeys(y: Dictionary, keys: Value, unwanted: Value): Dictionary {
  const missing = countOf(unwanted);
  const found = findPositions(unwanted, keys);
  return pickEntries(
    y,
    positionsUpTo(countOf(keys)).filter(i => found[i] === missing),
  );
}

define('#', { binary: take });
define('_', { binary: drop });
