/** raze: the items of a list joined end to end. */
import { collect, enlist, isListLike, itemsOf } from '../values/items.ts';
import { join } from '../values/join.ts';
import { checkItems } from '../values/limits.ts';
import { list, table } from '../values/make.ts';
import type { Table, Value, Vector } from '../values/value.ts';
import { EMPTY_LIST, QError } from '../values/value.ts';
import { define } from './registry.ts';

export function raze(x: Value): Value {
  if (x.kind === 'dictionary') return raze(x.values);
  if (!isListLike(x)) return enlist(x);
  if (x.kind !== 'list') return x;
  if (x.items.length > 1 && areOfOneType(x.items)) return concatenate(x.items);
  if (x.items.length > 1 && areOfOneShape(x.items)) return razeTables(x.items);
  const [head, ...tail] = x.items;
  if (head === undefined) return EMPTY_LIST;
  if (head.kind === 'atom' && tail.some(item => item.kind === 'dictionary')) throw new QError('type');
  if (x.items.every(item => item.kind === 'atom' || item.kind === 'list' || item.kind === 'vector')) {
    return collectAll(x.items);
  }
  return tail.reduce(join, isListLike(head) || head.kind === 'dictionary' ? head : enlist(head));
}

function collectAll(items: readonly Value[]): Value {
  const all: Value[] = [];
  let general = false;
  for (const item of items) {
    if (item.kind === 'list' && item.items.length > 0) general = true;
    if (isListLike(item)) for (const inner of itemsOf(item)) all.push(inner);
    else all.push(item);
  }
  if (all.length === 0) return items[0]!;
  return general ? list(all) : collect(all);
}

/** Whether all are vectors of one type, and enumerations of one domain. */
function areOfOneType(items: readonly Value[]): items is readonly Vector[] {
  const [head] = items;
  if (head?.kind !== 'vector') return false;
  return items.every(
    item =>
      item.kind === 'vector' &&
      item.type === head.type &&
      (head.type !== 20 || (item as typeof head).domain.name === head.domain.name),
  );
}

/** Whether all are tables with the same columns in one order. */
function areOfOneShape(items: readonly Value[]): items is readonly Table[] {
  const [head] = items;
  if (head?.kind !== 'table') return false;
  return items.every(
    item =>
      item.kind === 'table' &&
      item.names.length === head.names.length &&
      item.names.every((name, i) => name === head.names[i]),
  );
}

/** Each column is put together at once, and only what is no simple column table by table. */
function razeTables(tables: readonly Table[]): Table {
  const [head] = tables;
  const columns = head!.columns.map((first, i) => {
    const parts = tables.map(part => part.columns[i]!);
    const isGrouped = first.kind === 'vector' && first.attribute === 'g';
    return areOfOneType(parts) && !isGrouped ? concatenate(parts) : parts.reduce(join);
  });
  return table(head!.names, columns);
}

function concatenate(vectors: readonly Vector[]): Vector {
  const head = vectors[0]!;
  let length = 0;
  for (const vector of vectors) length += vector.data.length;
  checkItems(length, 'vector', head.data.BYTES_PER_ELEMENT);
  const data = new (head.data.constructor as Float64ArrayConstructor)(length);
  let at = 0;
  for (const vector of vectors) {
    data.set(vector.data as Float64Array, at);
    at += vector.data.length;
  }
  return { ...head, data, attribute: '' } as unknown as Vector;
}

define('raze', { unary: raze });
