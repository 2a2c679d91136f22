/** over and scan: folds, convergence, repetition. */
import { matches } from '../values/compare.ts';
import { collect, countOf, enlist, isListLike, itemAt, itemsOf } from '../values/items.ts';
import { spend } from '../values/limits.ts';
import type { Value } from '../values/value.ts';
import { EMPTY_LIST, QError } from '../values/value.ts';
import type { Interpreter } from './interpreter.ts';
import { isTrue } from './truth.ts';

/** f/[x;y;z...] for f of two or more arguments; without a seed the first item is it. */
export function accumulate(
  target: Value,
  seed: Value | undefined,
  lists: readonly Value[],
  scan: boolean,
  interpreter: Interpreter,
): Value {
  const [first] = lists as [Value];
  if (scan && lists.length === 1 && first.kind === 'dictionary') {
    return { ...first, sorted: false, values: accumulate(target, seed, [first.values], scan, interpreter) };
  }
  if (lists.every(list => !isListLike(list) && list.kind !== 'dictionary')) {
    if (seed === undefined) return first;
    return interpreter.apply(target, [seed, ...lists]);
  }
  let count = -1;
  for (const list of lists) {
    if (!isListLike(list) && list.kind !== 'dictionary') continue;
    if (count >= 0 && countOf(list) !== count) throw new QError('length');
    count = countOf(list);
  }
  let state = seed;
  let start = 0;
  if (state === undefined) {
    if (count === 0) return EMPTY_LIST;
    state = itemAt(first, 0);
    // The identity of join is the empty list, so that its first state is a list.
    if (target.kind === 'primitive' && target.name === ',') state = enlist(state);
    start = 1;
  }
  const states: Value[] = start === 1 ? [state] : [];
  for (let i = start; i < count; i++) {
    const items = lists.map(list =>
      isListLike(list) || list.kind === 'dictionary' ? itemAt(list, i) : list,
    );
    spend(1);
    state = interpreter.apply(target, [state, ...items]);
    if (scan) states.push(state);
  }
  return scan ? collect(states) : state;
}

/** f/x for a unary f: until the value stops changing, or comes back to the first one. */
export function converge(target: Value, x: Value, scan: boolean, interpreter: Interpreter): Value {
  const states: Value[] = [x];
  let state = x;
  for (;;) {
    spend(1);
    const next = interpreter.apply(target, [state]);
    if (matches(next, state) || matches(next, x)) return scan ? collect(states) : state;
    state = next;
    if (scan) states.push(state);
  }
}

/** n f/x and t f/x: n times, or while t is true of the value. */
export function repeatOrWhile(
  target: Value,
  times: Value,
  x: Value,
  scan: boolean,
  interpreter: Interpreter,
): Value {
  const states: Value[] = [x];
  let state = x;
  const step = () => {
    spend(1);
    state = interpreter.apply(target, [state]);
    if (scan) states.push(state);
  };
  if (times.kind === 'atom') {
    if (times.type !== 7 && times.type !== 6 && times.type !== 5 && times.type !== 1)
      throw new QError('type');
    for (let left = Number(times.value); left > 0; left--) step();
  } else {
    while (isTrue(interpreter.apply(times, [state]))) step();
  }
  return scan ? collect(states) : state;
}

/** Joins the items of a list end to end: `raze`. */
export function joinAll(x: Value, join: (left: Value, right: Value) => Value): Value {
  const items = itemsOf(x);
  if (items.length === 0) return EMPTY_LIST;
  return items.slice(1).reduce(join, items[0]!);
}
