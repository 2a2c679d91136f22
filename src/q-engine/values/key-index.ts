/**
 * Hash tables over the key columns of keyed tables, kept as long as the columns are, so that looking up or
 * upserting few rows does not read all keys. An index grows with the keys: appended ones join it.
 */
import { countOf } from './items.ts';
import type { Table, Value, Vector } from './value.ts';

interface KeyIndex {
  readonly positions: Map<RowKey, number>;
  /** How many rows it knows; an older, shorter table of the same columns knows fewer of them. */
  count: number;
}

type RowKey = string | number | bigint;

const indexes = new WeakMap<Value, KeyIndex>();
const lookedUp = new WeakSet<Value>();

/** Fewer rows are read as fast as looked up; more would not fit a Map. */
const MIN_ROWS = 256;
const MAX_ROWS = 2 ** 22;

/**
 * The first position of each row of `wanted` in `keys`, or the count of `keys`. Undefined where an index is no
 * use: for few or many rows, and for columns that are not simple or of other types in `wanted`. Unless `atOnce`
 * the first look-up of all makes no index yet.
 */
export function findByIndex(keys: Table, wanted: Table, atOnce = false): Int32Array | undefined {
  const count = countOf(keys);
  const wantedCount = countOf(wanted);
  if (count < MIN_ROWS || count > MAX_ROWS || wantedCount > count / 16) return undefined;
  if (!keys.columns.every((column, i) => isHashable(column, wanted.columns[i]))) return undefined;
  const index = indexOf(keys, count, atOnce);
  if (index === undefined) return undefined;
  const keyOf = rowKeys(wanted);
  const out = new Int32Array(wantedCount);
  for (let i = 0; i < wantedCount; i++) {
    const position = index.positions.get(keyOf(i));
    out[i] = position === undefined || position >= count ? count : position;
  }
  return out;
}

/** Says that `longer` is `keys` with rows added that are not in it, so that it has an index where `keys` has one. */
export function extendIndex(keys: Table, longer: Table): void {
  const index = indexes.get(holderOf(keys));
  const known = countOf(keys);
  if (index === undefined || index.count !== known) return;
  const keyOf = rowKeys(longer);
  index.count = countOf(longer);
  for (let i = known; i < index.count; i++) index.positions.set(keyOf(i), i);
  indexes.set(holderOf(longer), index);
}

/** What the index is kept with: the only column, which many tables may share, or the table. */
function holderOf(keys: Table): Value {
  return keys.columns.length === 1 ? keys.columns[0]! : keys;
}

function indexOf(keys: Table, count: number, atOnce: boolean): KeyIndex | undefined {
  const holder = holderOf(keys);
  const known = indexes.get(holder);
  if (known !== undefined) return known;
  if (!atOnce && !lookedUp.has(holder)) {
    lookedUp.add(holder);
    return undefined;
  }
  const index: KeyIndex = { positions: new Map(), count };
  const keyOf = rowKeys(keys);
  for (let i = count - 1; i >= 0; i--) index.positions.set(keyOf(i), i);
  indexes.set(holder, index);
  return index;
}

/** An enumeration is not: what its indices stand for may change. */
function isHashable(column: Value, other: Value | undefined): boolean {
  return (
    column.kind === 'vector' &&
    other?.kind === 'vector' &&
    column.type === other.type &&
    column.type !== 20 &&
    column.type !== 2
  );
}

/** A key for each row, the same for rows that are equal. */
function rowKeys(rows: Table): (row: number) => RowKey {
  const columns = rows.columns as readonly Vector[];
  const [first] = columns;
  if (columns.length === 1 && first !== undefined) {
    const { data } = first;
    return row => data[row]!;
  }
  return row => {
    let key = '';
    // As text -0 is 0 and all nulls are NaN, as the Map has it for single numbers.
    for (const column of columns) key += `${column.data[row]} `;
    return key;
  };
}
