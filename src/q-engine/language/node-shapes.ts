/** What the parser asks of syntax trees: whether they can be assigned, what columns they name. */
import type { Value } from '../values/value.ts';
import { QError } from '../values/value.ts';
import type { NamedNode, NameNode, Node } from './nodes.ts';

/** Whether a value is the operator of that name. */
export function isVerb(value: Value, name: string): boolean {
  return value.kind === 'primitive' && value.name === name && value.type === 102;
}

/** The function that applies both, the second one first. */
export function compose(first: Node, rest: Node): Node {
  return { kind: 'compose', parts: rest.kind === 'compose' ? [first, ...rest.parts] : [first, rest] };
}

/** The variable, with indices where there are, that an assignment sets. Signals 'assign for anything else. */
export function assignable(node: Node): { name: NameNode; indices?: readonly Node[] } {
  if (node.kind === 'name') return { name: node };
  if (node.kind === 'apply') {
    const inner = assignable(node.target);
    return { name: inner.name, indices: [...(inner.indices ?? []), ...node.args] };
  }
  throw new QError('assign');
}

/** The name of a table or query column: the one assigned, else one found in the expression. */
export function nameColumn(node: Node, position: number): NamedNode {
  if (node.kind === 'assign' && node.indices === undefined && node.operator === undefined) {
    return { name: node.target.name, node: node.value };
  }
  return { name: inferName(node) ?? (position === 0 ? 'x' : `x${position}`), node };
}

/**
 * The name that a column takes from its expression, down to a name: of an operator the one on its left, of any
 * other function the one of its last argument. A symbol on the left names nothing: `g#sym is still sym.
 */
export function inferName(node: Node): string | undefined {
  if (node.kind === 'name')
    return node.name === 'i' ? undefined : node.name.slice(node.name.lastIndexOf('.') + 1);
  if (node.kind === 'apply') {
    const isOperator =
      node.target.kind === 'literal' &&
      node.target.value.kind === 'primitive' &&
      !/^[a-z]/.test(node.target.value.name);
    const [left] = node.args;
    return inferName(isOperator && !isSymbol(left!) ? left! : node.args[node.args.length - 1]!);
  }
  return undefined;
}

function isSymbol(node: Node): boolean {
  return node.kind === 'literal' && node.value.kind === 'atom' && node.value.type === 11;
}
