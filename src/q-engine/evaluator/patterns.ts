/** Pattern assignment: (a;b):1 2 takes a value apart, and checks what is constant in the pattern. */
import type { Node } from '../language/nodes.ts';
import { matches } from '../values/compare.ts';
import { findItem } from '../values/find.ts';
import { columnOf, countOf, isListLike, itemAt, itemsOf } from '../values/items.ts';
import { symbol } from '../values/make.ts';
import type { Value } from '../values/value.ts';
import { QError } from '../values/value.ts';
import { storeAssigned } from './assign.ts';
import type { Frame, Interpreter } from './interpreter.ts';

/** Signals 'match, 'length or 'type where the value is not of the pattern. */
export function assignPattern(pattern: Node, value: Value, frame: Frame, interpreter: Interpreter): void {
  switch (pattern.kind) {
    case 'elided':
      return;
    case 'literal':
      if (!matches(pattern.value, value)) throw new QError('match');
      return;
    case 'list':
      assignItems(pattern.items, value, frame, interpreter);
      return;
    case 'dictionary':
      for (const { name, node } of pattern.entries)
        assignPattern(node, entryOf(value, symbol(name)), frame, interpreter);
      return;
    case 'table':
      for (const { name, node } of pattern.columns)
        assignPattern(node, columnNamed(value, name), frame, interpreter);
      return;
    case 'apply':
      if (isKeyed(pattern)) {
        const keys = itemsOf(interpreter.evaluate(pattern.args[0]!, frame));
        assignItems(
          pattern.args[1]!.kind === 'list' ? pattern.args[1]!.items : [],
          { kind: 'list', items: keys.map(key => entryOf(value, key)) },
          frame,
          interpreter,
        );
        return;
      }
      break;
  }
  storeAssigned(pattern, value, frame, interpreter);
}

function assignItems(items: readonly Node[], value: Value, frame: Frame, interpreter: Interpreter): void {
  if (!isListLike(value)) throw new QError('type');
  if (countOf(value) !== items.length) throw new QError('length');
  items.forEach((item, i) => {
    assignPattern(item, itemAt(value, i), frame, interpreter);
  });
}

/** keys!(patterns) */
function isKeyed(pattern: Node & { kind: 'apply' }): boolean {
  const { target, args } = pattern;
  return (
    target.kind === 'literal' &&
    target.value.kind === 'primitive' &&
    target.value.name === '!' &&
    args.length === 2
  );
}

function entryOf(value: Value, key: Value): Value {
  if (value.kind !== 'dictionary') throw new QError('type');
  const position = findItem(value.keys, key);
  if (position === countOf(value.keys)) throw new QError('match');
  return itemAt(value.values, position);
}

function columnNamed(value: Value, name: string): Value {
  const column = value.kind === 'table' ? columnOf(value, name) : undefined;
  if (column === undefined) throw new QError('match');
  return column;
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
      return pattern.columns.flatMap(column => namesIn(column.node));
    case 'apply':
      return isKeyed(pattern) ? namesIn(pattern.args[1]!) : [];
    default:
      return [];
  }
}
