/** Syntax trees to q's parse trees, and back: lists of a function and its arguments. */
import { primitive } from '../primitives/registry.ts';
import { collect, enlist, itemsOf } from '../values/items.ts';
import { spend } from '../values/limits.ts';
import { boolean, char, dictionary, list, longAtom, symbol, symbols } from '../values/make.ts';
import { INFINITE_LONG } from '../values/types.ts';
import type { Value } from '../values/value.ts';
import { ELIDED, EMPTY_LIST, NULL } from '../values/value.ts';
import type { NamedNode, Node, QueryNode } from './nodes.ts';
import { parseSource } from './parser.ts';

/** What the keyword `parse` answers. */
export function parseToTree(source: string, namespace: string): Value {
  return treeOf(parseSource(source, namespace));
}

export function treeOf(node: Node): Value {
  switch (node.kind) {
    case 'literal':
      return isSymbolic(node.value) ? enlist(node.value) : node.value;
    case 'name':
      return symbol(node.name);
    case 'elided':
      return NULL;
    case 'apply':
      if (node.args.length === 1 && node.args[0]!.kind === 'elided') return list([treeOf(node.target), NULL]);
      return tree(
        treeOf(node.target),
        ...node.args.map(arg => (arg.kind === 'elided' ? ELIDED : treeOf(arg))),
      );
    case 'list':
      return tree(primitive('enlist'), ...node.items.map(treeOf));
    case 'derived':
      return tree(primitive(node.iterator), treeOf(node.target));
    case 'compose':
      return tree(primitive("'"), ...node.parts.map(treeOf));
    case 'assign':
      return assignTree(node);
    case 'pattern':
      return tree(primitive(':'), treeOf(node.pattern), treeOf(node.value));
    case 'cases': {
      const cases = node.cases.flatMap(({ pattern, result }) => [pattern, result]);
      return tree(primitive(':'), ...[node.value, ...cases, node.otherwise].map(treeOf));
    }
    case 'conditional':
      return tree(primitive('$'), ...node.branches.map(treeOf));
    case 'control':
      return tree(symbol(node.word), treeOf(node.condition), ...node.body.map(treeOf));
    case 'return':
      return tree(primitive(':'), treeOf(node.value));
    case 'signal':
      return tree(primitive("'"), treeOf(node.value));
    case 'table': {
      const columns = tableTree(node.columns);
      return node.keys.length === 0 ? columns : tree(primitive('!'), tableTree(node.keys), columns);
    }
    case 'dictionary':
      return namedTree(node.entries);
    case 'query':
      return queryTree(node);
    case 'sequence':
      return list([char(59), ...node.items.map(treeOf)]);
  }
}

function tree(...items: Value[]): Value {
  return list(items);
}

function isSymbolic(value: Value): boolean {
  return (value.kind === 'atom' || value.kind === 'vector') && value.type === 11;
}

function assignTree(node: Node & { kind: 'assign' }): Value {
  const operator = node.operator === undefined ? undefined : treeOf(node.operator);
  const name = symbol(node.target.name);
  const target = node.indices === undefined ? name : tree(name, ...node.indices.map(treeOf));
  const sign = node.global ? NULL : primitive(operator?.kind === 'primitive' ? `${operator.name}:` : ':');
  return tree(sign, target, treeOf(node.value));
}

function namedTree(columns: readonly NamedNode[]): Value {
  const values = tree(primitive('enlist'), ...columns.map(column => treeOf(column.node)));
  return tree(primitive('!'), list([symbols(columns.map(column => column.name))]), values);
}

function tableTree(columns: readonly NamedNode[]): Value {
  return tree(primitive('flip'), namedTree(columns));
}

/** (?;t;c;b;a) or (!;t;c;b;a). */
function queryTree(node: QueryNode): Value {
  const where = node.where.length === 0 ? EMPTY_LIST : list([list(node.where.map(treeOf))]);
  const named = (columns: readonly NamedNode[]) =>
    dictionary(
      symbols(columns.map(column => column.name)),
      collect(columns.map(column => treeOf(column.node))),
    );
  const source = treeOf(node.source);
  if (node.verb === 'delete') {
    const names = list([symbols(node.columns.map(column => column.name))]);
    return tree(primitive('!'), source, where, boolean(false), names);
  }
  if (node.verb === 'update') {
    return tree(
      primitive('!'),
      source,
      where,
      node.by === undefined ? boolean(false) : named(node.by),
      named(node.columns),
    );
  }
  const single = node.verb === 'exec' && node.columns.length === 1 && node.unnamed;
  const columns =
    node.columns.length === 0
      ? EMPTY_LIST
      : single
        ? list([treeOf(node.columns[0]!.node)])
        : named(node.columns);
  const by = byTree(node, named);
  return tree(primitive('?'), source, where, by, columns, ...limitTree(node));
}

/** The number of rows and the order, where they are given; without a number all rows. */
function limitTree({ limit, order }: QueryNode): Value[] {
  const rows = limit === undefined ? [] : [treeOf(limit)];
  if (order === undefined) return rows;
  const sorting = tree(primitive(order.descending ? 'idesc' : 'iasc'), treeOf(order.by));
  return [rows[0] ?? longAtom(7, INFINITE_LONG), list([sorting])];
}

function byTree(node: QueryNode, named: (columns: readonly NamedNode[]) => Value): Value {
  if (node.by !== undefined) {
    if (node.verb === 'exec' && node.byUnnamed === true && node.by.length === 1)
      return list([treeOf(node.by[0]!.node)]);
    return named(node.by);
  }
  return node.verb === 'exec' ? EMPTY_LIST : boolean(node.distinct);
}

/** A parse tree to a syntax tree that evaluates as `eval` does. */
export function nodeOf(value: Value): Node {
  if (value.kind === 'atom' && value.type === 11)
    return { kind: 'name', name: value.value, at: -1, slot: -1 };
  if (value.kind === 'vector' && value.type === 11) {
    if (value.data.length === 1) return { kind: 'literal', value: itemsOf(value)[0]! };
    if (value.data.length === 0) return { kind: 'literal', value };
    return callNode(itemsOf(value));
  }
  if (value === ELIDED) return { kind: 'elided' };
  if (value.kind !== 'list') return { kind: 'literal', value };
  const { items } = value;
  spend(items.length);
  if (items.length === 0) return { kind: 'literal', value };
  if (items.length === 1) return { kind: 'literal', value: items[0]! };
  return callNode(items);
}

function callNode(items: readonly Value[]): Node {
  const [head, ...rest] = items as [Value, ...Value[]];
  if (head.kind === 'primitive') {
    if (head.name === '$' && rest.length >= 3) return { kind: 'conditional', branches: rest.map(nodeOf) };
    if (head.name === ':' && rest.length === 2) return assignNode(rest, false) ?? applyNode(head, rest);
    if (head.name === "'" && rest.length === 1 && !isApplicable(rest[0]!))
      return { kind: 'signal', at: -1, value: nodeOf(rest[0]!) };
  }
  if (head === NULL && rest.length === 2) return assignNode(rest, true) ?? applyNode(head, rest);
  if (head.kind === 'atom' && head.type === 10 && head.value === 59)
    return { kind: 'sequence', items: rest.map(nodeOf) };
  if (head.kind === 'atom' && head.type === 11 && ['if', 'do', 'while'].includes(head.value)) {
    return {
      kind: 'control',
      word: head.value as 'if',
      condition: nodeOf(rest[0]!),
      body: rest.slice(1).map(nodeOf),
    };
  }
  return applyNode(head, rest);
}

function isApplicable(value: Value): boolean {
  return (
    value.kind === 'primitive' || value.kind === 'lambda' || value.kind === 'derived' || value.kind === 'list'
  );
}

function applyNode(head: Value, rest: readonly Value[]): Node {
  return { kind: 'apply', at: -1, target: nodeOf(head), args: rest.map(nodeOf) };
}

function assignNode(rest: readonly Value[], global: boolean): Node | undefined {
  const [target, value] = rest as [Value, Value];
  const items = target.kind === 'list' ? target.items : [target];
  const [name, ...indices] = items;
  if (name?.kind !== 'atom' || name.type !== 11) return undefined;
  return {
    kind: 'assign',
    at: -1,
    target: { kind: 'name', name: name.value, at: -1, slot: -1 },
    global,
    value: nodeOf(value),
    ...(indices.length === 0 ? {} : { indices: indices.map(nodeOf) }),
  };
}
