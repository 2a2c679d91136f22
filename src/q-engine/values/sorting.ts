/** Stable ascending and descending orders of lists and of table rows. */
import { compareText, compareValues } from './compare.ts';
import { countOf, itemsOf } from './items.ts';
import { halves, positionsUpTo } from './select-items.ts';
import { symbolName } from './symbol-pool.ts';
import type { Value, Vector } from './value.ts';

/** The positions of the items in ascending (or descending) order; equal items keep their order. */
export function orderOf(value: Value, descending = false, start?: Int32Array): Int32Array {
  const order = start ?? positionsUpTo(countOf(value));
  switch (value.kind) {
    case 'vector':
      return sortByKeys(sortKeys(value), order, descending);
    case 'table':
      return orderOfRows(value.columns, descending);
    case 'dictionary':
      return orderOf(value.values, descending, start);
    default: {
      const items = itemsOf(value);
      const sign = descending ? -1 : 1;
      return order.sort((a, b) => sign * compareValues(items[a]!, items[b]!));
    }
  }
}

/** The order of rows by several columns, the first one leading. */
export function orderOfRows(columns: readonly Value[], descending = false): Int32Array {
  let order: Int32Array | undefined;
  for (let i = columns.length - 1; i >= 0; i--) order = orderOf(columns[i]!, descending, order);
  return order ?? new Int32Array(0);
}

/** 32-bit words whose unsigned order is the order of the items, the least significant first. */
function sortKeys(vector: Vector): Uint32Array[] {
  switch (vector.type) {
    case 11:
      return [rankSymbols(vector.data)];
    case 20: {
      const values = itemsOf(vector.domain.values());
      const names = values.map(item => (item.kind === 'atom' && item.type === 11 ? item.value : ''));
      const rank = new Uint32Array(names.length + 1);
      const sorted = names.map((_, i) => i).sort((a, b) => compareText(names[a]!, names[b]!));
      for (let i = 0; i < sorted.length; i++) rank[sorted[i]! + 1] = i + 1;
      return [Uint32Array.from(vector.data, index => rank[index + 1] ?? 0)];
    }
    case 7:
    case 12:
    case 16: {
      const words = halves(vector.data);
      const low = new Uint32Array(vector.data.length);
      const high = new Uint32Array(vector.data.length);
      for (let i = 0; i < low.length; i++) {
        low[i] = words[2 * i]!;
        high[i] = words[2 * i + 1]! ^ 0x80000000;
      }
      return [low, high];
    }
    case 8:
    case 9:
    case 15:
      return floatKeys(vector.data);
    case 2: {
      const view = new DataView(vector.data.buffer, vector.data.byteOffset, vector.data.byteLength);
      const count = vector.data.length / 16;
      return [12, 8, 4, 0].map(offset =>
        Uint32Array.from({ length: count }, (_, i) => view.getUint32(i * 16 + offset)),
      );
    }
    case 5:
      return [Uint32Array.from(vector.data, item => item + 32768)];
    case 1:
    case 4:
    case 10:
      return [Uint32Array.from(vector.data)];
    default: {
      const keys = new Uint32Array(vector.data.length);
      for (let i = 0; i < keys.length; i++) keys[i] = vector.data[i]! ^ 0x80000000;
      return [keys];
    }
  }
}

function rankSymbols(ids: Int32Array): Uint32Array {
  const rank = new Map<number, number>();
  for (let i = 0; i < ids.length; i++) rank.set(ids[i]!, 0);
  const sorted = [...rank.keys()].sort((a, b) => compareText(symbolName(a), symbolName(b)));
  for (let i = 0; i < sorted.length; i++) rank.set(sorted[i]!, i);
  const keys = new Uint32Array(ids.length);
  for (let i = 0; i < ids.length; i++) keys[i] = rank.get(ids[i]!)!;
  return keys;
}

function floatKeys(data: Float32Array | Float64Array): Uint32Array[] {
  const normal = new Float64Array(data.length);
  for (let i = 0; i < data.length; i++) normal[i] = data[i]! + 0;
  const words = new Int32Array(normal.buffer);
  const low = new Uint32Array(data.length);
  const high = new Uint32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    if (Number.isNaN(data[i]!)) continue;
    const sign = words[2 * i + 1]! >> 31;
    low[i] = words[2 * i]! ^ sign;
    high[i] = words[2 * i + 1]! ^ (sign | 0x80000000);
  }
  return [low, high];
}

const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;

/** Least significant digit first radix sort of positions by their keys; already sorted input costs one pass. */
function sortByKeys(keys: readonly Uint32Array[], order: Int32Array, descending: boolean): Int32Array {
  if (order.length < 2) return order;
  let from: Int32Array = order;
  let to: Int32Array = new Int32Array(order.length);
  for (const words of keys) {
    if (inOrder(words, from, descending) && keys.length === 1) continue;
    for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
      const counts = new Int32Array(DIGITS + 1);
      for (let i = 0; i < words.length; i++) counts[digit(words[i]!, shift, descending) + 1]! += 1;
      if (counts.indexOf(words.length) >= 0) continue;
      for (let d = 0; d < DIGITS; d++) counts[d + 1]! += counts[d]!;
      for (let i = 0; i < from.length; i++) {
        const position = from[i]!;
        const d = digit(words[position]!, shift, descending);
        to[counts[d]!] = position;
        counts[d]! += 1;
      }
      [from, to] = [to, from];
    }
  }
  return from;
}

function digit(word: number, shift: number, descending: boolean): number {
  const d = (word >>> shift) & (DIGITS - 1);
  return descending ? DIGITS - 1 - d : d;
}

function inOrder(words: Uint32Array, order: Int32Array, descending: boolean): boolean {
  for (let i = 1; i < order.length; i++) {
    const before = words[order[i - 1]!]!;
    const after = words[order[i]!]!;
    if (descending ? before < after : before > after) return false;
  }
  return true;
}

/** Whether the items ascend. */
export function isAscending(value: Value): boolean {
  if (value.kind === 'vector') {
    const keys = sortKeys(value);
    const count = countOf(value);
    for (let i = 1; i < count; i++) {
      for (let k = keys.length - 1; k >= 0; k--) {
        const before = keys[k]![i - 1]!;
        const after = keys[k]![i]!;
        if (before > after) return false;
        if (before < after) break;
      }
    }
    return true;
  }
  const items = itemsOf(value);
  return items.every((item, i) => i === 0 || compareValues(items[i - 1]!, item) <= 0);
}
