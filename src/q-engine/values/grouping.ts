/**
 * Which items of a list are equal: one number per item, the same for equal items, numbered by first
 * appearance. Distinct, group, find, in, by and the joins are all built on it.
 */
import { hashText } from './compare.ts';
import { countOf, itemAt } from './items.ts';
import { halves } from './select-items.ts';
import { symbolCount } from './symbol-pool.ts';
import type { Value, Vector } from './value.ts';

export interface Grouping {
  /** Group of each item. */
  readonly codes: Int32Array;
  /** Position of the first item of each group. */
  readonly firsts: Int32Array;
}

/** Groups the items of a list, or the rows of a table. */
export function groupItems(value: Value): Grouping {
  switch (value.kind) {
    case 'vector':
      return groupVector(value);
    case 'table':
      return groupRows(value.columns);
    case 'dictionary':
      return groupItems(value.values);
    default:
      return groupTexts(value);
  }
}

/** Groups rows by several columns of one length. */
export function groupRows(columns: readonly Value[]): Grouping {
  const [first] = columns;
  if (first === undefined) return { codes: new Int32Array(), firsts: new Int32Array() };
  let grouping = groupItems(first);
  for (const column of columns.slice(1)) {
    const other = groupItems(column);
    const width = other.firsts.length;
    const { codes } = grouping;
    const count = codes.length;
    if (grouping.firsts.length * width < 2 ** 31) {
      const combined = new Int32Array(count);
      for (let i = 0; i < count; i++) combined[i] = codes[i]! * width + other.codes[i]!;
      grouping = groupInts(combined);
    } else {
      const words = new Int32Array(count * 2);
      for (let i = 0; i < count; i++) {
        words[2 * i] = codes[i]!;
        words[2 * i + 1] = other.codes[i]!;
      }
      grouping = groupWordPairs(words, count);
    }
  }
  return grouping;
}

function groupVector(vector: Vector): Grouping {
  switch (vector.type) {
    case 11:
      return groupDense(vector.data, 0, symbolCount());
    case 7:
    case 12:
    case 16:
      return groupLongs(vector.data);
    case 8:
    case 9:
    case 15:
      return groupFloats(vector.data);
    case 2:
      return groupTexts(vector);
    case 5:
      return groupInts(Int32Array.from(vector.data));
    case 1:
    case 4:
    case 10:
      return groupDense(vector.data, 0, 256);
    default:
      return groupInts(vector.data);
  }
}

/** Small non-negative numbers after subtracting `lowest`: a table instead of a hash. */
function groupDense(data: Int32Array | Uint8Array, lowest: number, range: number): Grouping {
  const count = data.length;
  const codes = new Int32Array(count);
  const firsts = new Int32Array(Math.min(count, range));
  const codeOf = new Int32Array(range);
  let groups = 0;
  for (let i = 0; i < count; i++) {
    const slot = data[i]! - lowest;
    let code = codeOf[slot]!;
    if (code === 0) {
      firsts[groups] = i;
      groups += 1;
      code = groups;
      codeOf[slot] = code;
    }
    codes[i] = code - 1;
  }
  return { codes, firsts: firsts.subarray(0, groups) };
}

function groupInts(data: Int32Array): Grouping {
  let lowest = 0x7fffffff;
  let highest = -0x80000000;
  for (let i = 0; i < data.length; i++) {
    const item = data[i]!;
    if (item < lowest) lowest = item;
    if (item > highest) highest = item;
  }
  const range = highest - lowest + 1;
  if (data.length > 0 && range <= 4 * data.length + 1024) return groupDense(data, lowest, range);
  const words = new Int32Array(data.length * 2);
  for (let i = 0; i < data.length; i++) words[2 * i] = data[i]!;
  return groupWordPairs(words, data.length);
}

function groupLongs(data: BigInt64Array): Grouping {
  const words = halves(data);
  const count = data.length;
  // Longs that all fit an int take the cheaper way.
  let small = true;
  for (let i = 0; i < count; i++) {
    if (words[2 * i + 1] !== words[2 * i]! >> 31) {
      small = false;
      break;
    }
  }
  if (!small) return groupWordPairs(words, count);
  const narrow = new Int32Array(count);
  for (let i = 0; i < count; i++) narrow[i] = words[2 * i]!;
  return groupInts(narrow);
}

function groupFloats(data: Float32Array | Float64Array): Grouping {
  const normal = new Float64Array(data.length);
  // -0 is 0, and all nulls are one.
  for (let i = 0; i < data.length; i++) normal[i] = Number.isNaN(data[i]!) ? Number.NaN : data[i]! + 0;
  return groupWordPairs(new Int32Array(normal.buffer), data.length);
}

/** Open addressing over pairs of 32-bit words. */
function groupWordPairs(words: Int32Array, count: number): Grouping {
  let bits = 4;
  while (1 << bits < count * 2) bits += 1;
  const mask = (1 << bits) - 1;
  const slots = new Int32Array(1 << bits);
  const codes = new Int32Array(count);
  const firsts = new Int32Array(count);
  let groups = 0;
  for (let i = 0; i < count; i++) {
    const low = words[2 * i]!;
    const high = words[2 * i + 1]!;
    let hash = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b);
    hash ^= hash >>> 15;
    hash = Math.imul(hash, 0xc2b2ae35);
    let slot = (hash ^ (hash >>> 13)) & mask;
    for (;;) {
      const code = slots[slot]! - 1;
      if (code < 0) {
        firsts[groups] = i;
        slots[slot] = groups + 1;
        codes[i] = groups;
        groups += 1;
        break;
      }
      const first = firsts[code]!;
      if (words[2 * first] === low && words[2 * first + 1] === high) {
        codes[i] = code;
        break;
      }
      slot = (slot + 1) & mask;
    }
  }
  return { codes, firsts: firsts.slice(0, groups) };
}

function groupTexts(value: Value): Grouping {
  const count = countOf(value);
  const codes = new Int32Array(count);
  const firsts: number[] = [];
  const known = new Map<string, number>();
  for (let i = 0; i < count; i++) {
    const text = hashText(itemAt(value, i));
    let code = known.get(text);
    if (code === undefined) {
      code = firsts.length;
      known.set(text, code);
      firsts.push(i);
    }
    codes[i] = code;
  }
  return { codes, firsts: Int32Array.from(firsts) };
}

/** The positions of each group, in order: `starts[g]` to `starts[g + 1]` of `positions`. */
export function positionsByGroup(grouping: Grouping): { positions: Int32Array; starts: Int32Array } {
  const { codes } = grouping;
  const groups = grouping.firsts.length;
  const starts = new Int32Array(groups + 1);
  for (let i = 0; i < codes.length; i++) starts[codes[i]! + 1]! += 1;
  for (let group = 0; group < groups; group++) starts[group + 1]! += starts[group]!;
  const next = starts.slice(0, groups);
  const positions = new Int32Array(codes.length);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    positions[next[code]!] = i;
    next[code]! += 1;
  }
  return { positions, starts };
}
