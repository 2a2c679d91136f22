/** select, exec, update and delete. */
import { QError } from '../values/value.ts';
import { nameColumn } from './node-shapes.ts';
import type { NamedNode, Node, QueryNode } from './nodes.ts';
import type { Parser } from './parser.ts';

/** Parses a query whose verb has just been taken. */
export function parseQuery(parser: Parser, verb: QueryNode['verb']): Node {
  const at = parser.position(parser.startOfTaken());
  const { limit, order } = verb === 'select' && parser.peek().text === '[' ? parseLimit(parser) : {};
  const distinct = verb === 'select' && parser.peek().text === 'distinct' && isWholeWord(parser);
  if (distinct) parser.take();
  const columns = parseColumns(parser, ['by', 'from']);
  const by = parser.peek().text === 'by' ? parseBy(parser) : undefined;
  if (parser.take().text !== 'from') throw new QError('from');
  const source = parser.stoppingAt(new Set(['where']), () => parser.expression());
  if (source.kind === 'elided') throw new QError('from');
  const where = parser.peek().text === 'where' ? parseWhere(parser) : [];
  const names = uniqueNames(columns.map(column => column.named));
  const keys = by === undefined ? undefined : uniqueNames(by.map(key => key.named));
  // exec by 0b is the functional form's word for a table; by 1b for its distinct rows.
  const flag = verb === 'exec' ? flagOf(keys) : undefined;
  if (verb === 'select') refuseSharedNames(names, keys ?? []);
  return {
    kind: 'query',
    at,
    verb: flag === undefined ? verb : 'select',
    distinct: distinct || flag === true,
    ...(limit === undefined ? {} : { limit }),
    ...(order === undefined ? {} : { order }),
    columns: names,
    ...(keys === undefined || flag !== undefined ? {} : { by: keys }),
    byUnnamed: by?.every(key => !key.assigned),
    source,
    where,
    unnamed: columns.every(column => !column.assigned),
  };
}

/** The boolean that is all of a by phrase. */
function flagOf(by: readonly NamedNode[] | undefined): boolean | undefined {
  const [only] = by ?? [];
  if (by?.length !== 1 || only?.node.kind !== 'literal') return undefined;
  const { value } = only.node;
  return value.kind === 'atom' && value.type === 1 ? value.value === 1 : undefined;
}

function refuseSharedNames(columns: readonly NamedNode[], by: readonly NamedNode[]): void {
  const shared = columns.find(({ name }) => by.some(key => key.name === name));
  if (shared !== undefined) throw new QError(`dup names for cols/groups ${shared.name}`);
}

/** distinct applies to the whole result only when it leads the columns: `select distinct a,b`. */
function isWholeWord(parser: Parser): boolean {
  const next = parser.peek(1);
  return next.text !== '[' && next.kind !== 'operator';
}

function parseBy(parser: Parser): ParsedColumn[] {
  parser.take();
  return parseColumns(parser, ['from']);
}

function parseWhere(parser: Parser): Node[] {
  parser.take();
  return parser.asPhrase([], () => {
    const conditions: Node[] = [];
    for (;;) {
      const condition = parser.expression();
      if (condition.kind === 'elided') throw new QError('where');
      conditions.push(condition);
      if (parser.peek().text !== ',' || parser.peek().kind !== 'operator') return conditions;
      parser.take();
    }
  });
}

interface ParsedColumn {
  readonly named: NamedNode;
  /** Written with its name. */
  readonly assigned: boolean;
}

function parseColumns(parser: Parser, ends: readonly string[]): ParsedColumn[] {
  return parser.asPhrase(ends, () => {
    const columns: ParsedColumn[] = [];
    for (;;) {
      const node = parser.expression();
      if (node.kind !== 'elided') {
        columns.push({ named: nameColumn(node, 0), assigned: node.kind === 'assign' });
      }
      if (parser.peek().text !== ',' || parser.peek().kind !== 'operator') return columns;
      parser.take();
    }
  });
}

/** A name already taken gets a number: x, x1, x2. */
function uniqueNames(columns: readonly NamedNode[]): NamedNode[] {
  const taken = new Set<string>();
  return columns.map(({ name, node }) => {
    let unique = name;
    for (let i = 1; taken.has(unique); i++) unique = `${name}${i}`;
    taken.add(unique);
    return { name: unique, node };
  });
}

/** [n], [n;>expression], [>expression] */
function parseLimit(parser: Parser): Pick<QueryNode, 'limit' | 'order'> {
  parser.expect('[');
  let limit: Node | undefined;
  let order: QueryNode['order'];
  while (parser.peek().text !== ']') {
    const token = parser.peek();
    if (token.text === ';') parser.take();
    else if (token.kind === 'operator' && (token.text === '<' || token.text === '>')) {
      parser.take();
      order = { descending: token.text === '>', by: parser.expression() };
    } else {
      limit = parser.expression();
      // Nothing was taken: a closing bracket of another kind.
      if (limit.kind === 'elided') throw new QError(token.text);
    }
    if (parser.peek().kind === 'end') throw new QError(']');
  }
  parser.expect(']');
  return { ...(limit === undefined ? {} : { limit }), ...(order === undefined ? {} : { order }) };
}
