/** Folds of operators that have a vector form: +/ is sum, +\ is sums and so on. */
import { primitive } from '../primitives/registry.ts';
import { countOf } from '../values/items.ts';
import type { Value } from '../values/value.ts';
import type { Interpreter } from './interpreter.ts';

const FOLDS: Record<string, string> = { '+': 'sum', '*': 'prd', '|': 'max', '&': 'min', ',': 'raze' };
const SCANS: Record<string, string> = { '+': 'sums', '*': 'prds', '|': 'maxs', '&': 'mins' };

/** Of nothing a fold is the operator's identity, a scan nothing. */
function emptyFold(name: string, x: Value, scan: boolean, interpreter: Interpreter): Value | undefined {
  if (scan || (x.kind !== 'vector' && name !== '+' && name !== '*')) return x;
  const fold = FOLDS[name];
  return fold === undefined ? undefined : fold === 'raze' ? x : primitive(fold).code.unary!(x, interpreter);
}

/** The result where there is a shorter way to it, else undefined. Sums that skip nulls are not folds. */
export function fastFold(
  target: Value,
  args: readonly Value[],
  scan: boolean,
  interpreter: Interpreter,
): Value | undefined {
  const [x] = args;
  if (target.kind !== 'primitive' || target.type !== 102 || args.length !== 1) return undefined;
  if (x === undefined || !(x.kind === 'vector' || x.kind === 'list')) return undefined;
  if (countOf(x) === 0) return emptyFold(target.name, x, scan, interpreter);
  if (x.kind === 'vector' && (x.type === 1 || x.type === 4 || x.type === 5 || x.type === 10))
    return undefined;
  if (x.kind === 'list' && target.name !== ',') return undefined;
  const name = scan ? SCANS[target.name] : FOLDS[target.name];
  if (name === undefined || (name === 'raze' && x.kind !== 'list')) return undefined;
  return primitive(name).code.unary!(x, interpreter);
}
