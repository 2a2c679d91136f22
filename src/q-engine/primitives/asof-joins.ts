/** Joins by time: aj aj0 ajf ajf0 asof wj wj1. */
import type { Interpreter } from '../evaluator/interpreter.ts';
import { compareValues } from '../values/compare.ts';
import { type Simple, toFloats } from '../values/convert.ts';
import { groupItems } from '../values/grouping.ts';
import { collect, countOf, itemAt, itemsOf } from '../values/items.ts';
import { joinTables, rowTable } from '../values/join.ts';
import { table } from '../values/make.ts';
import { pick } from '../values/select-items.ts';
import { isTemporal } from '../values/types.ts';
import type { Table, Value } from '../values/value.ts';
import { isKeyedTable, QError } from '../values/value.ts';
import { keyBy, nameList, onTable, unkeyed } from './dictionaries.ts';
import { fillNulls } from './fill.ts';
import { columnsNamed, whereMatched } from './joins.ts';
import { define } from './registry.ts';
import { commonTemporal, longsAs } from './temporal-units.ts';

/** Values of two columns in one order-preserving number each, when they are numbers. */
function comparable(
  x: Value,
  y: Value,
): { left: ArrayLike<number | bigint>; right: ArrayLike<number | bigint> } | undefined {
  if (x.kind !== 'vector' || y.kind !== 'vector' || x.type === 11 || x.type === 2 || x.type === 20)
    return undefined;
  if (x.type === y.type) return { left: x.data, right: y.data as ArrayLike<number | bigint> };
  if (isTemporal(x.type) && isTemporal(y.type)) {
    const unit = commonTemporal(x.type, y.type);
    const target = unit === 12 || unit === 16 ? unit : 12;
    return { left: longsAs(x, target), right: longsAs(y, target) };
  }
  return { left: toFloats(x as Simple), right: toFloats(y as Simple) };
}

/** For each row of x the last row of y equal in all columns but the last, and not after it in that; or -1. */
export function asofRows(names: readonly string[], x: Table, y: Table): Int32Array {
  const timeName = names.at(-1);
  if (timeName === undefined) throw new QError('length');
  const equal = names.slice(0, -1);
  const left = columnsNamed(x, names);
  const right = columnsNamed(y, names);
  const leftCount = countOf(left);
  const rightCount = countOf(right);
  const codes =
    equal.length === 0
      ? new Int32Array(leftCount + rightCount)
      : groupItems(joinTables(columnsNamed(left, equal), columnsNamed(right, equal))).codes;
  const rowsOf = rowsByCode(codes, leftCount, rightCount);
  const after = laterThan(left.columns[names.indexOf(timeName)]!, right.columns[names.indexOf(timeName)]!);
  const out = new Int32Array(leftCount);
  for (let i = 0; i < leftCount; i++) {
    const rows = rowsOf.get(codes[i]!);
    out[i] = rows === undefined ? -1 : lastRow(rows, row => !after(i, row));
  }
  return out;
}

function rowsByCode(codes: Int32Array, from: number, count: number): Map<number, number[]> {
  const rows = new Map<number, number[]>();
  for (let i = 0; i < count; i++) {
    const code = codes[from + i]!;
    const known = rows.get(code);
    if (known === undefined) rows.set(code, [i]);
    else known.push(i);
  }
  return rows;
}

/** Whether row `right` of the right column is after row `left` of the left one. */
function laterThan(x: Value, y: Value): (left: number, right: number) => boolean {
  const numbers = comparable(x, y);
  if (numbers !== undefined) {
    const { left, right } = numbers;
    return (i, row) => right[row]! > left[i]!;
  }
  return (i, row) => compareValues(itemAt(y, row), itemAt(x, i)) > 0;
}

/** The last of ascending rows that passes, by bisection; -1 if none does. */
function lastRow(rows: readonly number[], passes: (row: number) => boolean): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (passes(rows[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? -1 : rows[low - 1]!;
}

/** Signals type where the columns of a join are simple and of different types. */
function checkTypes(x: Value, y: Value): void {
  const symbolic = (type: number) => (type === 20 ? 11 : type);
  if (x.kind === 'vector' && y.kind === 'vector' && symbolic(x.type) !== symbolic(y.type))
    throw new QError('type');
}

/** Columns of y at the matched rows join those of x. */
function asofJoin(names: Value, x: Value, y: Value, options: { keepTime: boolean; fill: boolean }): Value {
  const on = nameList(names);
  const keyCount = isKeyedTable(x) ? x.keys.names.length : 0;
  const left = unkeyed(x);
  const right = unkeyed(y);
  for (const name of on)
    checkTypes(columnsNamed(left, [name]).columns[0]!, columnsNamed(right, [name]).columns[0]!);
  const matched = asofRows(on, left, right);
  let result = left;
  const timeName = on[on.length - 1]!;
  right.names.forEach((name, i) => {
    if (on.includes(name) && (name !== timeName || options.keepTime)) return;
    const fresh = pick(right.columns[i]!, matched);
    const at = result.names.indexOf(name);
    const old = result.columns[at];
    if (old === undefined) {
      result = table([...result.names, name], [...result.columns, fresh]);
      return;
    }
    const column =
      name === timeName ? whereMatched(old, fresh, matched) : options.fill ? fillNulls(old, fresh) : fresh;
    result = table(
      result.names,
      result.columns.map((other, k) => (k === at ? column : other)),
    );
  });
  return keyBy(result, keyCount);
}

/** table asof row or table: the values of the last row not after. */
function asof(x: Value, y: Value): Value {
  if (x.kind !== 'table') throw new QError('type');
  const wanted = y.kind === 'dictionary' ? rowTable(y) : unkeyed(y);
  const rest = x.names.filter(name => !wanted.names.includes(name));
  const found = pick(columnsNamed(x, rest), asofRows(wanted.names, wanted, x));
  return y.kind === 'dictionary' ? itemAt(found, 0) : found;
}

/** wj[windows; columns; x; (y; (f; column); ...)] */
function windowJoin(args: readonly Value[], interpreter: Interpreter, prevailing: boolean): Value {
  if (args.length !== 4) throw new QError('rank');
  const [windows, names, x, spec] = args as [Value, Value, Value, Value];
  const on = nameList(names);
  const left = unkeyed(x);
  const [source, ...aggregations] = itemsOf(spec);
  const right = unkeyed(source!);
  if (countOf(windows) !== 2) throw new QError('length');
  const [begins, ends] = itemsOf(windows) as [Value, Value];
  if (countOf(begins) !== countOf(left) || countOf(ends) !== countOf(left)) throw new QError('length');
  const timeName = on[on.length - 1]!;
  const startRows = asofRows(on, withTime(left, timeName, begins), right);
  const endRows = asofRows(on, withTime(left, timeName, ends), right);
  const firstRows = prevailing ? startRows : strictlyInside(on, right, begins, timeName, startRows);
  const groups = rowsOfGroups(on, right);
  let result = left;
  for (const aggregation of aggregations) {
    const [f, ...columns] = itemsOf(aggregation);
    if (columns.length === 0) throw new QError('length');
    const names = columns.map(column => {
      const [name] = nameList(column);
      if (name === undefined) throw new QError('length');
      return name;
    });
    const picked = names.map(name => columnsNamed(right, [name]).columns[0]!);
    const values = Array.from({ length: countOf(left) }, (_, i) => {
      const rows = groups(firstRows[i]!, endRows[i]!);
      return interpreter.apply(
        f!,
        picked.map(column => pick(column, rows)),
      );
    });
    result = table([...result.names, names[names.length - 1]!], [...result.columns, collect(values)]);
  }
  return result;
}

function withTime(x: Table, name: string, time: Value): Table {
  return table(
    x.names,
    x.columns.map((column, i) => (x.names[i] === name ? time : column)),
  );
}

/** For wj1 the row that prevails at the start counts only if it is exactly there. */
function strictlyInside(
  on: readonly string[],
  right: Table,
  begins: Value,
  timeName: string,
  startRows: Int32Array,
): Int32Array {
  const time = columnsNamed(right, [timeName]).columns[0]!;
  const equal = on.slice(0, -1);
  return startRows.map((row, i) => {
    if (row < 0) return -1;
    const exact = compareValues(itemAt(time, row), itemAt(begins, i)) === 0;
    if (!exact) return nextOf(equal, right, row);
    let first = row;
    // Several rows may carry the very time at which the window begins.
    while (
      first > 0 &&
      compareValues(itemAt(time, first - 1), itemAt(time, row)) === 0 &&
      sameGroup(equal, right, first - 1, row)
    )
      first -= 1;
    return first;
  });
}

function sameGroup(names: readonly string[], x: Table, a: number, b: number): boolean {
  return names.every(name => {
    const column = columnsNamed(x, [name]).columns[0]!;
    return compareValues(itemAt(column, a), itemAt(column, b)) === 0;
  });
}

function nextOf(names: readonly string[], x: Table, row: number): number {
  for (let next = row + 1; next < countOf(x); next++) if (sameGroup(names, x, next, row)) return next;
  return countOf(x);
}

/** The rows of one group between two rows. */
function rowsOfGroups(on: readonly string[], right: Table) {
  const equal = on.slice(0, -1);
  const codes =
    equal.length === 0 ? new Int32Array(countOf(right)) : groupItems(columnsNamed(right, equal)).codes;
  return (first: number, last: number): Int32Array => {
    if (last < 0) return new Int32Array(0);
    const rows: number[] = [];
    const from = first < 0 ? 0 : first;
    for (let row = from; row <= last; row++) if (codes[row] === codes[last]) rows.push(row);
    return Int32Array.from(rows);
  };
}

function ternary(keepTime: boolean, fill: boolean) {
  return {
    variadic: (args: readonly Value[], interpreter: Interpreter) => {
      if (args.length !== 3) throw new QError('rank');
      const [names, x, y] = args as [Value, Value, Value];
      return onTable(x, interpreter, left => asofJoin(names, left, y, { keepTime, fill }));
    },
  };
}

define('aj', ternary(true, false));
define('aj0', ternary(false, false));
define('ajf', ternary(true, true));
define('ajf0', ternary(false, true));
define('asof', { binary: asof });
define('wj', { variadic: (args, interpreter) => windowJoin(args, interpreter, true) });
define('wj1', { variadic: (args, interpreter) => windowJoin(args, interpreter, false) });
