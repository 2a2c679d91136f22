/** Where values are in a list: what find, in, except, inter and the joins look up. */
import { matches } from './compare.ts';
import { withoutEnum } from './enums.ts';
import { groupItems } from './grouping.ts';
import { countOf, isListLike, itemsOf } from './items.ts';
import { join } from './join.ts';
import { findByIndex } from './key-index.ts';
import { internSymbol } from './symbol-pool.ts';
import type { Atom, EnumVector, Table, Value, Vector } from './value.ts';

/** The first position of each item of `wanted` in `list`, or the count of `list` where it is missing. */
export function findPositions(list: Value, wanted: Value): Int32Array {
  const count = countOf(list);
  const wantedCount = countOf(wanted);
  const out = new Int32Array(wantedCount);
  if (count === 0 || wantedCount === 0) return out.fill(count);
  const { codes } = groupItems(join(list, wanted));
  const firstOf = new Int32Array(count + wantedCount).fill(count);
  for (let i = count - 1; i >= 0; i--) firstOf[codes[i]!] = i;
  for (let i = 0; i < wantedCount; i++) out[i] = firstOf[codes[count + i]!]!;
  return out;
}

/** As {@link findPositions} for rows of a table; keys that few rows are looked for in again get an index. */
export function findRows(keys: Table, wanted: Table): Int32Array {
  return findByIndex(keys, wanted) ?? findPositions(keys, wanted);
}

/** The first position of one item in a list, or its count. */
export function findItem(list: Value, wanted: Value): number {
  if (list.kind === 'vector') {
    if (wanted.kind !== 'atom') return countOf(list);
    if (list.type === 20) return findEnum(list, wanted);
    const plain = withoutEnum(wanted) as Atom;
    return plain.type === list.type ? findAtom(list, plain) : countOf(list);
  }
  if (!isListLike(list)) return matches(list, wanted) ? 0 : 1;
  const items = itemsOf(list);
  const found = items.findIndex(item => matches(item, wanted));
  return found < 0 ? items.length : found;
}

/** By the index in the domain, whether what is wanted is enumerated or not. */
function findEnum(list: EnumVector, wanted: Atom): number {
  const isAlike = wanted.type === 20 && wanted.domain.name === list.domain.name;
  const index = isAlike ? wanted.value : findItem(list.domain.values(), withoutEnum(wanted));
  const found = list.data.indexOf(index);
  return found < 0 ? countOf(list) : found;
}

function findAtom(list: Vector, wanted: Atom): number {
  let found: number;
  if (list.type === 11) found = list.data.indexOf(internSymbol(wanted.value as string));
  else if (list.type === 8 || list.type === 9 || list.type === 15) {
    // Exactly, not within the tolerance of =.
    found = (list.data as Float64Array).findIndex(item => sameFloat(item, wanted.value as number));
  } else if (list.type === 2) {
    const bytes = wanted.value as Uint8Array;
    found = -1;
    for (let i = 0; i < list.data.length && found < 0; i += 16) {
      if (bytes.every((byte, k) => list.data[i + k] === byte)) found = i / 16;
    }
  } else found = (list.data as Int32Array).indexOf(wanted.value as number);
  return found < 0 ? countOf(list) : found;
}

function sameFloat(x: number, y: number): boolean {
  return x === y || (Number.isNaN(x) && Number.isNaN(y));
}
