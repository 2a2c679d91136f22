/** The parameters of a function: names, or patterns that take an argument apart. */
import { QError } from '../values/value.ts';
import type { Node } from './nodes.ts';
import type { Parser } from './parser.ts';
import { namesIn } from './pattern-nodes.ts';

export interface Parameters {
  readonly names: readonly string[];
  /** What patterns set. */
  readonly locals: readonly string[];
  /** The statements that match the patterns, before those of the body. */
  readonly matches: readonly Node[];
}

/** Parses the parameters in brackets. */
export function parseParameters(parser: Parser): Parameters {
  parser.expect('[');
  const names: string[] = [];
  const locals: string[] = [];
  const matches: Node[] = [];
  if (parser.peek().text === ']') {
    parser.take();
    return { names, locals, matches };
  }
  for (;;) {
    const isName = parser.peek().kind === 'name' && [';', ']'].includes(parser.peek(1).text);
    const pattern = isName ? parser.refer(parser.take().text) : parser.expression();
    const name = nameOf(pattern, names.length);
    names.push(name);
    if (pattern.kind !== 'name' && pattern.kind !== 'elided') {
      locals.push(...namesIn(pattern));
      matches.push({ kind: 'pattern', pattern, value: parser.refer(name) });
    }
    const separator = parser.take().text;
    if (separator === ']') return { names, locals, matches };
    if (separator !== ';') throw new QError(separator);
  }
}

/** A pattern goes by the name that it filters, else by its position. */
function nameOf(pattern: Node, position: number): string {
  if (pattern.kind === 'name') return pattern.name;
  return pattern.kind === 'assign' ? pattern.target.name : String(position);
}
