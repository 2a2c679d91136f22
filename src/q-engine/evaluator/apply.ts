/** Application of anything that can be applied: functions, lists, dictionaries, tables, handles. */
import type { CodedPrimitive } from '../primitives/registry.ts';
import { primitive } from '../primitives/registry.ts';
import { countOf } from '../values/items.ts';
import { spend } from '../values/limits.ts';
import type { Lambda, Primitive, Projection, Value } from '../values/value.ts';
import { ELIDED, NULL, QError } from '../values/value.ts';
import { applyHandle } from './handles.ts';
import { indexValue } from './indexing.ts';
import type { Interpreter } from './interpreter.ts';
import { applyDerived } from './iterators.ts';

const MAX_ARGUMENTS = 8;

/** Applies `target` to one or more arguments; an ELIDED one makes a projection of a function. */
export function applyValue(target: Value, args: readonly Value[], interpreter: Interpreter): Value {
  switch (target.kind) {
    case 'lambda':
      return applyLambda(target, args, interpreter);
    case 'primitive':
      return applyPrimitive(target, args, interpreter);
    case 'projection':
      return applyProjection(target, args, interpreter);
    case 'derived':
      return hasElided(args) ? project(target, args) : applyDerived(target, args, interpreter);
    case 'composition': {
      if (hasElided(args)) return project(target, args);
      const last = target.parts.length - 1;
      let value = applyValue(target.parts[last]!, args, interpreter);
      for (let i = last - 1; i >= 0; i--) value = applyValue(target.parts[i]!, [value], interpreter);
      return value;
    }
    case 'null':
      if (args.length !== 1) throw new QError('rank');
      return args[0]!;
    case 'atom':
      return applyHandle(target, args, interpreter);
    default:
      return indexValue(target, args, interpreter);
  }
}

function applyLambda(lambda: Lambda, args: readonly Value[], interpreter: Interpreter): Value {
  const wanted = lambda.parameters.length;
  if (args.length > Math.max(wanted, 1)) throw new QError('rank');
  if (args.length < wanted || hasElided(args)) return project(lambda, args);
  return interpreter.callLambda(lambda, wanted === 0 ? [] : args);
}

function applyPrimitive(target: Primitive, args: readonly Value[], interpreter: Interpreter): Value {
  const { code } = 'code' in target ? (target as CodedPrimitive) : primitive(target.name);
  const count = args.length;
  spend(workOf(args[0]!) + (count > 1 ? workOf(args[1]!) : 0));
  if (hasElided(args)) {
    if (count === 1) return target;
    return project(target, args);
  }
  if (count === 1) {
    if (code.unary !== undefined) return code.unary(args[0]!, interpreter);
    if (code.binary !== undefined) return project(target, args);
  } else if (count === 2 && code.binary !== undefined) {
    return code.binary(args[0]!, args[1]!, interpreter);
  }
  if (code.variadic !== undefined) return code.variadic(args, interpreter);
  if (code.unary === undefined && code.binary === undefined) throw new QError(`nyi: ${target.name}`);
  throw new QError('rank');
}

/** About what a primitive has to do with an argument: a vector costs little by item. */
function workOf(arg: Value): number {
  if (arg.kind === 'vector') return 1 + (arg.data.length >>> 4);
  return arg.kind === 'table' ? 1 + arg.columns.length * (countOf(arg) >>> 4) : 1;
}

function applyProjection(target: Projection, args: readonly Value[], interpreter: Interpreter): Value {
  const filled = [...target.args];
  let next = 0;
  for (let i = 0; i < filled.length && next < args.length; i++) {
    if (filled[i] !== ELIDED) continue;
    filled[i] = args[next]!;
    next += 1;
  }
  const all = [...filled, ...args.slice(next)];
  if (all.length > MAX_ARGUMENTS) throw new QError('rank');
  return applyValue(target.target, all, interpreter);
}

function hasElided(args: readonly Value[]): boolean {
  for (const arg of args) if (arg === ELIDED) return true;
  return false;
}

/** A function with some of its arguments; those left out at the end count as elided. */
export function project(target: Value, args: readonly Value[]): Projection {
  return { kind: 'projection', target, args };
}

/** How many arguments a function waits for; 1 for lists and dictionaries. */
export function rankOf(target: Value): number {
  switch (target.kind) {
    case 'lambda':
      return target.parameters.length;
    case 'primitive':
      return target.maxRank;
    case 'projection': {
      const given = target.args.filter(arg => arg !== ELIDED).length;
      // A list with gaps waits for as many items as it has gaps.
      if (isEnlist(target.target)) return target.args.length - given;
      // Primitives of several ranks, such as @, have the one that they are written with, at least two.
      const { target: inner } = target;
      const rank = inner.kind === 'primitive' ? Math.min(2, inner.maxRank) : rankOf(inner);
      return Math.max(rank, target.args.length) - given;
    }
    case 'composition':
      return rankOf(target.parts[target.parts.length - 1]!);
    case 'derived':
      return target.iterator === "'" ? rankOf(target.target) : 2;
    default:
      return 1;
  }
}

function isEnlist(value: Value): boolean {
  return value.kind === 'primitive' && value.name === 'enlist';
}

/** Whether a value is a function rather than data. */
export function isFunction(value: Value): boolean {
  switch (value.kind) {
    case 'lambda':
    case 'primitive':
    case 'projection':
    case 'composition':
    case 'derived':
      return true;
    default:
      return value === NULL;
  }
}
