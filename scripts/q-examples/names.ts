/** The variables that q text uses and sets, from its syntax tree. */

import type { Node } from '../../src/q-engine/language/nodes.ts';
import { parseSource } from '../../src/q-engine/language/parser.ts';
import { namesIn } from '../../src/q-engine/language/pattern-nodes.ts';
import { splitStatements } from '../../src/q-engine/language/script.ts';
import { decodeText } from '../../src/q-engine/values/text.ts';
import type { Value } from '../../src/q-engine/values/value.ts';
import { QError } from '../../src/q-engine/values/value.ts';

export interface Names {
  /** Read, in function bodies too. */
  readonly used: ReadonlySet<string>;
  /** Assigned, or named to `set`, `insert` and `upsert`. */
  readonly written: ReadonlySet<string>;
}

/** Text that is not q has no names. With `inStrings` the strings of the text count as q too. */
export function namesOf(text: string, inStrings = false): Names {
  const used = new Set<string>();
  const written = new Set<string>();
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null || ArrayBuffer.isView(part)) return;
    if (Array.isArray(part)) {
      for (const each of part) visit(each);
      return;
    }
    const node = part as Node | Value;
    if (inStrings && node.kind === 'vector' && node.type === 10)
      for (const name of namesOf(decodeText(node.data)).used) used.add(name);
    if (node.kind === 'name') used.add(node.name);
    else if (node.kind === 'assign') {
      written.add(node.target.name);
      visit([node.value, node.indices, node.operator]);
      if (node.indices !== undefined || node.operator !== undefined) used.add(node.target.name);
    } else {
      if (node.kind === 'pattern') for (const name of namesIn(node.pattern)) written.add(name);
      if (node.kind === 'apply') for (const name of namedTargets(node)) written.add(name);
      if (node.kind === 'query')
        for (const name of symbolIn(node.source)) {
          used.add(name);
          if (node.verb === 'update' || node.verb === 'delete') written.add(name);
        }
      visit(Object.values(node));
    }
  };
  for (const { source } of splitStatements(text)) {
    try {
      visit(parseSource(source, ''));
    } catch (error) {
      if (!(error instanceof QError)) throw error;
    }
  }
  return { used, written };
}

/** `t insert x and the like write to t. */
function namedTargets({ target, args }: Node & { kind: 'apply' }): string[] {
  if (target.kind !== 'literal' || target.value.kind !== 'primitive') return [];
  if (!['set', 'insert', 'upsert'].includes(target.value.name)) return [];
  return symbolIn(args[0]);
}

/** The table that a query of its name changes. */
function symbolIn(node: Node | undefined): string[] {
  if (node?.kind !== 'literal' || node.value.kind !== 'atom' || node.value.type !== 11) return [];
  return [node.value.value];
}
