/** The greatest or least item so far, over vectors. */
import { halves } from '../values/select-items.ts';
import { INFINITE_LONG, newData, vectorOf } from '../values/types.ts';
import type { Atom, Vector } from '../values/value.ts';
import { maximum, minimum } from './aggregates.ts';

/**
 * The greatest item so far of each place, or with -1 the least. Nulls do not count; before the first value stands the
 * infinity that any value replaces. Undefined for types whose items are no numbers.
 */
export function runningExtreme(vector: Vector, sign: 1 | -1): Vector | undefined {
  const { type } = vector;
  if (type === 2 || type === 10 || type === 11 || type === 20) return undefined;
  if (type === 7 || type === 12 || type === 16) {
    const out = new BigInt64Array(vector.data.length);
    extremeLongs(halves(vector.data), halves(out), sign);
    return vectorOf(type, out);
  }
  const out = newData(type, vector.data.length) as Float64Array;
  const nothing = { ...vector, data: vector.data.slice(0, 0) } as Vector;
  const none = ((sign > 0 ? maximum : minimum)(nothing) as Atom).value as number;
  const missing = type === 5 ? -32768 : type === 1 || type === 4 ? Number.NaN : -2147483648;
  extremeNumbers(vector.data as Float64Array, out, none, missing, sign);
  return vectorOf(type, out);
}

function extremeNumbers(
  data: Float64Array,
  out: Float64Array,
  none: number,
  missing: number,
  sign: 1 | -1,
): void {
  let best = none;
  for (let i = 0; i < data.length; i++) {
    const item = data[i]!;
    // A null float compares false.
    if (item !== missing && (sign > 0 ? item > best : item < best)) best = item;
    out[i] = best;
  }
}

/** By the two words of each long: the high ones compare signed, the low ones unsigned. */
function extremeLongs(words: Int32Array, out: Int32Array, sign: 1 | -1): void {
  const none = halves(BigInt64Array.of(BigInt(-sign) * INFINITE_LONG));
  let bestLow = none[0]! >>> 0;
  let bestHigh = none[1]!;
  for (let at = 0; at < words.length; at += 2) {
    const itemLow = words[at]! >>> 0;
    const itemHigh = words[at + 1]!;
    const isNull = itemHigh === -2147483648 && itemLow === 0;
    const isBetter =
      itemHigh === bestHigh
        ? sign > 0
          ? itemLow > bestLow
          : itemLow < bestLow
        : sign > 0
          ? itemHigh > bestHigh
          : itemHigh < bestHigh;
    if (isBetter && !isNull) {
      bestLow = itemLow;
      bestHigh = itemHigh;
    }
    out[at] = bestLow;
    out[at + 1] = bestHigh;
  }
}
