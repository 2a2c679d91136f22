/** Upserting rows into a keyed table at the cost of the rows rather than of the table. */
import { keepAttribute } from './append-attributes.ts';
import { isExclusive, markExclusive } from './exclusive.ts';
import { countOf } from './items.ts';
import { joinDictionaries, joinTables } from './join.ts';
import { extendIndex, findByIndex } from './key-index.ts';
import { pickKeeping, positionsUpTo, withAttribute } from './select-items.ts';
import type { AnyData } from './types.ts';
import type { Dictionary, Table, Value, Vector } from './value.ts';

type KeyedTable = Dictionary & { keys: Table; values: Table };

/**
 * Rows of `right`, which has the columns of `left`, replace those of `left` with their key, and others follow.
 * What only a variable holds is written into. `forVariable`: the result goes into a variable and nowhere else.
 */
export function upsertKeyedRows(left: KeyedTable, right: KeyedTable, forVariable: boolean): Dictionary {
  const found = findByIndex(left.keys, right.keys, true);
  if (
    found === undefined ||
    !left.values.columns.every((column, i) => isSimple(column, right.values.columns[i]))
  )
    return joinDictionaries(left, right);
  const known = countOf(left.keys);
  const fresh = positionsUpTo(found.length).filter(i => found[i] === known);
  // A new key that comes twice is the general case.
  if (fresh.length > 1) return joinDictionaries(left, right);
  const replaced = positionsUpTo(found.length).filter(i => found[i]! < known);
  const own = isExclusive(left);
  let { values } = left;
  if (replaced.length > 0) {
    const columns = values.columns.map((column, i) =>
      overwritten(column as Vector, found, right.values.columns[i] as Vector, replaced, own),
    );
    values = { ...values, columns };
  }
  const result = {
    ...left,
    sorted: false,
    ...(fresh.length === 0 ? { values } : appended(left.keys, values, right, fresh)),
  };
  return forVariable && (own || replaced.length > 0) ? markExclusive(result) : result;
}

/** Guids are 16 bytes an item. */
function isSimple(column: Value, other: Value | undefined): boolean {
  if (column.kind !== 'vector' || other?.kind !== 'vector') return false;
  if (column.type !== other.type || column.type === 2) return false;
  return column.type !== 20 || (other.type === 20 && other.domain.name === column.domain.name);
}

function overwritten(
  column: Vector,
  positions: Int32Array,
  from: Vector,
  rows: Int32Array,
  inPlace: boolean,
): Vector {
  const data = (inPlace ? column.data : column.data.slice()) as AnyData;
  for (const row of rows) data[positions[row]!] = from.data[row]!;
  const changed = inPlace ? column : ({ ...column, data } as Vector);
  return withAttribute(changed, column.attribute === 'g' ? 'g' : '');
}

function appended(keys: Table, values: Table, right: KeyedTable, fresh: Int32Array) {
  const longer = joinTables(keys, pickKeeping(right.keys, fresh) as Table);
  // Keys that are new leave a unique column unique, without a look at the others.
  const columns = longer.columns.map((column, i) => {
    const before = keys.columns[i]!;
    if (keys.columns.length > 1 || before.kind !== 'vector' || before.attribute !== 'u')
      return keepAttribute(before, column);
    return withAttribute(column as Vector, 'u');
  });
  const grown = { ...longer, columns };
  extendIndex(keys, grown);
  return { keys: grown, values: appendTable(values, pickKeeping(right.values, fresh) as Table) };
}

/** Rows below those of a table, with the attributes that columns keep by that. */
export function appendTable(target: Table, added: Table): Table {
  const joined = joinTables(target, added);
  return { ...joined, columns: joined.columns.map((column, i) => keepAttribute(target.columns[i]!, column)) };
}
