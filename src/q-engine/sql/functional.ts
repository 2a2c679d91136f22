/** ?[t;c;b;a] and ![t;c;b;a]: queries as data. */

import { indexOnce } from '../evaluator/indexing.ts';
import type { Interpreter } from '../evaluator/interpreter.ts';
import type { NamedNode, Node } from '../language/nodes.ts';
import { nodeOf } from '../language/parse-tree.ts';
import { unkeyed } from '../primitives/dictionaries.ts';
import { countOf, isListLike, itemsOf } from '../values/items.ts';
import type { Dictionary, Table, Value } from '../values/value.ts';
import { isKeyedTable, QError } from '../values/value.ts';
import { TableScope } from './column-scope.ts';
import { type QuerySpec, runOn } from './query.ts';

/** Parse trees of a dictionary of columns. */
function namedNodes(columns: Dictionary): NamedNode[] {
  const trees = itemsOf(columns.values);
  return itemsOf(columns.keys).map((key, i) => {
    if (key.kind !== 'atom' || key.type !== 11) throw new QError('type');
    return { name: key.value, node: nodeOf(trees[i]!) };
  });
}

function conditions(where: Value): Node[] {
  if (!isListLike(where)) throw new QError('type');
  // A single constraint that was wrapped once more, as parse writes it.
  const items = itemsOf(where);
  const [only] = items;
  if (
    items.length === 1 &&
    only?.kind === 'list' &&
    only.items.length > 0 &&
    only.items[0]!.kind === 'list'
  ) {
    return only.items.map(nodeOf);
  }
  return items.map(nodeOf);
}

function isFalse(by: Value): boolean {
  return by.kind === 'atom' && by.type === 1 && by.value === 0;
}

export function functionalSelect(args: readonly Value[], interpreter: Interpreter): Value {
  if (args.length < 4 || args.length > 6) throw new QError('rank');
  const [source, where, by, columns, limit, order] = args as [Value, Value, Value, Value, Value?, Value?];
  const none = by.kind === 'list' && by.items.length === 0;
  const plain = by.kind === 'atom' && by.type === 1;
  const exec =
    none || !(plain || by.kind === 'dictionary') || (by.kind === 'dictionary' && !isColumns(columns));
  const base: QuerySpec = {
    verb: exec ? 'exec' : 'select',
    distinct: plain && by.value === 1,
    columns: columnNodes(columns),
    where: conditions(where),
    unnamed: columns.kind !== 'dictionary',
    ...(limit === undefined ? {} : { limit: { kind: 'literal', value: limit } as const }),
  };
  const spec = withBy(base, by, none || plain);
  const ordered = order === undefined ? spec : { ...spec, order: orderSpec(order) };
  return runOn(source, ordered, interpreter.topFrame(), interpreter);
}

function isColumns(columns: Value): boolean {
  return columns.kind === 'dictionary' || (columns.kind === 'list' && columns.items.length === 0);
}

function columnNodes(columns: Value): NamedNode[] {
  if (columns.kind === 'dictionary') return namedNodes(columns);
  if (columns.kind === 'list' && columns.items.length === 0) return [];
  return [{ name: 'x', node: nodeOf(columns) }];
}

function withBy(spec: QuerySpec, by: Value, none: boolean): QuerySpec {
  if (none) return spec;
  if (by.kind === 'dictionary')
    return countOf(by) === 0 ? spec : { ...spec, by: namedNodes(by), byUnnamed: false };
  return { ...spec, by: [{ name: 'x', node: nodeOf(by) }], byUnnamed: true };
}

/** (idesc;`column) */
function orderSpec(order: Value): { descending: boolean; by: Node } {
  const [f, by] = itemsOf(order);
  if (f?.kind !== 'primitive' || by === undefined) throw new QError('type');
  return { descending: f.name === 'idesc', by: nodeOf(by) };
}

/** ![t;c;b;a]: update where a is a dictionary, delete where it is a list of columns. */
export function functionalUpdate(args: readonly Value[], interpreter: Interpreter): Value {
  if (args.length !== 4) throw new QError('rank');
  const [source, where, by, columns] = args as [Value, Value, Value, Value];
  const target = args[0]!;
  const base = { distinct: false, where: conditions(where), unnamed: false };
  if (columns.kind === 'dictionary') {
    const spec: QuerySpec = { ...base, verb: 'update', columns: namedNodes(columns) };
    return runOn(target, withBy(spec, by, isFalse(by)), interpreter.topFrame(), interpreter);
  }
  const names = isListLike(columns) ? itemsOf(columns) : [columns];
  const unwanted = names
    .flatMap(name => (isListLike(name) ? itemsOf(name) : [name]))
    .map(name => {
      if (name.kind !== 'atom' || name.type !== 11) throw new QError('type');
      return { name: name.value, node: nodeOf(name) };
    });
  return runOn(source, { ...base, verb: 'delete', columns: unwanted }, interpreter.topFrame(), interpreter);
}

/** ?[t;i;p]: the expression p over the rows i of t. */
export function simpleExec(source: Value, rows: Value, tree: Value, interpreter: Interpreter): Value {
  const whole = unkeyed(source);
  const picked = indexOnce(whole, rows);
  if (picked.kind !== 'table' && picked.kind !== 'dictionary') throw new QError('type');
  if (picked.kind === 'dictionary' && !isKeyedTable(picked)) {
    const scope = {
      column: (name: string) =>
        whole.names.includes(name) ? indexOnce(picked, { kind: 'atom', type: 11, value: name }) : undefined,
    };
    return interpreter.evaluate(nodeOf(tree), { ...interpreter.topFrame(), columns: scope });
  }
  return interpreter.evaluate(nodeOf(tree), {
    ...interpreter.topFrame(),
    columns: new TableScope(picked as Table),
  });
}
