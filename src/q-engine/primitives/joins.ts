/** Joins by key: lj ij pj uj ej. */
import type { Interpreter } from '../evaluator/interpreter.ts';
import { findPositions } from '../values/find.ts';
import { groupItems, positionsByGroup } from '../values/grouping.ts';
import { countOf, itemAt, nullLike, repeat } from '../values/items.ts';
import { join, joinTables } from '../values/join.ts';
import { dictionary, table } from '../values/make.ts';
import { pick, pickKeeping, positionsUpTo } from '../values/select-items.ts';
import type { Dictionary, Table, Value } from '../values/value.ts';
import { isKeyedTable, QError } from '../values/value.ts';
import { add } from './arithmetic.ts';
import { keyBy, nameList, onTable, unkeyed } from './dictionaries.ts';
import { fillNulls } from './fill.ts';
import { define } from './registry.ts';

type KeyedTable = Dictionary & { keys: Table; values: Table };

function keyedArgument(y: Value): KeyedTable {
  if (!isKeyedTable(y)) throw new QError('type');
  return y;
}

/** Columns of a table by name. Signals the name that is missing. */
export function columnsNamed(x: Table, names: readonly string[]): Table {
  return table(
    names,
    names.map(name => x.columns[x.names.indexOf(name)] ?? missing(name)),
  );
}

function missing(name: string): never {
  throw new QError(name);
}

/** For each row of x the row of y with its key, or -1. */
function matchRows(x: Table, y: KeyedTable): Int32Array {
  const found = findPositions(y.keys, columnsNamed(x, y.keys.names));
  const count = countOf(y.keys);
  return found.map(position => (position === count ? -1 : position));
}

/** Sets or adds a column. */
function withColumn(x: Table, name: string, column: Value): Table {
  const at = x.names.indexOf(name);
  if (at < 0) return table([...x.names, name], [...x.columns, column]);
  return table(
    x.names,
    x.columns.map((old, i) => (i === at ? column : old)),
  );
}

/** A common column from x's values and those of y's matching rows. */
type Combine = (old: Value, fresh: Value, matched: Int32Array) => Value;

/** A table to join to, or the name of one, which then takes the result. */
function leftOrName(x: Value, interpreter: Interpreter, change: (left: Value) => Value): Value {
  return onTable(x, interpreter, left => {
    if (left.kind !== 'table' && !isKeyedTable(left)) throw new QError('type');
    return change(left);
  });
}

/** Rows of x with the columns of y: where y has no such row, x's own value or null. */
export function leftJoin(x: Value, y: Value, combine: Combine = whereMatched): Value {
  if (y.kind === 'list' && y.items.length === 0) return x;
  const right = keyedArgument(y);
  const keyCount = isKeyedTable(x) ? x.keys.names.length : 0;
  const left = unkeyed(x);
  const matched = matchRows(left, right);
  let result = left;
  right.values.names.forEach((name, i) => {
    const fresh = pick(right.values.columns[i]!, matched);
    const old = columnOrUndefined(left, name);
    result = withColumn(result, name, old === undefined ? fresh : combine(old, fresh, matched));
  });
  return keyBy(result, keyCount);
}

function columnOrUndefined(x: Table, name: string): Value | undefined {
  return x.columns[x.names.indexOf(name)];
}

/** fresh where there was a match, else old. */
export function whereMatched(old: Value, fresh: Value, matched: Int32Array): Value {
  const count = matched.length;
  const positions = positionsUpTo(count).map(i => (matched[i]! < 0 ? i : count + i));
  return pickKeeping(join(old, fresh), positions);
}

function innerJoin(x: Value, y: Value, combine: Combine): Value {
  const left = unkeyed(x);
  const matched = matchRows(left, keyedArgument(y));
  const rows = positionsUpTo(matched.length).filter(i => matched[i]! >= 0);
  const keyCount = isKeyedTable(x) ? x.keys.names.length : 0;
  return keyBy(leftJoin(pickKeeping(left, rows), y, combine), keyCount);
}

/** Adds the numbers of y; rows without a match stay. */
function plusJoin(x: Value, y: Value): Value {
  const right = keyedArgument(y);
  const left = unkeyed(x);
  const matched = matchRows(left, right);
  let result = left;
  right.values.names.forEach((name, i) => {
    const fresh = fillNulls({ kind: 'atom', type: 1, value: 0 }, pick(right.values.columns[i]!, matched));
    const old = columnOrUndefined(left, name);
    result = withColumn(result, name, old === undefined ? fresh : add(old, fresh));
  });
  return keyBy(result, isKeyedTable(x) ? x.keys.names.length : 0);
}

/** Rows of both below each other with the columns of both; keyed tables by key, where `combine` says what wins. */
export function unionJoin(x: Value, y: Value, combine: Combine = whereMatched): Value {
  if (isKeyedTable(x)) return unionKeyed(x, keyedArgument(y), combine);
  if (x.kind !== 'table' || y.kind !== 'table') throw new QError('type');
  const names = [...x.names, ...y.names.filter(name => !x.names.includes(name))];
  return joinTables(widened(x, y, names), widened(y, x, names));
}

function widened(x: Table, other: Table, names: readonly string[]): Table {
  const count = countOf(x);
  const columns = names.map(name => {
    const own = columnOrUndefined(x, name);
    if (own !== undefined) return own;
    return nulls(columnOrUndefined(other, name)!, count);
  });
  return table(names, columns);
}

/** A column of nulls of the kind of another. */
function nulls(like: Value, count: number): Value {
  if (like.kind === 'vector') return pick(like, new Int32Array(count).fill(-1));
  return repeat(countOf(like) === 0 ? nullLike(like) : nullLike(itemAt(like, 0)), count);
}

function unionKeyed(x: KeyedTable, y: KeyedTable, combine: Combine): Value {
  const names = [...x.values.names, ...y.values.names.filter(name => !x.values.names.includes(name))];
  const known = countOf(x.keys);
  const found = findPositions(x.keys, columnsNamed(y.keys, x.keys.names));
  const fresh = positionsUpTo(found.length).filter(i => found[i] === known);
  const keys = joinTables(x.keys, pick(columnsNamed(y.keys, x.keys.names), fresh) as Table);
  const back = findPositions(y.keys, keys).map(position => (position === countOf(y.keys) ? -1 : position));
  const old = positionsUpTo(countOf(keys)).map(i => (i < known ? i : -1));
  const columns = names.map(name => {
    const before = columnOrUndefined(x.values, name);
    const after = columnOrUndefined(y.values, name);
    if (after === undefined) return pick(before!, old);
    if (before === undefined) return pick(after, back);
    return combine(pick(before, old), pick(after, back), back);
  });
  return dictionary(keys, table(names, columns));
}

/** All pairs of rows equal in the columns c. */
function equiJoin(c: Value, x: Value, y: Value): Value {
  const names = nameList(c);
  const [left, right] = [unkeyed(x), unkeyed(y)];
  const keys = joinTables(columnsNamed(left, names), columnsNamed(right, names));
  const { codes, firsts } = groupItems(keys);
  const leftCount = countOf(left);
  const rightCodes = codes.slice(leftCount);
  const { positions, starts } = positionsByGroup({ codes: rightCodes, firsts });
  const leftRows: number[] = [];
  const rightRows: number[] = [];
  for (let i = 0; i < leftCount; i++) {
    const code = codes[i]!;
    for (let k = starts[code]!; k < starts[code + 1]!; k++) {
      leftRows.push(i);
      rightRows.push(positions[k]!);
    }
  }
  let result = pick(left, Int32Array.from(leftRows)) as Table;
  const rows = Int32Array.from(rightRows);
  right.names.forEach((name, i) => {
    if (!names.includes(name)) result = withColumn(result, name, pick(right.columns[i]!, rows));
  });
  return result;
}

const filled = (old: Value, fresh: Value) => fillNulls(old, fresh);

define('lj', { binary: (x, y, interpreter) => leftOrName(x, interpreter, left => leftJoin(left, y)) });
define('ljf', {
  binary: (x, y, interpreter) => leftOrName(x, interpreter, left => leftJoin(left, y, filled)),
});
define('ij', { binary: (x, y) => innerJoin(x, y, whereMatched) });
define('ijf', { binary: (x, y) => innerJoin(x, y, filled) });
define('pj', { binary: plusJoin });
define('uj', { binary: (x, y) => unionJoin(x, y) });
define('ujf', { binary: (x, y) => unionJoin(x, y, filled) });
define('ej', {
  variadic: args => {
    if (args.length !== 3) throw new QError('rank');
    return equiJoin(args[0]!, args[1]!, args[2]!);
  },
});
