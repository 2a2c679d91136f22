/** @ and . : apply and index, amend, trap. */

import { amendAt, REPLACE, replaceItem } from '../evaluator/amend.ts';
import { amendPosition, withItem } from '../evaluator/amend-one.ts';
import { isFunction } from '../evaluator/apply.ts';
import { indexOnce } from '../evaluator/indexing.ts';
import type { Interpreter } from '../evaluator/interpreter.ts';
import { appendToPath } from '../files/append.ts';
import { countOf, isListLike, itemsOf } from '../values/items.ts';
import { string } from '../values/make.ts';
import type { Value } from '../values/value.ts';
import { limitError, NULL, QError } from '../values/value.ts';
import { define } from './registry.ts';

/** x@y */
function applyAt(x: Value, y: Value, interpreter: Interpreter): Value {
  return interpreter.apply(named(x, interpreter), [y]);
}

/** x . y */
function applyDot(x: Value, y: Value, interpreter: Interpreter): Value {
  const target = named(x, interpreter);
  if (!isListLike(y)) {
    if (y === NULL) return target;
    throw new QError('type');
  }
  const args = itemsOf(y);
  if (args.length === 0) return isFunction(target) ? interpreter.apply(target, [NULL]) : target;
  return interpreter.apply(target, args);
}

/** A symbol applied means the global (or the namespace) of that name. */
function named(x: Value, interpreter: Interpreter): Value {
  if (x.kind !== 'atom' || x.type !== 11) return x;
  if (x.value === '.') return interpreter.globals.get('.')!;
  return interpreter.getVariable(x.value);
}

/** What went wrong, as the text that q's handlers get. Errors that are not q's are not trapped. */
export function trap(run: () => Value, handler: Value, interpreter: Interpreter): Value {
  try {
    return run();
  } catch (error) {
    const signal = error instanceof QError ? error : limitError(error);
    if (signal === undefined) throw error;
    return isFunction(handler) ? interpreter.apply(handler, [string(signal.message)]) : handler;
  }
}

/** A connection's handle, which applies as a function does. */
function isHandle(x: Value): boolean {
  return x.kind === 'atom' && (x.type === 5 || x.type === 6 || x.type === 7);
}

function amendOrTrap(args: readonly Value[], interpreter: Interpreter, deep: boolean): Value {
  const [x, y, f, z] = args as [Value, Value, Value, Value | undefined];
  if (args.length === 3 && ((isFunction(x) && x !== NULL) || isHandle(x))) {
    return trap(() => (deep ? applyDot(x, y, interpreter) : applyAt(x, y, interpreter)), f, interpreter);
  }
  if (args.length > 4) throw new QError('rank');
  const path = deep ? (isListLike(y) ? itemsOf(y) : [y]) : [y];
  if (x.kind === 'atom' && x.type === 11) return amendGlobal(x.value, path, f, z, interpreter);
  return amendValue(x, path, f, z, interpreter);
}

function amendValue(
  x: Value,
  path: readonly Value[],
  f: Value,
  y: Value | undefined,
  interpreter: Interpreter,
): Value {
  if (y === undefined) return amendAt(x, path, old => interpreter.apply(f, [old]), undefined);
  if (f.kind === 'primitive' && f.name === ':') return amendAt(x, path, REPLACE, y);
  return amendAt(x, path, (old, part) => interpreter.apply(f, [old, part!]), y);
}

/** Amends the global of that name, makes it where the whole value is set, and answers the name. */
function amendGlobal(
  name: string,
  path: readonly Value[],
  f: Value,
  y: Value | undefined,
  interpreter: Interpreter,
): Value {
  const answer: Value = { kind: 'atom', type: 11, value: name };
  if (
    name.startsWith(':') &&
    path.length === 0 &&
    y !== undefined &&
    f.kind === 'primitive' &&
    f.name === ','
  ) {
    appendToPath(name.slice(1), y, interpreter);
    return answer;
  }
  if (name === '.') {
    amendRoot(path, f, y, interpreter);
    return answer;
  }
  const [index] = path;
  const held = index !== undefined && path.length === 1 ? interpreter.peekVariable(name) : undefined;
  const position = held === undefined ? -1 : amendPosition(held, index!);
  if (held !== undefined && position >= 0) {
    const item = amendValue(indexOnce(held, index!), [], f, y, interpreter);
    interpreter.setVariable(name, withItem(held, position, item) ?? replaceItem(held, index!, item));
    return answer;
  }
  const plain = path.length === 0 && y !== undefined && f.kind === 'primitive' && f.name === ':';
  const old = plain ? NULL : interpreter.getVariable(name);
  interpreter.setVariable(name, plain ? y : amendValue(old, path, f, y, interpreter));
  return answer;
}

/** `. holds the variables of the root by name. */
function amendRoot(path: readonly Value[], f: Value, y: Value | undefined, interpreter: Interpreter): void {
  const [index, ...rest] = path;
  if (index === undefined) throw new QError('type');
  const names = isListLike(index) ? itemsOf(index) : [index];
  names.forEach((name, i) => {
    if (name.kind !== 'atom' || name.type !== 11) throw new QError('type');
    const part =
      y !== undefined && isListLike(index) && isListLike(y) && countOf(y) === names.length
        ? itemsOf(y)[i]
        : y;
    amendGlobal(name.value, rest, f, part, interpreter);
  });
}

define('@', {
  binary: applyAt,
  variadic: (args, interpreter) => amendOrTrap(args, interpreter, false),
});
define('.', {
  binary: applyDot,
  variadic: (args, interpreter) => amendOrTrap(args, interpreter, true),
});
define(':', { binary: (_x, y) => y });
define('::', { unary: x => x }, { type: 101 });
