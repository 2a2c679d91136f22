/** Runs select, exec, update and delete. */

import type { Frame, Interpreter } from '../evaluator/interpreter.ts';
import { rowsOfPartitions } from '../files/partition-query.ts';
import { isPartitioned, type PartitionedTable } from '../files/partitioned.ts';
import type { NamedNode, Node, QueryNode } from '../language/nodes.ts';
import { keyBy, unkeyed } from '../primitives/dictionaries.ts';
import { distinct, wherePositions } from '../primitives/lists.ts';
import { collect, columnOf, countOf, enlist, isListLike, itemsOf, repeat } from '../values/items.ts';
import { dictionary, symbols, table } from '../values/make.ts';
import { placeOnDisk } from '../values/mapped.ts';
import { pick, positionsUpTo, slice } from '../values/select-items.ts';
import { orderOf } from '../values/sorting.ts';
import type { Table, Value } from '../values/value.ts';
import { isKeyedTable, QError } from '../values/value.ts';
import { TableScope } from './column-scope.ts';
import { type Groups, groupBy, valuesByGroup } from './group-by.ts';
import { truthMask } from './mask.ts';
import { updateRows } from './update.ts';

/** A query without its table expression. */
export type QuerySpec = Omit<QueryNode, 'kind' | 'at' | 'source'>;

/** Evaluates a query that stands in q text. */
export function runQuery(node: QueryNode, frame: Frame, interpreter: Interpreter): Value {
  const source = interpreter.evaluate(node.source, frame);
  interpreter.calls.position = node.at;
  return runOn(source, node, frame, interpreter);
}

/** Runs a query on a table, or on the global table of a name: update and delete then change it. */
export function runOn(source: Value, spec: QuerySpec, frame: Frame, interpreter: Interpreter): Value {
  const named = source.kind === 'atom' && source.type === 11 ? source.value : undefined;
  if (spec.verb === 'delete' && named?.startsWith('.') && (named === '.' || interpreter.globals.has(named))) {
    for (const { name } of spec.columns)
      interpreter.globals.delete(named === '.' ? name : `${named}.${name}`);
    return source;
  }
  const whole = named === undefined ? source : interpreter.getVariable(named, frame.namespace);
  // Where a table on disk is not there, reading any column of it says so.
  if (whole.kind === 'table' && placeOnDisk(whole)?.isUnresolved === true) void whole.columns[0];
  if (isPartitioned(whole)) return runOnPartitions(whole, spec, frame, interpreter);
  if (spec.verb === 'select') return runSelect(whole, spec, frame, interpreter);
  if (spec.verb === 'exec') return runExec(whole, spec, frame, interpreter);
  const changed =
    spec.verb === 'update'
      ? updateRows(whole, spec, frame, interpreter)
      : runDelete(whole, spec, frame, interpreter);
  if (named === undefined) return changed;
  interpreter.setVariable(named, changed, frame.namespace);
  return source;
}

function runOnPartitions(
  whole: PartitionedTable,
  spec: QuerySpec,
  frame: Frame,
  interpreter: Interpreter,
): Value {
  if (spec.verb !== 'select' && spec.verb !== 'exec') throw new QError('par');
  // kdb+ has no bracket of select over partitions.
  if (spec.limit !== undefined || spec.order !== undefined) throw new QError('nyi');
  const source = rowsOfPartitions(whole, spec.where, frame, interpreter);
  const rest = { ...spec, where: [] };
  if (spec.verb === 'exec') return runExec(source, rest, frame, interpreter);
  const answer = runSelect(source, rest, frame, interpreter);
  // What a query answers is a table like any other, with all its columns read.
  return answer === source ? table(source.names, [...source.columns]) : answer;
}

/** The value of an expression for the rows in hand. What fails after it is the query, no longer the expression. */
export function evaluateIn(node: Node, scope: TableScope, frame: Frame, interpreter: Interpreter): Value {
  const { position } = interpreter.calls;
  const value = interpreter.evaluate(node, { ...frame, columns: scope });
  interpreter.calls.position = position;
  return value;
}

/** The rows that pass all conditions, each one evaluated on what the ones before it left. */
export function filterRows(
  scope: TableScope,
  where: readonly Node[],
  frame: Frame,
  interpreter: Interpreter,
): TableScope {
  let left = scope;
  for (const condition of where) {
    const passed = evaluateIn(condition, left, frame, interpreter);
    const mask = truthMask(passed);
    if (typeof mask === 'boolean') {
      if (!mask) left = left.narrowed(new Int32Array(0));
      continue;
    }
    if (countOf(mask) !== left.rowCount) throw new QError('length');
    const positions = wherePositions(mask);
    if (positions.length !== left.rowCount) left = left.narrowed(positions);
  }
  return left;
}

function runSelect(whole: Value, spec: QuerySpec, frame: Frame, interpreter: Interpreter): Value {
  const source = unkeyed(whole);
  let scope = filterRows(new TableScope(source), spec.where, frame, interpreter);
  if (spec.by === undefined) scope = limited(scope, spec, frame, interpreter);
  let result: Value;
  if (spec.by !== undefined) {
    const groups = groupBy(scope, spec.by, frame, interpreter);
    result = limitedGroups(selectGroups(groups, scope, spec, frame, interpreter), spec, frame, interpreter);
  } else if (spec.columns.length === 0) {
    const rows = scope.positions === undefined ? source : (pick(source, scope.positions) as Table);
    const keyCount = isKeyedTable(whole) ? whole.keys.names.length : 0;
    if (spec.distinct) return distinct(rows);
    return keyBy(rows, keyCount);
  } else result = selectColumns(scope, spec.columns, frame, interpreter);
  return spec.distinct && result.kind === 'table' ? distinct(result) : result;
}

/** Columns of a result: atoms of an aggregation make one row, beside lists they are repeated. */
function selectColumns(
  scope: TableScope,
  columns: readonly NamedNode[],
  frame: Frame,
  interpreter: Interpreter,
): Table {
  const values = columns.map(column => evaluateIn(column.node, scope, frame, interpreter));
  const names = columns.map(column => column.name);
  const lists = values.filter(isListLike);
  if (lists.length === 0) return table(names, values.map(enlist));
  const count = countOf(lists[0]!);
  return table(
    names,
    values.map(value => {
      if (!isListLike(value)) return repeat(value, count);
      if (countOf(value) !== count) throw new QError('length');
      return value;
    }),
  );
}

function selectGroups(
  groups: Groups,
  scope: TableScope,
  spec: QuerySpec,
  frame: Frame,
  interpreter: Interpreter,
): Value {
  if (spec.columns.length === 0) {
    const names = scope.source.names.filter(name => !spec.by!.some(key => key.name === name));
    const lastRows = groups.lastPositions();
    const columns = names.map(name => pick(scope.column(name)!, lastRows));
    return dictionary(groups.keys, table(names, columns));
  }
  const values = spec.columns.map(column => valuesByGroup(column.node, groups, scope, frame, interpreter));
  return dictionary(
    groups.keys,
    table(
      spec.columns.map(column => column.name),
      values,
    ),
  );
}

function limitRange(limit: Value, count: number): [number, number] {
  if (limit.kind === 'vector' && countOf(limit) === 2) {
    const [start, size] = itemsOf(limit).map(item => Number((item as { value: number | bigint }).value)) as [
      number,
      number,
    ];
    return [Math.min(start, count), Math.min(count, start + size)];
  }
  if (limit.kind !== 'atom' || typeof limit.value === 'string') throw new QError('type');
  const n = Number(limit.value);
  return n < 0 ? [Math.max(0, count + n), count] : [0, Math.min(n, count)];
}

/** select[n;>column]: order first, then the number of rows. */
function limited(scope: TableScope, spec: QuerySpec, frame: Frame, interpreter: Interpreter): TableScope {
  let result = scope;
  if (spec.order !== undefined) {
    const column = evaluateIn(spec.order.by, scope, frame, interpreter);
    result = result.narrowed(orderOf(column, spec.order.descending));
  }
  if (spec.limit === undefined) return result;
  const [start, end] = limitRange(interpreter.evaluate(spec.limit, frame), result.rowCount);
  return result.narrowed(positionsUpTo(end - start, start));
}

function limitedGroups(result: Value, spec: QuerySpec, frame: Frame, interpreter: Interpreter): Value {
  if (!isKeyedTable(result)) return result;
  let rows: Value = unkeyed(result);
  const keyCount = result.keys.names.length;
  if (spec.order !== undefined) {
    const column = evaluateIn(spec.order.by, new TableScope(rows as Table), frame, interpreter);
    rows = pick(rows, orderOf(column, spec.order.descending));
  }
  if (spec.limit !== undefined) {
    const [start, end] = limitRange(interpreter.evaluate(spec.limit, frame), countOf(rows));
    rows = slice(rows, start, end);
  }
  return spec.order === undefined && spec.limit === undefined ? result : keyBy(rows, keyCount);
}

function runExec(whole: Value, spec: QuerySpec, frame: Frame, interpreter: Interpreter): Value {
  const source = unkeyed(whole);
  const scope = filterRows(new TableScope(source), spec.where, frame, interpreter);
  const names = symbols(spec.columns.map(column => column.name));
  const single = spec.columns.length === 1 && spec.unnamed;
  if (spec.by === undefined) {
    if (spec.columns.length === 0) {
      const last = scope.rowCount === 0 ? new Int32Array([-1]) : Int32Array.of(scope.rowCount - 1);
      const columns = source.names.map(name => pick(scope.column(name)!, last));
      return dictionary(symbols(source.names), collect(columns.map(column => itemsOf(column)[0]!)));
    }
    const values = spec.columns.map(column => evaluateIn(column.node, scope, frame, interpreter));
    const result = single ? values[0]! : dictionary(names, collect(values));
    return spec.distinct ? distinct(result) : result;
  }
  const groups = groupBy(scope, spec.by, frame, interpreter);
  const keys =
    spec.byUnnamed === true && groups.keys.columns.length === 1 ? groups.keys.columns[0]! : groups.keys;
  const values = spec.columns.map(column => valuesByGroup(column.node, groups, scope, frame, interpreter));
  return dictionary(
    keys,
    single
      ? values[0]!
      : table(
          spec.columns.map(column => column.name),
          values,
        ),
  );
}

function runDelete(whole: Value, spec: QuerySpec, frame: Frame, interpreter: Interpreter): Value {
  const keyCount = isKeyedTable(whole) ? whole.keys.names.length : 0;
  if (spec.columns.length > 0) {
    // Rows or columns: what stays of both is nowhere said.
    if (spec.where.length > 0) throw new QError('type');
    if (whole.kind === 'dictionary' && keyCount === 0) return deleteKeys(whole, spec);
    const source = unkeyed(whole);
    const unwanted = spec.columns.map(column => column.name);
    for (const name of unwanted) if (!source.names.includes(name)) throw new QError(name);
    const kept = source.names.filter(name => !unwanted.includes(name));
    const keysLeft = source.names.slice(0, keyCount).filter(name => kept.includes(name)).length;
    return keyBy(
      table(
        kept,
        kept.map(name => columnOf(source, name)!),
      ),
      keysLeft,
    );
  }
  const source = unkeyed(whole);
  const scope = filterRows(new TableScope(source), spec.where, frame, interpreter);
  const removed = new Uint8Array(countOf(source));
  if (scope.positions === undefined) removed.fill(1);
  else for (const position of scope.positions) removed[position] = 1;
  const kept = positionsUpTo(removed.length).filter(position => removed[position] === 0);
  return keyBy(pick(source, kept) as Table, keyCount);
}

function deleteKeys(whole: Value & { kind: 'dictionary' }, spec: QuerySpec): Value {
  const unwanted = spec.columns.map(column => column.name);
  const keys = itemsOf(whole.keys);
  const kept = positionsUpTo(keys.length).filter(i => {
    const key = keys[i]!;
    return !(key.kind === 'atom' && key.type === 11 && unwanted.includes(key.value));
  });
  return dictionary(pick(whole.keys, kept), pick(whole.values, kept));
}
