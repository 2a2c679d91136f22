/** attr and `s# `u# `p# `g#: what is promised about a list, checked when it is said. */
import { groupItems } from '../values/grouping.ts';
import { countOf } from '../values/items.ts';
import { symbol } from '../values/make.ts';
import { isAscending } from '../values/sorting.ts';
import type { Attribute, Value, Vector } from '../values/value.ts';
import { QError } from '../values/value.ts';
import { define } from './registry.ts';

/** Sets or, with '', removes an attribute. Signals 's-fail or 'u-fail where the list does not keep it. */
export function setAttribute(attribute: Attribute, x: Value): Value {
  switch (x.kind) {
    case 'vector':
      if (attribute === x.attribute) return x;
      check(attribute, x);
      return attribute === 's' ? markSorted(x) : { ...x, attribute };
    case 'list':
      if (attribute === '') return { kind: 'list', items: x.items };
      // The rows of a parted column are found by a simple value.
      if (attribute === 'p' && x.items.length > 0) throw new QError('type');
      check(attribute, x);
      return { ...x, attribute };
    case 'table':
      return setOnTable(attribute, x);
    case 'dictionary':
      return setOnDictionary(attribute, x);
    default:
      throw new QError('type');
  }
}

/**
 * Marks a list that is in order. As in kdb+ the list itself is marked, wherever it is held: its items do not change,
 * and a copy only for the mark is saved. One with another attribute keeps it, and the answer is a copy.
 */
export function markSorted(x: Vector): Vector {
  if (x.attribute !== '' || x.data.length === 0) return { ...x, attribute: 's' };
  (x as { attribute: Attribute }).attribute = 's';
  return x;
}

/** Takes the mark away again, in place as {@link markSorted} sets it. */
export function unmark(x: Value): Value {
  if (x.kind !== 'vector' || x.attribute !== 's') return setAttribute('', x);
  (x as { attribute: Attribute }).attribute = '';
  return x;
}

function setOnTable(attribute: Attribute, x: Value & { kind: 'table' }): Value {
  if (attribute === '') return { ...x, sorted: false };
  const first = x.columns[0];
  if (first === undefined) throw new QError('type');
  if (attribute === 's' && !isAscending(x)) throw new QError('s-fail');
  // Rows in order: a first column of several is parted.
  const mark = attribute === 's' && x.columns.length > 1 ? 'p' : attribute;
  return { ...x, columns: [setAttribute(mark, first), ...x.columns.slice(1)], sorted: attribute === 's' };
}

function setOnDictionary(attribute: Attribute, x: Value & { kind: 'dictionary' }): Value {
  if (attribute === '') return { ...x, sorted: false, keys: setAttribute('', x.keys) };
  const keys = setAttribute(attribute, x.keys);
  if (attribute === 's' && x.keys.kind === 'table') (x.keys as { sorted: boolean }).sorted = true;
  return { ...x, keys, sorted: attribute === 's' };
}

function check(attribute: Attribute, x: Value): void {
  if (attribute === 's' && !isAscending(x)) throw new QError('s-fail');
  if (attribute === '' || attribute === 's' || attribute === 'g') return;
  const grouping = groupItems(x);
  if (attribute === 'u' && grouping.firsts.length !== countOf(x)) throw new QError('u-fail');
  if (attribute === 'p' && !isParted(grouping.codes)) throw new QError('u-fail');
}

/** Equal items side by side: a group never comes back once another has begun. */
function isParted(codes: Int32Array): boolean {
  let highest = -1;
  for (let i = 0; i < codes.length; i++) {
    if (codes[i]! > highest) highest = codes[i]!;
    else if (codes[i] !== highest) return false;
  }
  return true;
}

function attributeOf(x: Value): string {
  if (x.kind === 'vector') return x.attribute;
  if (x.kind === 'list') return x.attribute ?? '';
  if (x.kind === 'table') return x.sorted ? 's' : '';
  return x.kind === 'dictionary' && x.sorted ? 's' : '';
}

define('attr', { unary: x => symbol(attributeOf(x)) });
