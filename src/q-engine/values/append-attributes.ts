/** Which attribute a list keeps when items are appended to it. */
import { compareValues } from './compare.ts';
import { groupItems } from './grouping.ts';
import { countOf, itemAt } from './items.ts';
import { extendIndex, findByIndex } from './key-index.ts';
import { table } from './make.ts';
import { slice } from './select-items.ts';
import type { Value } from './value.ts';

/** `after`, which is `before` with items at its end: g# is kept, s# and u# while they stay true, p# is not. */
export function keepAttribute(before: Value, after: Value): Value {
  if (before.kind !== 'vector' && before.kind !== 'list') return after;
  const { attribute = '' } = before;
  if (after.kind !== before.kind || attribute === '' || attribute === after.attribute) return after;
  const marked: Value = { ...after, attribute };
  const kept =
    attribute === 'g' ||
    (attribute === 's' && staysAscending(after, countOf(before))) ||
    (attribute === 'u' && staysUnique(before, marked));
  return kept ? marked : after;
}

function staysAscending(column: Value, from: number): boolean {
  for (let i = Math.max(from, 1); i < countOf(column); i++) {
    if (compareValues(itemAt(column, i - 1), itemAt(column, i)) > 0) return false;
  }
  return true;
}

function staysUnique(before: Value, after: Value): boolean {
  const known = countOf(before);
  const count = countOf(after);
  const added = slice(after, known, count);
  const [old, fresh] = [table([''], [before]), table([''], [added])];
  const found = findByIndex(old, fresh, true);
  if (found === undefined) return groupItems(after).firsts.length === count;
  if (found.some(position => position < known) || groupItems(added).firsts.length < count - known)
    return false;
  extendIndex(old, table([''], [after]));
  return true;
}
