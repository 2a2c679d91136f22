/** update: new values for columns, all rows, some, or by group. */

import { replaceColumn } from '../evaluator/amend.ts';
import type { Frame, Interpreter } from '../evaluator/interpreter.ts';
import { keyBy, unkeyed } from '../primitives/dictionaries.ts';
import {
  collect,
  columnOf,
  countOf,
  isListLike,
  itemAt,
  itemsOf,
  nullLike,
  repeat,
} from '../values/items.ts';
import { join } from '../values/join.ts';
import { pickKeeping, positionsUpTo } from '../values/select-items.ts';
import type { Table, Value } from '../values/value.ts';
import { isKeyedTable, QError } from '../values/value.ts';
import { TableScope } from './column-scope.ts';
import { groupBy } from './group-by.ts';
import { evaluateIn, filterRows, type QuerySpec } from './query.ts';

export function updateRows(whole: Value, spec: QuerySpec, frame: Frame, interpreter: Interpreter): Value {
  if (whole.kind === 'dictionary' && !isKeyedTable(whole))
    return updateDictionary(whole, spec, frame, interpreter);
  const keyCount = isKeyedTable(whole) ? whole.keys.names.length : 0;
  const source = unkeyed(whole);
  const scope = filterRows(new TableScope(source), spec.where, frame, interpreter);
  const values =
    spec.by === undefined
      ? plainValues(scope, spec, frame, interpreter)
      : groupedValues(scope, spec, frame, interpreter);
  let result = source;
  spec.columns.forEach(({ name }, i) => {
    result = replaceColumn(result, name, merged(source, name, scope, values[i]!));
  });
  return keyBy(result, keyCount);
}

/** A dictionary of lists is updated as the table that it would be. */
function updateDictionary(
  whole: Value & { kind: 'dictionary' },
  spec: QuerySpec,
  frame: Frame,
  interpreter: Interpreter,
): Value {
  const names = itemsOf(whole.keys).map(key => (key as { value: string }).value);
  const columns = itemsOf(whole.values);
  const scope = { column: (name: string) => columns[names.indexOf(name)] };
  let result: Value = whole;
  for (const { name, node } of spec.columns) {
    const value = interpreter.evaluate(node, { ...frame, columns: scope });
    const entry: Value = {
      kind: 'dictionary',
      keys: collect([{ kind: 'atom', type: 11, value: name }]),
      values: { kind: 'list', items: [value] },
      sorted: false,
    };
    result = join(result, entry);
  }
  return result;
}

function plainValues(scope: TableScope, spec: QuerySpec, frame: Frame, interpreter: Interpreter): Value[] {
  return spec.columns.map(({ node }) => fitted(evaluateIn(node, scope, frame, interpreter), scope.rowCount));
}

function fitted(value: Value, count: number): Value {
  if (!isListLike(value)) return repeat(value, count);
  if (countOf(value) !== count) throw new QError('length');
  return value;
}

function groupedValues(scope: TableScope, spec: QuerySpec, frame: Frame, interpreter: Interpreter): Value[] {
  const groups = groupBy(scope, spec.by!, frame, interpreter);
  return spec.columns.map(({ node }) => {
    const items = new Array<Value>(scope.rowCount);
    for (let group = 0; group < groups.count; group++) {
      const positions = groups.positionsOf(group);
      const value = evaluateIn(node, scope.narrowed(positions), frame, interpreter);
      if (isListLike(value) && countOf(value) !== positions.length) throw new QError('length');
      for (let i = 0; i < positions.length; i++)
        items[positions[i]!] = isListLike(value) ? itemAt(value, i) : value;
    }
    return collect(items);
  });
}

/** The new column: the values at the rows in hand, what was there (or null) at the others. */
function merged(source: Table, name: string, scope: TableScope, values: Value): Value {
  const rows = countOf(source);
  if (scope.positions === undefined) return values;
  const old =
    columnOf(source, name) ??
    repeat(countOf(values) > 0 ? nullLike(itemAt(values, 0)) : nullLike(values), rows);
  const sameKind =
    old.kind === values.kind &&
    (old.kind !== 'vector' || values.kind !== 'vector' || old.type === values.type);
  if (!sameKind && old.kind === 'vector' && scope.rowCount < rows) {
    if (scope.rowCount === 0) return old;
    throw new QError('type');
  }
  const positions = positionsUpTo(rows);
  scope.positions.forEach((position, i) => {
    positions[position] = rows + i;
  });
  return pickKeeping(join(old, values), positions);
}
