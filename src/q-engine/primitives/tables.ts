/** insert, upsert, meta, tables, and other keywords of whole tables. */

import type { Interpreter } from '../evaluator/interpreter.ts';
import { upsertIntoPath } from '../files/append.ts';
import { isPartitioned, overPartitions } from '../files/partitioned.ts';
import { keepAttribute } from '../values/append-attributes.ts';
import { isLink } from '../values/enums.ts';
import { findPositions } from '../values/find.ts';
import { collect, countOf, enlist, isListLike, itemAt, itemsOf } from '../values/items.ts';
import { join, rowTable } from '../values/join.ts';
import { findByIndex } from '../values/key-index.ts';
import { appendTable, upsertKeyedRows } from '../values/keyed-rows.ts';
import { dictionary, list, symbols, table } from '../values/make.ts';
import { pick, positionsUpTo } from '../values/select-items.ts';
import { typeLetter } from '../values/types.ts';
import type { Dictionary, Table, Value, Vector } from '../values/value.ts';
import { isKeyedTable, QError } from '../values/value.ts';
import { keyBy, tableArgument, unkeyed } from './dictionaries.ts';
import { enumerate, enumerateExtending } from './enumerations.ts';
import { longPositions } from './lists.ts';
import { define } from './registry.ts';

type KeyedTable = Dictionary & { keys: Table; values: Table };

/** Rows given as a table, a dictionary, a row of values or a list of columns, with the columns of `like`. */
export function rowsFor(like: Table, rows: Value, interpreter: Interpreter): Table {
  const given = widened(like, asTable(like, rows));
  if (given.names.length !== like.names.length) throw new QError('mismatch');
  const columns = like.names.map((name, i) => {
    const column = given.columns[given.names[i] === name ? i : given.names.indexOf(name)];
    if (column === undefined) throw new QError('mismatch');
    return fitColumn(like.columns[i]!, column, interpreter);
  });
  return table(like.names, columns);
}

/** Columns that a table or dictionary leaves out are null. */
function widened(like: Table, given: Table): Table {
  if (given.names.length >= like.names.length) return given;
  const count = countOf(given);
  const nowhere = new Int32Array(count).fill(-1);
  const columns = like.names.map(
    (name, i) => given.columns[given.names.indexOf(name)] ?? pick(like.columns[i]!, nowhere),
  );
  return given.names.every(name => like.names.includes(name)) ? table(like.names, columns) : given;
}

function asTable(like: Table, rows: Value): Table {
  if (rows.kind === 'table') return rows;
  if (isKeyedTable(rows)) return unkeyed(rows);
  if (rows.kind === 'dictionary' && countOf(rows) === 0) throw new QError('length');
  if (rows.kind === 'dictionary')
    return isListLike(itemAt(rows.values, 0)) && isColumns(like, rows.values)
      ? flipped(rows)
      : rowTable(rows);
  if (!isListLike(rows)) {
    if (like.names.length === 1) return table(like.names, [enlist(rows)]);
    throw new QError('type');
  }
  const items = itemsOf(rows);
  if (isRows(like, items)) return transposed(like, items);
  if (items.length !== like.names.length) throw new QError('length');
  return isColumns(like, rows) ? fromColumns(like, items) : table(like.names, items.map(enlist));
}

/** Several rows, each a general list with one value for each column. */
function isRows(like: Table, items: readonly Value[]): boolean {
  const width = like.names.length;
  return (
    items.length > 0 &&
    items.every(item => item.kind === 'list' && item.items.length === width && !isListLike(item.items[0]!))
  );
}

function transposed(like: Table, rows: readonly Value[]): Table {
  return table(
    like.names,
    like.names.map((_, i) => collect(rows.map(row => itemAt(row, i)))),
  );
}

function flipped(rows: Dictionary): Table {
  const names = itemsOf(rows.keys).map(key => (key as { value: string }).value);
  return fromColumns(table(names, []), itemsOf(rows.values));
}

/** A list of columns rather than of the values of one row: lists where the table has simple columns. */
function isColumns(like: Table, rows: Value): boolean {
  const items = itemsOf(rows);
  return items.some((item, i) => {
    const column = like.columns[i];
    if (!isListLike(item)) return false;
    if (column === undefined || column.kind === 'vector') return true;
    if (item.kind === 'vector') return item.type !== 10 && items.every(other => isListLike(other));
    return item.kind === 'list' && item.items.every(isListLike);
  });
}

function fromColumns(like: Table, items: readonly Value[]): Table {
  const lengths = items.filter(isListLike).map(countOf);
  const count = lengths[0] ?? 1;
  if (lengths.some(length => length !== count)) throw new QError('length');
  const columns = items.map(item => (isListLike(item) ? item : collect(new Array<Value>(count).fill(item))));
  return table(like.names, columns);
}

/** Signals 'type where a column cannot take the values; symbols join an enumeration of the column's domain. */
function fitColumn(column: Value, values: Value, interpreter: Interpreter): Value {
  if (column.kind !== 'vector') return values;
  if (column.type === 20 && values.kind === 'vector' && values.type === 11) {
    const { name } = column.domain;
    const domain = interpreter.findVariable(name, '');
    return domain !== undefined && domain.kind === 'vector'
      ? enumerateExtending(name, values, interpreter)
      : enumerate(name, values, interpreter);
  }
  if (values.kind === 'list' && values.items.length === 0)
    return { ...column, data: column.data.slice(0, 0) } as Vector;
  if (values.kind !== 'vector') throw new QError('type');
  if (values.type === column.type) return values;
  if (values.type === 20 && column.type === 11) return values;
  throw new QError('type');
}

/** Whether the columns of an empty list take any type. */
function isOpen(target: Table): boolean {
  return target.columns.every(column => column.kind === 'list' && column.items.length === 0);
}

function appendRows(target: Table, rows: Value, interpreter: Interpreter): Table {
  const added = isOpen(target) ? asTable(target, rows) : rowsFor(target, rows, interpreter);
  return appendTable(target, added);
}

/** `name insert rows: the positions of the new rows. A key that is there already is 'insert. */
function insert(name: Value, rows: Value, interpreter: Interpreter): Value {
  if (name.kind !== 'atom' || name.type !== 11) throw new QError('type');
  const target = interpreter.findVariable(name.value) ?? list([]);
  const before = countOf(target);
  if (target.kind === 'list' && target.items.length === 0 && (rows.kind === 'table' || isKeyedTable(rows))) {
    interpreter.setVariable(name.value, rows);
    return longPositions(positionsUpTo(countOf(rows)));
  }
  if (isKeyedTable(target)) {
    const added = keyBy(rowsFor(unkeyed(target), rows, interpreter), target.keys.names.length) as KeyedTable;
    const found = findByIndex(target.keys, added.keys, true) ?? findPositions(target.keys, added.keys);
    if (found.some(position => position < before)) throw new QError('insert');
    if (target.sorted) throw new QError('step');
    interpreter.setVariable(name.value, upsertKeyedRows(target, added, true));
    return longPositions(positionsUpTo(countOf(added), before));
  }
  if (target.kind !== 'table') {
    if (!isListLike(target)) throw new QError('type');
    const added = join(target, rows);
    interpreter.setVariable(name.value, added);
    return longPositions(positionsUpTo(countOf(added) - before, before));
  }
  const result = appendRows(target, rows, interpreter);
  interpreter.setVariable(name.value, result);
  return longPositions(positionsUpTo(countOf(result) - before, before));
}

/** Several rows of one type, for a table whose columns all have that type. `insert` takes such lists as columns. */
function simpleRows(target: Value, given: Value): Table | undefined {
  if (given.kind !== 'list' || given.items.length === 0) return undefined;
  if (target.kind !== 'table' && !isKeyedTable(target)) return undefined;
  const like = unkeyed(target);
  const { columns } = like;
  const isRow = (row: Value) =>
    row.kind === 'vector' &&
    countOf(row) === columns.length &&
    columns.every(column => column.kind === 'vector' && column.type === row.type);
  return given.items.every(isRow) ? transposed(like, given.items) : undefined;
}

/** Rows replace those of equal key in a keyed table, and follow in a plain one. */
export function upsertRows(
  target: Value,
  given: Value,
  interpreter: Interpreter,
  forVariable = false,
): Value {
  const rows = simpleRows(target, given) ?? given;
  if (isKeyedTable(target)) {
    const added = keyBy(upsertTable(target, rows, interpreter), target.keys.names.length) as Dictionary;
    if (forVariable && target.sorted) throw new QError('step');
    return upsertKeyedRows(target, added as KeyedTable, forVariable);
  }
  if (target.kind === 'table') return appendRows(target, rows, interpreter);
  return join(target, rows);
}

/** A dictionary or table may give some columns only: the others keep their values, or are null. */
function upsertTable(target: KeyedTable, rows: Value, interpreter: Interpreter): Table {
  const like = unkeyed(target);
  const given = asTable(like, rows);
  const partial = given.names.length < like.names.length;
  if (!partial) return rowsFor(like, given, interpreter);
  const wanted = table(
    target.keys.names,
    target.keys.names.map(name => given.columns[given.names.indexOf(name)] ?? mismatch()),
  );
  const old = interpreter.apply(target, [wanted]) as Table;
  const columns = like.names.map((name, i) => {
    const at = given.names.indexOf(name);
    return at >= 0 ? given.columns[at]! : old.columns[i - target.keys.names.length]!;
  });
  return rowsFor(like, table(like.names, columns), interpreter);
}

function mismatch(): never {
  throw new QError('mismatch');
}

function upsert(x: Value, rows: Value, interpreter: Interpreter): Value {
  if (x.kind !== 'atom' || x.type !== 11) return upsertRows(x, rows, interpreter);
  if (x.value.startsWith(':')) {
    upsertIntoPath(x.value.slice(1), rows, interpreter);
    return x;
  }
  const target = interpreter.peekVariable(x.value);
  interpreter.setVariable(x.value, target === undefined ? rows : upsertRows(target, rows, interpreter, true));
  return x;
}

/** x,:y : appends in the type of x. Signals 'type where that cannot hold y. */
export function appendTo(target: Value, y: Value, interpreter: Interpreter): Value {
  if (target.kind === 'table' || isKeyedTable(target)) {
    if (target.kind === 'table' && target.names.length === 0 && countOf(target) === 0) return y;
    return upsertRows(target, y, interpreter, true);
  }
  if (target.kind === 'vector') {
    const added = isListLike(y) ? y : enlist(y);
    if (countOf(added) === 0) return target;
    if (target.type === 20) return join(target, enumerateLike(target, added, interpreter));
    if (added.kind !== 'vector' || (added.type !== target.type && added.type !== 20))
      throw new QError('type');
    const joined = join(target, added);
    return keepAttribute(target, joined);
  }
  if (target.kind === 'dictionary' && y.kind === 'dictionary') return appendEntries(target, y);
  return keepAttribute(target, join(target, y));
}

/** Entries of the type of the values, into any dictionary but a step function. */
function appendEntries(target: Dictionary, y: Dictionary): Value {
  if (target.sorted) throw new QError('step');
  const simple = target.values.kind === 'vector' && countOf(target) > 0;
  if (simple && countOf(y) > 0) {
    const { values } = y;
    if (values.kind !== 'vector' || values.type !== (target.values as Vector).type) throw new QError('type');
  }
  return join(target, y);
}

function enumerateLike(target: Vector & { type: 20 }, added: Value, interpreter: Interpreter): Value {
  if (added.kind === 'vector' && added.type === 20 && added.domain.name === target.domain.name) return added;
  return enumerate(target.domain.name, added, interpreter);
}

/** Name, type letter, foreign key and attribute of each column. */
function meta(x: Value, interpreter: Interpreter): Value {
  const target = tableArgument(x, interpreter);
  const source = lastPartition(unkeyed(target), interpreter);
  const letters = source.columns.map(columnLetter).join('');
  const foreign = source.columns.map(column =>
    column.kind === 'vector' && column.type === 20 && isKeyedDomain(column) ? column.domain.name : '',
  );
  const attributes = source.columns.map(column =>
    column.kind === 'vector' || column.kind === 'list' ? (column.attribute ?? '') : '',
  );
  return dictionary(
    table(['c'], [symbols(source.names)]),
    table(
      ['t', 'f', 'a'],
      [
        {
          kind: 'vector',
          type: 10,
          data: Uint8Array.from(letters, letter => letter.charCodeAt(0)),
          attribute: '',
        },
        symbols(foreign),
        symbols(attributes),
      ],
    ),
  );
}

/** Partitions are alike: the last one tells types and attributes. */
function lastPartition(x: Table, interpreter: Interpreter): Table {
  return isPartitioned(x) ? overPartitions(x, x.partitioned.partitions.slice(-1), interpreter) : x;
}

function isKeyedDomain(column: Vector & { type: 20 }): boolean {
  return column.domain.keyedTable?.() !== undefined || isLink(column);
}

/** Capital for a list of vectors of one type, a space for a mixed list. */
function columnLetter(column: Value): string {
  if (column.kind === 'vector') return column.type === 20 ? keyLetter(column) : typeLetter(column.type);
  const [first] = itemsOf(column);
  if (first?.kind === 'vector') return typeLetter(first.type).toUpperCase();
  return ' ';
}

/** A foreign key has the type of the key that it points to. */
function keyLetter(column: Vector & { type: 20 }): string {
  if (isLink(column)) return 'j';
  if (!isKeyedDomain(column)) return 's';
  const key = column.domain.values();
  return key.kind === 'vector' && key.type !== 20 ? typeLetter(key.type) : 's';
}

function tables(x: Value, interpreter: Interpreter): Value {
  const given = x.kind === 'atom' && x.type === 11 ? x.value : '.';
  const namespace = given === '.' || given === '' ? '' : given;
  const names = interpreter.globals.names(namespace).filter(name => {
    const value = interpreter.globals.stored(namespace === '' ? name : `${namespace}.${name}`)!;
    return value.kind === 'table' || isKeyedTable(value);
  });
  return symbols(names.sort());
}

define('insert', { binary: insert }, { type: 102 });
define('upsert', { binary: upsert });
define('meta', { unary: meta });
define('tables', { unary: tables });
