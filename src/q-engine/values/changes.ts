/** Where a list changes: the items that do not match the one before them. */
import { floatsEqual, matches } from './compare.ts';
import { countOf, itemsOf } from './items.ts';
import { halves } from './select-items.ts';
import type { Value, Vector } from './value.ts';

/** 1 for each item, or row of a table, that does not match the one before it; the first one has none before it. */
export function changesOf(value: Value): Uint8Array {
  const changes = new Uint8Array(countOf(value));
  if (changes.length === 0) return changes;
  if (value.kind === 'table') for (const column of value.columns) markChanges(column, changes);
  else markChanges(value, changes);
  changes[0] = 1;
  return changes;
}

function markChanges(value: Value, changes: Uint8Array): void {
  if (value.kind === 'vector') {
    markInVector(value, changes);
    return;
  }
  const items = itemsOf(value);
  for (let i = 1; i < changes.length; i++) if (!matches(items[i]!, items[i - 1]!)) changes[i] = 1;
}

function markInVector(vector: Vector, changes: Uint8Array): void {
  switch (vector.type) {
    case 7:
    case 12:
    case 16:
      markWords(halves(vector.data), 2, changes);
      return;
    case 8:
    case 9:
    case 15:
      markFloats(vector.data, changes);
      return;
    case 2:
      markWords(vector.data, 16, changes);
      return;
    default:
      markWords(vector.data, 1, changes);
  }
}

/** Items of `width` words each. */
function markWords(
  words: Int32Array | Int16Array | Uint8Array,
  width: 1 | 2 | 16,
  changes: Uint8Array,
): void {
  for (let at = width; at < words.length; at++) {
    if (words[at] !== words[at - width]) changes[Math.floor(at / width)] = 1;
  }
}

function markFloats(data: Float32Array | Float64Array, changes: Uint8Array): void {
  for (let i = 1; i < data.length; i++) if (!floatsEqual(data[i]!, data[i - 1]!)) changes[i] = 1;
}
