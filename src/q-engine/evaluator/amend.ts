/** Replacing items of a value at depth: the new value of x after x[i;j]op:y. */
import { findItem } from '../values/find.ts';
import {
  collect,
  columnOf,
  countOf,
  enlist,
  isListLike,
  itemAt,
  itemsOf,
  repeat,
  storeAtom,
} from '../values/items.ts';
import { join } from '../values/join.ts';
import { dictionary, list, table } from '../values/make.ts';
import { type AnyData, vectorOf } from '../values/types.ts';
import type { Dictionary, List, Table, Value, Vector } from '../values/value.ts';
import { isKeyedTable, QError } from '../values/value.ts';
import { findRow, indexOnce, isAll, positionOf, positionsOf } from './indexing.ts';

/** What becomes of one item: its new value from the old one and the item of y that belongs to it. */
export type Change = (old: Value, y: Value | undefined) => Value;

/** Plain replacement: x[i]:y. */
export const REPLACE: Change = (_old, y) => y!;

/** The value with the items at `path` changed; y is spread over lists of indices. */
export function amendAt(value: Value, path: readonly Value[], change: Change, y: Value | undefined): Value {
  const [index, ...rest] = path;
  if (index === undefined) return change(value, y);
  if (isAll(index)) return amendAll(value, rest, change, y);
  if (value.kind === 'atom') throw new QError('type');
  if (isManyIndices(value, index)) return amendMany(value, index, rest, change, y);
  const old = rest.length === 0 && change === REPLACE ? undefined : itemForAmend(value, index);
  const changed = rest.length === 0 ? change(old ?? value, y) : amendAt(old!, rest, change, y);
  return replaceItem(value, index, changed);
}

function itemForAmend(value: Value, index: Value): Value {
  if (value.kind === 'table' && index.kind === 'atom' && index.type === 11) {
    return columnOf(value, index.value) ?? list([]);
  }
  return indexOnce(value, index);
}

function isManyIndices(value: Value, index: Value): boolean {
  if (!isListLike(index)) return false;
  if (value.kind !== 'dictionary') return true;
  // A list may be one key of a dictionary with list keys, or of a keyed table.
  if (isKeyedTable(value)) return index.kind === 'table' || value.keys.columns.length === 1;
  return value.keys.kind !== 'list' || index.kind === 'list';
}

function amendAll(value: Value, rest: readonly Value[], change: Change, y: Value | undefined): Value {
  if (value.kind === 'dictionary') {
    return { ...value, values: amendAll(value.values, rest, change, y) };
  }
  if (value.kind === 'table' && rest.length > 0) {
    return rest.length === 1 && !isAll(rest[0]!) ? amendAt(value, [rest[0]!], change, y) : value;
  }
  if (!isListLike(value)) return amendAt(value, rest, change, y);
  const count = countOf(value);
  const items = itemsOf(value).map((item, i) => amendAt(item, rest, change, spread(y, i, count)));
  if (value.kind === 'vector' && !items.every(item => fits(value, item))) throw new QError('type');
  return collect(items);
}

function spread(y: Value | undefined, i: number, count: number): Value | undefined {
  if (y === undefined || !isListLike(y)) return y;
  if (countOf(y) !== count) throw new QError('length');
  return itemAt(y, i);
}

function amendMany(
  value: Value,
  index: Value,
  rest: readonly Value[],
  change: Change,
  y: Value | undefined,
): Value {
  const count = countOf(index);
  if (y !== undefined && isListLike(y) && countOf(y) !== count) throw new QError('length');
  if (rest.length === 0 && change === REPLACE && value.kind === 'vector' && index.kind === 'vector') {
    const replaced = replaceMany(value, positionsOf(index), y!);
    if (replaced !== undefined) return replaced;
  }
  if (value.kind === 'vector' || value.kind === 'list') return amendItems(value, index, rest, change, y);
  let result: Value = value;
  for (let i = 0; i < count; i++) {
    result = amendAt(result, [itemAt(index, i), ...rest], change, spread(y, i, count));
  }
  return result;
}

function replaceMany(value: Vector, positions: Int32Array, y: Value): Vector | undefined {
  const source = y.kind === 'atom' ? repeat(y, positions.length) : y;
  if (source.kind !== 'vector' || source.type !== value.type || value.type === 2 || value.type === 20)
    return undefined;
  const data = value.data.slice() as Float64Array;
  const from = source.data as Float64Array;
  for (let i = 0; i < positions.length; i++) {
    const position = positions[i]!;
    if (position < 0 || position >= data.length) throw new QError('length');
    data[position] = from[i]!;
  }
  return vectorOf(value.type, data as AnyData, value);
}

/** One pass over a working copy of the items, so that many indices do not cost many copies. */
function amendItems(
  value: Vector | List,
  index: Value,
  rest: readonly Value[],
  change: Change,
  y: Value | undefined,
): Value {
  const items = [...itemsOf(value)];
  const count = countOf(index);
  const apply = (at: Value, part: Value | undefined) => {
    if (isAll(at)) {
      for (let i = 0; i < items.length; i++)
        apply({ kind: 'atom', type: 6, value: i }, spread(part, i, items.length));
      return;
    }
    if (isListLike(at)) {
      for (let i = 0; i < countOf(at); i++) apply(itemAt(at, i), spread(part, i, countOf(at)));
      return;
    }
    const position = positionOf(at);
    const old = items[position];
    if (old === undefined) throw new QError('length');
    const changed = amendAt(old, rest, change, part);
    if (value.kind === 'vector' && !fits(value, changed)) throw new QError('type');
    items[position] = changed;
  };
  for (let i = 0; i < count; i++) apply(itemAt(index, i), spread(y, i, count));
  return collect(items);
}

function fits(value: Vector, item: Value): boolean {
  return item.kind === 'atom' && item.type === value.type;
}

/** The value with one item replaced or, in a dictionary or for a column, added. */
export function replaceItem(value: Value, index: Value, item: Value): Value {
  switch (value.kind) {
    case 'dictionary':
      return replaceEntry(value, index, item);
    case 'table':
      return replaceInTable(value, index, item);
    case 'vector':
      return replaceInVector(value, positionOf(index), item);
    case 'list': {
      const position = positionOf(index);
      if (position < 0 || position >= value.items.length) throw new QError('length');
      const items = [...value.items];
      items[position] = item;
      return collect(items);
    }
    default:
      throw new QError('type');
  }
}

function replaceInVector(value: Vector, position: number, item: Value): Vector {
  if (position < 0 || position >= countOf(value)) throw new QError('length');
  if (value.type === 20 && item.kind === 'atom' && item.type === 11) {
    const index = findItem(value.domain.values(), item);
    if (index >= countOf(value.domain.values())) throw new QError('cast');
    const data = value.data.slice();
    data[position] = index;
    return { ...value, data, attribute: '' };
  }
  if (item.kind !== 'atom' || item.type !== value.type) throw new QError('type');
  const data = value.data.slice() as AnyData;
  storeAtom(data, position, item);
  const replaced = vectorOf(value.type, data, value);
  return value.attribute === 'g' ? { ...replaced, attribute: 'g' } : replaced;
}

function replaceInTable(value: Table, index: Value, item: Value): Table {
  if (index.kind === 'atom' && index.type === 11) return replaceColumn(value, index.value, item);
  const position = positionOf(index);
  if (position < 0 || position >= countOf(value)) throw new QError('length');
  if (item.kind === 'dictionary' && countOf(item.keys) > value.names.length) throw new QError('index');
  const fields =
    item.kind === 'dictionary'
      ? value.names.map(name => indexOnce(item, { kind: 'atom', type: 11, value: name }))
      : itemsOf(item);
  if (fields.length !== value.names.length) throw new QError('length');
  return table(
    value.names,
    value.columns.map((column, i) =>
      replaceItem(column, { kind: 'atom', type: 6, value: position }, fields[i]!),
    ),
  );
}

/** The table with a column set or added; an atom is repeated. Signals 'length. */
export function replaceColumn(value: Table, name: string, item: Value): Table {
  const count = countOf(value);
  const column = isListLike(item) ? item : repeat(item, count);
  if (countOf(column) !== count && value.names.length > 0) throw new QError('length');
  const at = value.names.indexOf(name);
  if (at < 0) return table([...value.names, name], [...value.columns, column]);
  return table(
    value.names,
    value.columns.map((old, i) => (i === at ? column : old)),
  );
}

function replaceEntry(value: Dictionary, key: Value, item: Value): Dictionary {
  if (value.sorted) throw new QError('step');
  if (isKeyedTable(value)) return replaceKeyedRow(value, key, item);
  const position = findItem(value.keys, key);
  const count = countOf(value.keys);
  if (position < count) {
    const at: Value = { kind: 'atom', type: 6, value: position };
    return { ...value, values: replaceItem(value.values, at, item) };
  }
  if (value.keys.kind === 'vector' && (key.kind !== 'atom' || key.type !== value.keys.type))
    throw new QError('type');
  const values = count === 0 && value.values.kind === 'list' ? enlist(item) : appendItem(value.values, item);
  return { ...value, keys: join(value.keys, enlist(key)), values };
}

function appendItem(values: Value, item: Value): Value {
  if (
    values.kind === 'vector' &&
    countOf(values) > 0 &&
    (item.kind !== 'atom' || item.type !== values.type)
  ) {
    throw new QError('type');
  }
  if (values.kind === 'vector' && countOf(values) === 0) return enlist(item);
  if (values.kind === 'list') return list([...values.items, item]);
  return join(values, enlist(item));
}

function replaceKeyedRow(
  value: Dictionary & { keys: Table; values: Table },
  key: Value,
  item: Value,
): Dictionary {
  const position = findRow(value.keys, key);
  if (position < countOf(value.keys)) {
    return {
      ...value,
      values: replaceInTable(value.values, { kind: 'atom', type: 6, value: position }, item),
    };
  }
  const keyItems = key.kind === 'dictionary' ? itemsOf(key.values) : isListLike(key) ? itemsOf(key) : [key];
  const fields = item.kind === 'dictionary' ? itemsOf(item.values) : itemsOf(item);
  if (keyItems.length !== value.keys.names.length || fields.length !== value.values.names.length)
    throw new QError('length');
  const keys = table(
    value.keys.names,
    value.keys.columns.map((column, i) => join(column, enlist(keyItems[i]!))),
  );
  const values = table(
    value.values.names,
    value.values.columns.map((column, i) => join(column, enlist(fields[i]!))),
  );
  return dictionary(keys, values);
}
