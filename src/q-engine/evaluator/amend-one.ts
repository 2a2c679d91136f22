/** Replacing one item of a variable's value, in place where nobody else holds the value. */
import { isExclusive, markExclusive } from '../values/exclusive.ts';
import { findItem } from '../values/find.ts';
import { countOf, itemsOf, storeAtom } from '../values/items.ts';
import { checkItems } from '../values/limits.ts';
import type { AnyData } from '../values/types.ts';
import type { Dictionary, List, Value, Vector } from '../values/value.ts';
import { isKeyedTable } from '../values/value.ts';
import { positionOf } from './indexing.ts';

type Amendable = Vector | List | (Dictionary & { values: Vector | List });

/** Below this many items a copy costs less than to know whether it is needed. */
const MIN_ITEMS = 64;

/** Where the index is in a large list, or in the keys of a large dictionary; -1 where there is more to it. */
export function amendPosition(value: Value, index: Value): number {
  if (index.kind !== 'atom' || !isAmendable(value) || countOf(value) < MIN_ITEMS) return -1;
  if (value.kind !== 'dictionary') {
    const integer = index.type === 7 || index.type === 6 || index.type === 5;
    const position = integer ? positionOf(index) : -1;
    return position < countOf(value) ? position : -1;
  }
  if (value.keys.kind !== 'vector' || value.keys.type !== index.type) return -1;
  const position = findItem(value.keys, index);
  return position < countOf(value.keys) ? position : -1;
}

function isAmendable(value: Value): value is Amendable {
  if (value.kind === 'vector' || value.kind === 'list') return true;
  if (value.kind !== 'dictionary' || value.sorted || isKeyedTable(value)) return false;
  return value.values.kind === 'vector' || value.values.kind === 'list';
}

/**
 * The value with another item at a position that {@link amendPosition} gave. Undefined where the item changes
 * more than that: the kind of a list, an attribute, or it is of another type.
 */
export function withItem(value: Value, position: number, item: Value): Value | undefined {
  if (!isAmendable(value)) return undefined;
  const items = value.kind === 'dictionary' ? value.values : value;
  if (items.kind === 'list' ? !staysList(items, position, item) : !holds(items, item)) return undefined;
  const own = isExclusive(value);
  const changed = own ? items : copied(items);
  if (changed.kind === 'list') (changed.items as Value[])[position] = item;
  else if (item.kind === 'atom') storeAtom(changed.data as AnyData, position, item);
  if (own) return value;
  return markExclusive(value.kind === 'dictionary' ? { ...value, values: changed } : changed);
}

/** A large general list with the items of y at its end; undefined where x,:y is anything else. */
export function withItemsAdded(value: Value, y: Value): Value | undefined {
  if (value.kind !== 'list' || value.items.length < MIN_ITEMS || (y.kind !== 'list' && y.kind !== 'vector'))
    return undefined;
  checkItems(value.items.length + countOf(y), 'general');
  const changed = isExclusive(value) ? value : markExclusive({ ...value, items: [...value.items] });
  for (const item of itemsOf(y)) (changed.items as Value[]).push(item);
  return changed;
}

function copied(items: Vector | List): Vector | List {
  if (items.kind === 'list') return { kind: 'list', items: [...items.items] };
  return { ...items, data: items.data.slice() } as Vector;
}

/** Only a list that begins with an atom or a dictionary may become a vector or a table. */
function staysList(items: List, position: number, item: Value): boolean {
  const first = position === 0 ? item : items.items[0]!;
  return first.kind !== 'atom' && first.kind !== 'dictionary';
}

/** g is kept by an amend, the other attributes are not. */
function holds(items: Vector, item: Value): boolean {
  if (item.kind !== 'atom' || item.type !== items.type || (items.attribute !== '' && items.attribute !== 'g'))
    return false;
  return items.type !== 20 || (item.type === 20 && item.domain.name === items.domain.name);
}
