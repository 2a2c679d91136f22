/** A walk over a syntax tree. */
import type { Node } from './nodes.ts';

/** Visits nodes, each before what is in it, from the left. Inside of a node for which `visit` is false: none. */
export function eachNode(part: unknown, visit: (node: Node) => boolean): void {
  if (Array.isArray(part)) {
    for (const item of part) eachNode(item, visit);
    return;
  }
  if (part === null || typeof part !== 'object') return;
  // A column's name with its expression is no node of its own.
  const isNode = 'kind' in part;
  if (isNode && (!visit(part as Node) || (part as Node).kind === 'literal')) return;
  for (const child of Object.values(part)) eachNode(child, visit);
}
