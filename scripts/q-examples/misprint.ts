/** Documented output that no q prints, told by rules that look at the output's form, never at what is asked. */
import type { Node } from '../../src/q-engine/language/nodes.ts';
import { parseSource } from '../../src/q-engine/language/parser.ts';
import { QError } from '../../src/q-engine/values/value.ts';
import type { Example } from './examples.ts';

/** A version before 3.4, in a remark on the line or in the words before the block. */
const OLDER_REMARK = /\/.*\b[vqV] ?([12]\.\d|3\.[0-3])/;
const OLDER_LEAD = /\b(prior to|before|until) V?([12]\.\d|3\.[0-3])/i;

/**
 * By which rule a failed example is misprinted; nothing if it is not. `literal` is our value on one line,
 * `keyPositions` where the keys of the prelude's tables are.
 */
export function misprint(
  example: Example,
  actual: readonly string[],
  literal: string,
  keyPositions: ReadonlyMap<string, number>,
): string | undefined {
  const { expression, expected } = example;
  const [first = '', ...rest] = expected;
  if (squeezed(expected) === squeezed(actual)) return 'differs in blanks only';
  if (rest.length === 0 && first === literal) return 'value written as -3! writes it';
  if (showsPositions(expected, actual, keyPositions))
    return 'foreign keys shown as positions, without their table';
  if (leavesOutRows(example, actual)) return 'rows of a variable left out, without dots';
  if (!first.startsWith("'") && actual.length === 0 && isAssignment(expression))
    return 'assignment with output';
  if (OLDER_REMARK.test(expression) || OLDER_LEAD.test(example.lead))
    return 'of an older version, by the words before it';
  if (/[^\x00-\x7f]/.test(expression)) return 'characters whose bytes depend on the page';
  return undefined;
}

/** A table shown by its name: some of its rows, in order. */
function leavesOutRows({ expression, expected }: Example, actual: readonly string[]): boolean {
  if (!/^[A-Za-z]\w*$/.test(expression.trim()) || expected[1] === undefined || /[^-|+]/.test(expected[1]))
    return false;
  let found = 0;
  for (const line of actual) if (line === expected[found]) found += 1;
  return found === expected.length && found > 2;
}

/** The same words, but for foreign keys that are the positions of their values: 3 for s4, `s!3 for `s$`s4. */
function showsPositions(
  expected: readonly string[],
  actual: readonly string[],
  keyPositions: ReadonlyMap<string, number>,
): boolean {
  const words = wordsOf(expected);
  const own = wordsOf(actual);
  const isPosition = (word: string, key: string) =>
    word === String(keyPositions.get(key)) ||
    word === key.replace(/^`(\w+)\$`(\w+)$/, (_, domain, value) => `\`${domain}!${keyPositions.get(value)}`);
  return (
    words.length === own.length && words.every((word, i) => word === own[i] || isPosition(word, own[i]!))
  );
}

/** Of all lines, without the rules below headers. */
function wordsOf(lines: readonly string[]): string[] {
  return lines.filter(line => !/^[-|+ ]+$/.test(line)).flatMap(line => line.trim().split(/[ |]+/));
}

/** Without blanks, empty lines and the rules below headers. */
function squeezed(lines: readonly string[]): string {
  return lines
    .filter(line => !/^[-| ]*$/.test(line.trim()))
    .map(line => line.replaceAll(/\s/g, ''))
    .join('\n');
}

/** Whether all of the text is one assignment. */
function isAssignment(text: string): boolean {
  try {
    const node: Node = parseSource(text, '');
    return node.kind === 'assign';
  } catch (error) {
    if (error instanceof QError) return false;
    throw error;
  }
}
