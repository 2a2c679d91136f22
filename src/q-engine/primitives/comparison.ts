/** = <> < > <= >= ~ and not. */
import { compareText, floatsEqual, matches } from '../values/compare.ts';
import { type Simple, toFloats, toInts, toLongs } from '../values/convert.ts';
import { countOf, itemAt } from '../values/items.ts';
import { boolean, byteVector, numberAtom } from '../values/make.ts';
import { internSymbol, symbolName } from '../values/symbol-pool.ts';
import { isFloatType, isLongType, isTemporal } from '../values/types.ts';
import type { Atom, SymbolVector, Value } from '../values/value.ts';
import { QError } from '../values/value.ts';
import { spread1, spread2 } from './atomic.ts';
import { cast } from './cast.ts';
import { alias, define } from './registry.ts';
import { comparedAs, floatsAs, intsAs, longsAs } from './temporal-units.ts';

/** What a comparison answers for less, equal and greater. */
interface Answers {
  readonly less: number;
  readonly equal: number;
  readonly greater: number;
}

const EQUAL: Answers = { less: 0, equal: 1, greater: 0 };
const UNEQUAL: Answers = { less: 1, equal: 0, greater: 1 };
const LESS: Answers = { less: 1, equal: 0, greater: 0 };
const GREATER: Answers = { less: 0, equal: 0, greater: 1 };
const AT_MOST: Answers = { less: 1, equal: 1, greater: 0 };
const AT_LEAST: Answers = { less: 0, equal: 1, greater: 1 };

function comparison(answers: Answers) {
  const leaf = (x: Simple, y: Simple): Value => {
    const stepX = x.kind === 'vector' ? 1 : 0;
    const stepY = y.kind === 'vector' ? 1 : 0;
    const count = stepX === 1 ? countOf(x) : stepY === 1 ? countOf(y) : 1;
    const out = new Uint8Array(count);
    fill(x, stepX, y, stepY, out, answers);
    return stepX === 0 && stepY === 0 ? boolean(out[0] === 1) : byteVector(1, out);
  };
  return (x: Value, y: Value): Value => spread2(x, y, leaf);
}

function fill(x: Simple, stepX: number, y: Simple, stepY: number, out: Uint8Array, answers: Answers): void {
  if (x.type === 11 && y.type === 11) compareSymbols(x, stepX, y, stepY, out, answers);
  else if (x.type === 2 && y.type === 2) compareGuids(x, stepX, y, stepY, out, answers);
  else if (x.type === 11 || y.type === 11 || x.type === 2 || y.type === 2) throw new QError('type');
  else fillNumbers(x, stepX, y, stepY, out, answers);
}

/** Both in the unit and the kind of array that can say both. */
function fillNumbers(
  x: Simple,
  stepX: number,
  y: Simple,
  stepY: number,
  out: Uint8Array,
  answers: Answers,
): void {
  const mixed = isTemporal(x.type) && isTemporal(y.type) && x.type !== y.type;
  const unit = mixed ? comparedAs(x.type, y.type) : 0;
  if (mixed && unit === 0) throw new QError('type');
  if (mixed && unit >= 16) {
    const [a, b] = [cast(numberAtom(5, unit), x) as Simple, cast(numberAtom(5, unit), y) as Simple];
    fillNumbers(a, stepX, b, stepY, out, answers);
    return;
  }
  if (isFloatType(x.type) || isFloatType(y.type)) {
    const a = mixed ? floatsAs(x, 15) : toFloats(x);
    compareFloats(a, stepX, mixed ? floatsAs(y, 15) : toFloats(y), stepY, out, answers);
  } else if (mixed && isLongType(unit)) {
    compareLongs(longsAs(x, unit), stepX, longsAs(y, unit), stepY, out, answers);
  } else if (mixed) {
    compareInts(intsAs(x, unit), stepX, intsAs(y, unit), stepY, out, answers);
  } else if (isLongType(x.type) || isLongType(y.type)) {
    compareLongs(toLongs(x), stepX, toLongs(y), stepY, out, answers);
  } else compareInts(toInts(x), stepX, toInts(y), stepY, out, answers);
}

function compareInts(
  a: Int32Array,
  stepA: number,
  b: Int32Array,
  stepB: number,
  out: Uint8Array,
  answers: Answers,
): void {
  const { less, equal, greater } = answers;
  for (let i = 0; i < out.length; i++) {
    const left = a[i * stepA]!;
    const right = b[i * stepB]!;
    out[i] = left < right ? less : left === right ? equal : greater;
  }
}

function compareLongs(
  a: BigInt64Array,
  stepA: number,
  b: BigInt64Array,
  stepB: number,
  out: Uint8Array,
  answers: Answers,
): void {
  const { less, equal, greater } = answers;
  for (let i = 0; i < out.length; i++) {
    out[i] = a[i * stepA]! < b[i * stepB]! ? less : a[i * stepA]! === b[i * stepB]! ? equal : greater;
  }
}

function compareFloats(
  a: Float64Array,
  stepA: number,
  b: Float64Array,
  stepB: number,
  out: Uint8Array,
  answers: Answers,
): void {
  const { less, equal, greater } = answers;
  for (let i = 0; i < out.length; i++) {
    const left = a[i * stepA]!;
    const right = b[i * stepB]!;
    if (left === right || floatsEqual(left, right)) out[i] = equal;
    else out[i] = left < right || Number.isNaN(left) ? less : greater;
  }
}

function compareSymbols(
  x: Simple,
  stepX: number,
  y: Simple,
  stepY: number,
  out: Uint8Array,
  answers: Answers,
): void {
  const a = symbolIds(x);
  const b = symbolIds(y);
  const { less, equal, greater } = answers;
  if (less === greater) {
    for (let i = 0; i < out.length; i++) out[i] = a[i * stepX] === b[i * stepY] ? equal : less;
    return;
  }
  for (let i = 0; i < out.length; i++) {
    const order = compareText(symbolName(a[i * stepX]!), symbolName(b[i * stepY]!));
    out[i] = order < 0 ? less : order === 0 ? equal : greater;
  }
}

function symbolIds(x: Simple): Int32Array {
  return x.kind === 'atom' ? Int32Array.of(internSymbol(x.value as string)) : (x as SymbolVector).data;
}

function compareGuids(
  x: Simple,
  stepX: number,
  y: Simple,
  stepY: number,
  out: Uint8Array,
  answers: Answers,
): void {
  for (let i = 0; i < out.length; i++) {
    const left = itemAt(x, i * stepX) as Atom & { type: 2 };
    const right = itemAt(y, i * stepY) as Atom & { type: 2 };
    const at = left.value.findIndex((byte, k) => byte !== right.value[k]);
    if (at < 0) out[i] = answers.equal;
    else out[i] = left.value[at]! < right.value[at]! ? answers.less : answers.greater;
  }
}

function not(x: Simple): Value {
  if (x.type === 11 || x.type === 2) throw new QError('type');
  const vector = x.kind === 'vector' ? x : undefined;
  if (vector === undefined) return boolean(Number((x as Atom).value) === 0);
  const data = vector.data as Int32Array | BigInt64Array;
  const out = new Uint8Array(data.length);
  for (let i = 0; i < out.length; i++) out[i] = Number(data[i]) === 0 ? 1 : 0;
  return byteVector(1, out);
}

export const equals = comparison(EQUAL);
export const lessThan = comparison(LESS);
export const greaterThan = comparison(GREATER);
export const atMost = comparison(AT_MOST);
export const atLeast = comparison(AT_LEAST);

define('=', { binary: equals });
define('<>', { binary: comparison(UNEQUAL) });
define('<', { binary: lessThan });
define('>', { binary: greaterThan });
define('<=', { binary: atMost });
define('>=', { binary: atLeast });
define('~', { binary: (x, y) => boolean(matches(x, y)) });
define('not', { unary: x => spread1(x, not) });
alias('~:', 'not');
