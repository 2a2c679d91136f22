/** x,y for every kind of value. */
import { enumValues } from './enums.ts';
import { groupItems } from './grouping.ts';
import { appendData } from './growth.ts';
import { collect, countOf, enlist, isListLike, itemAt, itemsOf } from './items.ts';
import { checkItems } from './limits.ts';
import { dictionary, list, table } from './make.ts';
import { pickKeeping, positionsUpTo } from './select-items.ts';
import { type AnyData, vectorOf } from './types.ts';
import type { Dictionary, Table, Value, Vector } from './value.ts';
import { isKeyedTable, QError } from './value.ts';

/** Joins two values: lists end to end, tables by row, dictionaries by key with the right one winning. */
export function join(left: Value, right: Value): Value {
  if (left.kind === 'dictionary' && right.kind === 'dictionary') return joinDictionaries(left, right);
  if (left.kind === 'table' && right.kind === 'table') return joinTables(left, right);
  if (left.kind === 'table' && right.kind === 'dictionary') return joinTables(left, rowTable(right));
  if (left.kind === 'dictionary' && right.kind === 'table') {
    return isKeyedTable(left)
      ? joinDictionaries(left, keyLike(right, left))
      : joinTables(rowTable(left), right);
  }
  return joinLists(left, right);
}

function joinLists(left: Value, right: Value): Value {
  if (
    (left.kind === 'atom' && right.kind === 'dictionary') ||
    (left.kind === 'dictionary' && right.kind === 'atom')
  ) {
    throw new QError('type');
  }
  if (left.kind === 'atom' && right.kind === 'atom' && isEnum(left) !== isEnum(right))
    return list([left, right]);
  const leftList = isListLike(left) ? left : enlist(left);
  const rightList = isListLike(right) ? right : enlist(right);
  if (leftList.kind === 'vector' && rightList.kind === 'vector') {
    const joined = joinVectors(leftList, rightList);
    if (joined !== undefined) return joined;
  }
  if (countOf(leftList) === 0 && leftList.kind === 'list') return rightList;
  if (countOf(rightList) === 0 && rightList.kind === 'list') return leftList;
  checkItems(countOf(leftList) + countOf(rightList), 'general');
  if (leftList.kind === 'list' || rightList.kind === 'list') {
    return list([...itemsOf(leftList), ...itemsOf(rightList)]);
  }
  return collect([...itemsOf(leftList), ...itemsOf(rightList)]);
}

function isEnum(atom: Value): boolean {
  return atom.kind === 'atom' && atom.type === 20;
}

function joinVectors(left: Vector, right: Vector): Vector | undefined {
  // An enumeration beside plain symbols, or beside lists of another domain, is joined by its symbols.
  if (left.type === 20 && right.type === 11) return joinVectors(enumValues(left) as Vector, right);
  if (left.type === 11 && right.type === 20) return joinVectors(left, enumValues(right) as Vector);
  if (left.type !== right.type) return undefined;
  if (left.type === 20 && right.type === 20 && left.domain.name !== right.domain.name) {
    if (left.data.length === 1 && right.data.length === 1) return undefined;
    return joinVectors(enumValues(left) as Vector, enumValues(right) as Vector);
  }
  // Values do not change, so that an empty list beside another costs no copy of it.
  if (left.data.length === 0 && left.attribute === '') return { ...right, attribute: '' };
  if (right.data.length === 0 && left.attribute === '') return left;
  const data = appendData(left.data as AnyData, right.data as AnyData);
  const joined = vectorOf(left.type, data, left);
  return left.attribute === 'g' ? { ...joined, attribute: 'g' } : joined;
}

/** Rows of the right table below those of the left one; the columns must be the same, in any order. */
export function joinTables(left: Table, right: Table): Table {
  if (left.names.length !== right.names.length) throw new QError('mismatch');
  const columns = left.names.map((name, i) => {
    const other = right.columns[right.names[i] === name ? i : right.names.indexOf(name)];
    if (other === undefined) throw new QError('mismatch');
    return join(left.columns[i]!, other);
  });
  return table(left.names, columns);
}

/** A dictionary with symbol keys as a table of one row. */
export function rowTable(row: Dictionary): Table {
  if (isKeyedTable(row)) throw new QError('type');
  if (row.keys.kind !== 'vector' || row.keys.type !== 11) throw new QError('type');
  const names = itemsOf(row.keys).map(key => (key as { value: string }).value);
  return table(
    names,
    names.map((_, i) => enlist(itemAt(row.values, i))),
  );
}

/** A plain table keyed by the key columns of `like`. */
function keyLike(source: Table, like: Dictionary & { keys: Table; values: Table }): Dictionary {
  const part = (names: readonly string[]) =>
    table(
      names,
      names.map(name => {
        const column = source.columns[source.names.indexOf(name)];
        if (column === undefined) throw new QError('mismatch');
        return column;
      }),
    );
  return dictionary(part(like.keys.names), part(like.values.names));
}

/** Upsert of dictionaries: values of known keys are replaced, new keys follow. */
export function joinDictionaries(left: Dictionary, right: Dictionary): Dictionary {
  const known = countOf(left.keys);
  const { positions, fresh } = upsertPositions(left.keys, right.keys);
  const values = pickKeeping(join(left.values, right.values), positions);
  const keys =
    fresh.length === 0 ? left.keys : join(left.keys, pickKeeping(right.keys, Int32Array.from(fresh)));
  return {
    keys,
    kind: 'dictionary',
    sorted: false,
    values: known === 0 && left.values.kind === 'list' ? tidy(values) : values,
  };
}

function tidy(value: Value): Value {
  return value.kind === 'list' ? collect(value.items) : value;
}

/**
 * Where each value of the joined dictionary comes from, as positions in the left values followed by the right
 * ones, and which of the right keys are new.
 */
function upsertPositions(left: Value, right: Value): { positions: Int32Array; fresh: number[] } {
  const known = countOf(left);
  const count = countOf(right);
  const { codes, firsts } = groupItems(join(left, right));
  const slotOf = new Int32Array(firsts.length).fill(-1);
  const fresh: number[] = [];
  const positions = positionsUpTo(known + count);
  for (let i = 0; i < known; i++) if (slotOf[codes[i]!]! < 0) slotOf[codes[i]!] = i;
  for (let i = 0; i < count; i++) {
    const code = codes[known + i]!;
    if (slotOf[code]! < 0) {
      slotOf[code] = known + fresh.length;
      fresh.push(i);
    }
    positions[slotOf[code]!] = known + i;
  }
  return { positions: positions.subarray(0, known + fresh.length), fresh };
}
