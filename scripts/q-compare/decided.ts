/**
 * Kinds of difference that were decided once: only ours gives a value, and KX's documentation says that there is one.
 * A kind is told by what the other engine says, by what ours answers or by the form of the expression, never by its
 * text as a whole.
 */
import type { Node } from '../../src/q-engine/language/nodes.ts';
import { parseSource } from '../../src/q-engine/language/parser.ts';
import { itemsOf } from '../../src/q-engine/values/items.ts';
import { QError, type Value } from '../../src/q-engine/values/value.ts';

export interface Difference {
  readonly expression: string;
  readonly value: Value;
  /** What the other engine signals. */
  readonly error: string;
  /** The expression is of a page, which shows what ours prints, or an assignment there without an error. */
  readonly isDocumented: boolean;
}

interface Kind {
  readonly name: string;
  readonly holds: (difference: Difference) => boolean;
}

/** In the order in which they are tried. */
const KINDS: readonly Kind[] = [
  { name: 'the page shows our answer', holds: ({ isDocumented }) => isDocumented },
  {
    name: 'the other has not got it: nyi, parse, a limit of its own, a name that it does not know',
    holds: ({ error, expression }) =>
      /^(nyi|parse|limit|stack|wsfull|unreadable answer)/.test(error) || mentions(expression, error),
  },
  {
    name: 'a function left without an argument, or composed, is a value (basics/application, ref/compose)',
    holds: ({ value }) => holdsFunction(value),
  },
  {
    name: 'a number ends in the letter of its type (basics/datatypes)',
    holds: ({ error, expression }) => /^[a-z]$/.test(error) && new RegExp(`\\d${error}\\b`).test(expression),
  },
  {
    name: 'what differs in type joins to a general list (ref/join)',
    holds: ({ expression, value }) => value.kind === 'list' && operatorOf(expression) === ',',
  },
  {
    name: 'no repetitions are none (ref/accumulators, ref/do)',
    holds: ({ expression }) => /(?:[/\\]\[|\bdo\[)-\w/.test(expression) || /-0W \S*[/\\]/.test(expression),
  },
];

/** The name of the first kind that holds. */
export function decidedAs(difference: Difference): string | undefined {
  return KINDS.find(({ holds }) => holds(difference))?.name;
}

/** Whether an error is a name in the expression. */
function mentions(expression: string, error: string): boolean {
  return (
    /^[.\w]+$/.test(error) &&
    !isErrorOfValue(error) &&
    new RegExp(`(?<![\\w.])${error.replaceAll('.', '\\.')}(?!\\w)`).test(expression)
  );
}

function isErrorOfValue(error: string): boolean {
  return ['type', 'length', 'rank', 'domain', 'cast', 'index'].includes(error);
}

function holdsFunction(value: Value): boolean {
  switch (value.kind) {
    case 'atom':
    case 'vector':
    case 'null':
      return false;
    case 'list':
      return itemsOf(value).some(holdsFunction);
    case 'dictionary':
      return holdsFunction(value.keys) || holdsFunction(value.values);
    case 'table':
      return value.columns.some(holdsFunction);
    default:
      return true;
  }
}

/** The operator that is applied last. */
function operatorOf(expression: string): string | undefined {
  try {
    const node: Node = parseSource(expression, '');
    if (node.kind !== 'apply' || node.target.kind !== 'literal') return undefined;
    return node.target.value.kind === 'primitive' ? node.target.value.name : undefined;
  } catch (error) {
    if (error instanceof QError) return undefined;
    throw error;
  }
}
