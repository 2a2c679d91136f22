/** The parts of an expression as the parser collects them, before it reads them from the right. */
import { primitiveOrUndefined } from '../primitives/registry.ts';
import { QError } from '../values/value.ts';
import type { Node } from './nodes.ts';

/** A part of an expression: a noun, a verb that may stand between two nouns, or an assignment sign. */
export interface Term {
  readonly node: Node;
  readonly role: 'noun' | 'verb' | 'assign';
  /** Its offset in the text of the function it is in. */
  readonly start: number;
  readonly global?: boolean;
  readonly operator?: Node;
}

/** A noun or verb before its place is known. */
export type Word = Omit<Term, 'start'>;

/** An expression, and whether it ends in a verb without its right argument: then it composes. */
export interface Reduced {
  readonly node: Node;
  readonly train: boolean;
}

export function noun(node: Node): Word {
  return { node, role: 'noun' };
}

/** The application of a term, which is then the place of an error. */
export function applyNode({ node, start }: Term, args: readonly Node[]): Node {
  return { kind: 'apply', at: start, target: node, args };
}

/** An operator before its only argument is not q unless an iterator made it; in parentheses it is its unary form. */
export function prefixed(term: Term, at: number): Node {
  const { node } = term;
  if (term.role === 'verb' && node.kind === 'literal' && node.value.kind === 'primitive') {
    if (!/^[a-z]/.test(node.value.name)) throw new QError(node.value.name, at);
  }
  if (term.role === 'noun' && node.kind === 'literal' && node.value.kind === 'primitive') {
    const unary = primitiveOrUndefined(`${node.value.name}:`);
    if (unary !== undefined && node.value.type === 102) return { kind: 'literal', value: unary };
  }
  return node;
}
