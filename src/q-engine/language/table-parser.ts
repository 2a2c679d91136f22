/** ([keys] columns) and the dictionary form ([a:1;b:2]). */
import { nameColumn } from './node-shapes.ts';
import type { NamedNode, Node } from './nodes.ts';
import type { Parser } from './parser.ts';

/** Parses a table or dictionary whose opening parenthesis has just been taken. */
export function parseTableLiteral(parser: Parser): Node {
  parser.expect('[');
  const keys = parseNamedItems(parser, ']');
  parser.expect(']');
  if (parser.peek().text === ')') {
    parser.take();
    return { kind: 'dictionary', entries: keys };
  }
  const columns = parseNamedItems(parser, ')');
  parser.expect(')');
  return { kind: 'table', keys, columns };
}

function parseNamedItems(parser: Parser, close: string): NamedNode[] {
  if (parser.peek().text === close) return [];
  const before = parser.inNamedItems;
  parser.inNamedItems = true;
  const items = parser.sequence(close);
  parser.inNamedItems = before;
  return items.filter(node => node.kind !== 'elided').map((node, i) => nameColumn(node, i));
}
