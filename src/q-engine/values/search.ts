/** Binary search in ascending lists. */
import { compareValues } from './compare.ts';
import { countOf, isListLike, itemAt, itemsOf } from './items.ts';
import type { Value } from './value.ts';

/** For each item the position of the last list item not after it, or -1; an atom counts as one item. */
export function lastNotAfter(list: Value, wanted: Value): Int32Array {
  return searchAll(list, wanted, (item, target) => compareValues(item, target) <= 0);
}

/** For each item the position of the first list item not before it. */
export function firstNotBefore(list: Value, wanted: Value): Int32Array {
  const out = searchAll(list, wanted, (item, target) => compareValues(item, target) < 0);
  return out.map(position => position + 1);
}

function searchAll(
  list: Value,
  wanted: Value,
  goesRight: (item: Value, target: Value) => boolean,
): Int32Array {
  if (list.kind === 'vector' && wanted.kind === 'vector' && list.type === wanted.type && list.type !== 11) {
    if (list.type !== 2 && list.type !== 20) {
      const inclusive = goesRight(itemAtOrSelf(list), itemAtOrSelf(list));
      return searchNumbers(list.data as Float64Array, wanted.data as Float64Array, inclusive);
    }
  }
  const targets = isListLike(wanted) ? itemsOf(wanted) : [wanted];
  return Int32Array.from(targets, target => searchOne(list, target, goesRight));
}

function itemAtOrSelf(list: Value): Value {
  return countOf(list) > 0 ? itemAt(list, 0) : list;
}

function searchOne(list: Value, target: Value, goesRight: (item: Value, target: Value) => boolean): number {
  let low = 0;
  let high = countOf(list);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (goesRight(itemAt(list, middle), target)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Numbers and bigints alike; a null float (NaN) sorts before all. */
function searchNumbers(list: Float64Array, wanted: Float64Array, inclusive: boolean): Int32Array {
  const out = new Int32Array(wanted.length);
  for (let i = 0; i < wanted.length; i++) {
    const target = wanted[i]!;
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const item = list[middle]!;
      const right = inclusive
        ? item <= target || Number.isNaN(item)
        : item < target || (Number.isNaN(item) && !Number.isNaN(target));
      if (right) low = middle + 1;
      else high = middle;
    }
    out[i] = low - 1;
  }
  return out;
}
