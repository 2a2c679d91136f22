/** Application of functions derived by an iterator. */

import { leftJoin } from '../primitives/joins.ts';
import { primitive } from '../primitives/registry.ts';
import { matches } from '../values/compare.ts';
import { numberOf, type Simple, simple, toFloats } from '../values/convert.ts';
import { collect, countOf, isListLike, itemAt, itemsOf, nullLike } from '../values/items.ts';
import { floats } from '../values/make.ts';
import type { Derived, Dictionary, Value } from '../values/value.ts';
import { EMPTY_LIST, isKeyedTable, QError } from '../values/value.ts';
import { accumulate, converge, repeatOrWhile } from './accumulators.ts';
import { rankOf } from './apply.ts';
import { fastFold } from './fast-folds.ts';
import type { Interpreter } from './interpreter.ts';

export function applyDerived(derived: Derived, args: readonly Value[], interpreter: Interpreter): Value {
  const { iterator, target } = derived;
  if (args.length === 1 && (iterator === '/:' || iterator === '\\:') && isData(target)) {
    return primitive(iterator === '/:' ? 'sv' : 'vs').code.binary!(target, args[0]!, interpreter);
  }
  switch (iterator) {
    case "'":
      return isInteger(target) ? caseOf(target, args) : each(target, args, interpreter);
    case '/:':
      return eachRight(target, args, interpreter);
    case '\\:':
      return eachLeft(target, args, interpreter);
    case "':":
      return eachPrior(target, args, interpreter);
    case '/':
    case '\\':
      return accumulator(target, args, iterator === '\\', interpreter);
  }
}

/** Text, symbols and numbers: with /: and \: they unite and split. */
function isData(target: Value): boolean {
  return target.kind === 'atom' || target.kind === 'vector';
}

/** f'[x;y;...]: item by item; atoms go with every item. Signals 'length. */
export function each(target: Value, args: readonly Value[], interpreter: Interpreter): Value {
  const [x] = args;
  if (args.length === 1) return eachUnary(target, x!, interpreter);
  const keyed = args.find((arg): arg is Dictionary => arg.kind === 'dictionary');
  if (keyed !== undefined) return eachDictionary(target, keyed, args, interpreter);
  let count = -1;
  for (const arg of args) {
    if (!isListLike(arg)) continue;
    const length = countOf(arg);
    if (count >= 0 && count !== length) throw new QError('length');
    count = length;
  }
  if (count < 0) return interpreter.apply(target, args);
  const results = new Array<Value>(count);
  for (let i = 0; i < count; i++) {
    results[i] = interpreter.apply(
      target,
      args.map(arg => (isListLike(arg) ? itemAt(arg, i) : arg)),
    );
  }
  return collect(results);
}

function eachUnary(target: Value, x: Value, interpreter: Interpreter): Value {
  // A table whose columns are all keys has no values to go through.
  if (x.kind === 'dictionary' && countOf(x.values) !== countOf(x.keys)) throw new QError('length');
  if (x.kind === 'dictionary')
    return { ...x, sorted: false, values: eachUnary(target, x.values, interpreter) };
  if (!isListLike(x)) return interpreter.apply(target, [x]);
  const count = countOf(x);
  if (count === 0) return EMPTY_LIST;
  const results = new Array<Value>(count);
  for (let i = 0; i < count; i++) results[i] = interpreter.apply(target, [itemAt(x, i)]);
  return collect(results);
}

function eachDictionary(
  target: Value,
  keyed: Dictionary,
  args: readonly Value[],
  interpreter: Interpreter,
): Value {
  const count = countOf(keyed.keys);
  for (const arg of args) if (isListLike(arg) && countOf(arg) !== count) throw new QError('length');
  const results = new Array<Value>(count);
  for (let i = 0; i < count; i++) {
    const key = itemAt(keyed.keys, i);
    results[i] = interpreter.apply(
      target,
      args.map(arg => {
        if (arg.kind === 'dictionary') return interpreter.apply(arg, [key]);
        if (isListLike(arg)) return itemAt(arg, i);
        return arg;
      }),
    );
  }
  return { ...keyed, sorted: false, values: collect(results) };
}

function isInteger(target: Value): boolean {
  return target.kind === 'vector' && (target.type === 7 || target.type === 6 || target.type === 5);
}

/** i'[a;b;...]: from each position, the item of the list that i names. */
function caseOf(target: Value, args: readonly Value[]): Value {
  const count = countOf(target);
  const keyed = args.filter(arg => arg.kind === 'dictionary');
  for (const arg of args)
    if ((isListLike(arg) || arg.kind === 'dictionary') && countOf(arg) !== count) throw new QError('length');
  if (keyed.some(({ keys }) => !matches(keys, keyed[0]!.keys))) throw new QError('domain');
  const results = new Array<Value>(count);
  for (let i = 0; i < count; i++) {
    const chosen = args[Number((itemAt(target, i) as { value: number | bigint }).value)];
    if (chosen === undefined) throw new QError('index');
    results[i] = isListLike(chosen) || chosen.kind === 'dictionary' ? itemAt(chosen, i) : chosen;
  }
  return collect(results);
}

function eachRight(target: Value, args: readonly Value[], interpreter: Interpreter): Value {
  if (args.length !== 2) throw new QError('rank');
  const [x, y] = args as [Value, Value];
  if (y.kind === 'dictionary')
    return { ...y, sorted: false, values: eachRight(target, [x, y.values], interpreter) };
  if (!isListLike(y)) return interpreter.apply(target, [x, y]);
  return collect(itemsOf(y).map(item => interpreter.apply(target, [x, item])));
}

function eachLeft(target: Value, args: readonly Value[], interpreter: Interpreter): Value {
  if (args.length === 1) return eachUnary(target, args[0]!, interpreter);
  const [x, ...rest] = args as [Value, ...Value[]];
  if (
    (x.kind === 'table' || isKeyedTable(x)) &&
    isJoin(target) &&
    rest.length === 1 &&
    isKeyedTable(rest[0]!)
  )
    return leftJoin(x, rest[0]);
  if (x.kind === 'dictionary') {
    return { ...x, sorted: false, values: eachLeft(target, [x.values, ...rest], interpreter) };
  }
  if (!isListLike(x)) return interpreter.apply(target, args);
  return collect(itemsOf(x).map(item => interpreter.apply(target, [item, ...rest])));
}

function isJoin(target: Value): boolean {
  return target.kind === 'primitive' && target.name === ',';
}

/** f':x and x f':y; with a unary function it is each in parallel. */
function eachPrior(target: Value, args: readonly Value[], interpreter: Interpreter): Value {
  const list = args[args.length - 1]!;
  if (args.length === 1 && rankOf(target) === 1) return eachUnary(target, list, interpreter);
  if (list.kind === 'dictionary') {
    return {
      ...list,
      sorted: false,
      values: eachPrior(target, [...args.slice(0, -1), list.values], interpreter),
    };
  }
  if (!isListLike(list)) return interpreter.apply(target, [list, args.length === 2 ? args[0]! : list]);
  const items = itemsOf(list);
  if (items.length === 0) return list;
  const seed = args.length === 2 ? args[0]! : priorSeed(target, items[0]!);
  if (seed === undefined) {
    const rest = items.slice(1).map((item, i) => interpreter.apply(target, [item, items[i]!]));
    return collect([items[0]!, ...rest]);
  }
  return collect(items.map((item, i) => interpreter.apply(target, [item, i === 0 ? seed : items[i - 1]!])));
}

/** What stands before the first item: for operators with an identity, that; else the item's null. */
function priorSeed(target: Value, first: Value): Value | undefined {
  if (target.kind === 'primitive') {
    switch (target.name) {
      case '+':
      case '-':
      case '*':
      case '%':
      case '&':
      case '|':
      case ',':
        return undefined;
    }
  }
  return nullLike(first);
}

function accumulator(target: Value, args: readonly Value[], scan: boolean, interpreter: Interpreter): Value {
  const fast = fastFold(target, args, scan, interpreter);
  if (fast !== undefined) return fast;
  const [x, y] = args as [Value, Value];
  if (scan && args.length === 2 && isFloats(target)) return linearScan(x, target, y);
  const rank = rankOf(target);
  if (args.length === 1) {
    if (isUnary(target, rank)) return converge(target, x, scan, interpreter);
    return accumulate(target, undefined, [x], scan, interpreter);
  }
  if (args.length === 2 && isUnary(target, rank)) return repeatOrWhile(target, x, y, scan, interpreter);
  return accumulate(target, x, args.slice(1), scan, interpreter);
}

function isFloats(target: Value): target is Simple {
  return (target.kind === 'atom' || target.kind === 'vector') && target.type === 9;
}

/** x y\z for floats y: each state is the item of z and the item of y times the state before. */
function linearScan(seed: Value, factors: Simple, added: Value): Value {
  if (seed.kind !== 'atom' || !isListLike(added)) throw new QError('type');
  const terms = toFloats(simple(added));
  const step = factors.kind === 'vector' ? 1 : 0;
  const scale = toFloats(factors);
  if (step === 1 && scale.length !== terms.length) throw new QError('length');
  let state = numberOf(seed);
  return floats(
    terms.map((term, i) => {
      state = term + scale[i * step]! * state;
      return state;
    }),
  );
}

/** Lists and dictionaries are applied to one index here, as finite-state machines. */
function isUnary(target: Value, rank: number): boolean {
  if (target.kind === 'primitive') return isUnaryPrimitive(target.name);
  if (target.kind === 'list') return target.items.every(item => item.kind === 'atom');
  if (target.kind === 'derived') return target.iterator === '/' || target.iterator === '\\';
  return rank === 1;
}

function isUnaryPrimitive(name: string): boolean {
  const { code } = primitive(name);
  return code.unary !== undefined && code.binary === undefined;
}
