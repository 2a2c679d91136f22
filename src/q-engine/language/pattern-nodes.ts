/** Which syntax trees are patterns, and the names that these set. */
import { QError } from '../values/value.ts';
import { isVerb } from './node-shapes.ts';
import type { Node } from './nodes.ts';

/** What an assignment takes apart, checks or changes rather than sets. A keyword is none of it. */
export function isPattern(node: Node): boolean {
  switch (node.kind) {
    case 'apply':
      return isKeyed(node) || isFlipped(node);
    case 'literal':
      return node.value.kind !== 'primitive';
    // (name:filter), ((a;b):filter) and (:filter)
    case 'assign':
      return node.operator === undefined && !node.global;
    case 'list':
    case 'dictionary':
    case 'table':
    case 'pattern':
    case 'return':
      return true;
    default:
      return false;
  }
}

type ApplyNode = Node & { kind: 'apply' };

/** keys!patterns */
export function isKeyed({ target, args }: ApplyNode): boolean {
  return target.kind === 'literal' && isVerb(target.value, '!') && args.length === 2;
}

/** flip of a pattern */
export function isFlipped({ target, args }: ApplyNode): boolean {
  return (
    target.kind === 'literal' &&
    target.value.kind === 'primitive' &&
    target.value.name === 'flip' &&
    args.length === 1
  );
}

/** The names that a pattern sets. */
export function namesIn(pattern: Node): string[] {
  switch (pattern.kind) {
    case 'name':
      return [pattern.name];
    case 'list':
      return pattern.items.flatMap(namesIn);
    case 'dictionary':
      return pattern.entries.flatMap(entry => namesIn(entry.node));
    case 'table':
      return [...pattern.keys, ...pattern.columns].flatMap(column => namesIn(column.node));
    case 'assign':
      return pattern.indices === undefined ? [pattern.target.name] : [];
    case 'pattern':
      return namesIn(pattern.pattern);
    case 'apply':
      return isKeyed(pattern) || isFlipped(pattern) ? pattern.args.flatMap(namesIn) : [];
    default:
      return [];
  }
}

/** value, pattern, result, ..., otherwise. Signals 'rank where a pattern has no result. */
export function caseNode(args: readonly Node[]): Node {
  if (args.length % 2 !== 0) throw new QError('rank');
  const cases = [];
  for (let i = 1; i < args.length - 1; i += 2) cases.push({ pattern: args[i]!, result: args[i + 1]! });
  return { kind: 'cases', value: args[0]!, cases, otherwise: args[args.length - 1]! };
}

/** A name without a value: in the pattern of a dictionary a part that may be anything. */
export function unvalued(target: Node): Node {
  if (target.kind !== 'name') throw new QError('assign');
  return { kind: 'assign', at: -1, target, global: false, value: { kind: 'elided' } };
}
