/** ?[condition;x;y] over vectors. */
import { isTrue } from '../evaluator/truth.ts';
import { collect, countOf, isListLike, itemAt, storeAtom } from '../values/items.ts';
import { halves } from '../values/select-items.ts';
import { newData, vectorOf } from '../values/types.ts';
import { type Atom, QError, type Value, type Vector } from '../values/value.ts';

/** Of each pair of items that of x where the condition is true, else that of y; an atom counts for all places. */
export function vectorConditional(condition: Value, x: Value, y: Value): Value {
  if (condition.kind === 'atom') return isTrue(condition) ? x : y;
  if (condition.kind !== 'vector' || condition.type !== 1) throw new QError('type');
  const count = countOf(condition);
  for (const part of [x, y]) if (isListLike(part) && countOf(part) !== count) throw new QError('length');
  if (count > 0 && isSimple(x) && isSimple(y) && areAlike(x, y)) return chosen(condition.data, x, y);
  const out = new Array<Value>(count);
  for (let i = 0; i < count; i++) {
    const source = condition.data[i] === 1 ? x : y;
    out[i] = isListLike(source) ? itemAt(source, i) : source;
  }
  return collect(out);
}

function isSimple(value: Value): value is Atom | Vector {
  return value.kind === 'atom' || value.kind === 'vector';
}

/** Whether the items of both fit one vector. */
function areAlike(x: Atom | Vector, y: Atom | Vector): boolean {
  if (x.type !== y.type || x.type === 2) return false;
  return x.type !== 20 || x.domain.name === (y as typeof x).domain.name;
}

function chosen(condition: Uint8Array, x: Atom | Vector, y: Atom | Vector): Vector {
  const out = newData(x.type, condition.length);
  const [stepX, stepY] = [x, y].map(part => (part.kind === 'vector' ? 1 : 0)) as [0 | 1, 0 | 1];
  if (out instanceof BigInt64Array) {
    const [a, b] = [x, y].map(part => halves(dataOf(part) as BigInt64Array)) as [Int32Array, Int32Array];
    chooseLongs(condition, a, stepX, b, stepY, halves(out));
  } else if (out instanceof Float64Array) {
    chooseFloats(condition, dataOf(x) as Float64Array, stepX, dataOf(y) as Float64Array, stepY, out);
  } else choose(condition, dataOf(x) as Int32Array, stepX, dataOf(y) as Int32Array, stepY, out as Int32Array);
  return vectorOf(x.type, out, x);
}

/** The items; of an atom one. */
function dataOf(part: Atom | Vector): Vector['data'] {
  if (part.kind === 'vector') return part.data;
  const data = newData(part.type, 1);
  storeAtom(data, 0, part);
  return data;
}

function choose(
  condition: Uint8Array,
  a: Int32Array,
  stepA: 0 | 1,
  b: Int32Array,
  stepB: 0 | 1,
  out: Int32Array,
): void {
  for (let i = 0; i < out.length; i++) out[i] = condition[i] === 1 ? a[i * stepA]! : b[i * stepB]!;
}

function chooseFloats(
  condition: Uint8Array,
  a: Float64Array,
  stepA: 0 | 1,
  b: Float64Array,
  stepB: 0 | 1,
  out: Float64Array,
): void {
  for (let i = 0; i < out.length; i++) out[i] = condition[i] === 1 ? a[i * stepA]! : b[i * stepB]!;
}

/** By the two words of each long. */
function chooseLongs(
  condition: Uint8Array,
  a: Int32Array,
  stepA: 0 | 1,
  b: Int32Array,
  stepB: 0 | 1,
  out: Int32Array,
): void {
  for (let i = 0; i < condition.length; i++) {
    const from = condition[i] === 1 ? a : b;
    const at = 2 * i * (condition[i] === 1 ? stepA : stepB);
    out[2 * i] = from[at]!;
    out[2 * i + 1] = from[at + 1]!;
  }
}
