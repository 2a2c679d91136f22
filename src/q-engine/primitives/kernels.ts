/**
 * Loops of dyadic arithmetic over typed arrays. `stepA` and `stepB` are 1, or 0 where that argument is an atom.
 * One loop for each operation and kind of array, so that V8 compiles each for one kind of element.
 */
import { NULL_INT, NULL_LONG } from '../values/types.ts';

type Ints = Int32Array;
type Longs = BigInt64Array;
type Floats = Float64Array;
type Booleans = Uint8Array;
type Kernel<T> = (a: T, stepA: number, b: T, stepB: number, out: T) => void;

export interface ArithmeticKernels {
  readonly ints: Kernel<Ints>;
  readonly longs: Kernel<Longs>;
  readonly floats: Kernel<Floats>;
  /** Where two booleans have a boolean result. */
  readonly booleans?: Kernel<Booleans>;
}

/** Results of a null argument are null: a second pass, since the first one is plain machine arithmetic. */
function nullInts(a: Ints, stepA: number, b: Ints, stepB: number, out: Ints): void {
  for (let i = 0; i < out.length; i++) {
    if (a[i * stepA] === NULL_INT || b[i * stepB] === NULL_INT) out[i] = NULL_INT;
  }
}

function nullLongs(a: Longs, stepA: number, b: Longs, stepB: number, out: Longs): void {
  for (let i = 0; i < out.length; i++) if (a[i * stepA] === NULL_LONG) out[i] = NULL_LONG;
  for (let i = 0; i < out.length; i++) if (b[i * stepB] === NULL_LONG) out[i] = NULL_LONG;
}

export const ADD: ArithmeticKernels = {
  ints(a, stepA, b, stepB, out) {
    for (let i = 0; i < out.length; i++) out[i] = a[i * stepA]! + b[i * stepB]!;
    nullInts(a, stepA, b, stepB, out);
  },
  longs(a, stepA, b, stepB, out) {
    for (let i = 0; i < out.length; i++) out[i] = a[i * stepA]! + b[i * stepB]!;
    nullLongs(a, stepA, b, stepB, out);
  },
  floats(a, stepA, b, stepB, out) {
    for (let i = 0; i < out.length; i++) out[i] = a[i * stepA]! + b[i * stepB]!;
  },
};

export const SUBTRACT: ArithmeticKernels = {
  ints(a, stepA, b, stepB, out) {
    for (let i = 0; i < out.length; i++) out[i] = a[i * stepA]! - b[i * stepB]!;
    nullInts(a, stepA, b, stepB, out);
  },
  longs(a, stepA, b, stepB, out) {
    for (let i = 0; i < out.length; i++) out[i] = a[i * stepA]! - b[i * stepB]!;
    nullLongs(a, stepA, b, stepB, out);
  },
  floats(a, stepA, b, stepB, out) {
    for (let i = 0; i < out.length; i++) out[i] = a[i * stepA]! - b[i * stepB]!;
  },
};

export const MULTIPLY: ArithmeticKernels = {
  ints(a, stepA, b, stepB, out) {
    for (let i = 0; i < out.length; i++) out[i] = Math.imul(a[i * stepA]!, b[i * stepB]!);
    nullInts(a, stepA, b, stepB, out);
  },
  longs(a, stepA, b, stepB, out) {
    for (let i = 0; i < out.length; i++) out[i] = a[i * stepA]! * b[i * stepB]!;
    nullLongs(a, stepA, b, stepB, out);
  },
  floats(a, stepA, b, stepB, out) {
    for (let i = 0; i < out.length; i++) out[i] = a[i * stepA]! * b[i * stepB]!;
  },
};

/** Null is the least of all, so integers need no care; a null float is NaN and does. */
export const LESSER: ArithmeticKernels = {
  ints(a, stepA, b, stepB, out) {
    for (let i = 0; i < out.length; i++) out[i] = Math.min(a[i * stepA]!, b[i * stepB]!);
  },
  longs(a, stepA, b, stepB, out) {
    for (let i = 0; i < out.length; i++) {
      const left = a[i * stepA]!;
      const right = b[i * stepB]!;
      if (left < right) out[i] = left;
      else out[i] = right;
    }
  },
  floats(a, stepA, b, stepB, out) {
    for (let i = 0; i < out.length; i++) out[i] = Math.min(a[i * stepA]!, b[i * stepB]!);
  },
  booleans(a, stepA, b, stepB, out) {
    for (let i = 0; i < out.length; i++) out[i] = a[i * stepA]! & b[i * stepB]!;
  },
};

export const GREATER: ArithmeticKernels = {
  ints(a, stepA, b, stepB, out) {
    for (let i = 0; i < out.length; i++) out[i] = Math.max(a[i * stepA]!, b[i * stepB]!);
  },
  longs(a, stepA, b, stepB, out) {
    for (let i = 0; i < out.length; i++) {
      const left = a[i * stepA]!;
      const right = b[i * stepB]!;
      if (left > right) out[i] = left;
      else out[i] = right;
    }
  },
  floats(a, stepA, b, stepB, out) {
    for (let i = 0; i < out.length; i++) {
      const left = a[i * stepA]!;
      const right = b[i * stepB]!;
      out[i] = Number.isNaN(left) ? right : Number.isNaN(right) ? left : Math.max(left, right);
    }
  },
  booleans(a, stepA, b, stepB, out) {
    for (let i = 0; i < out.length; i++) out[i] = a[i * stepA]! | b[i * stepB]!;
  },
};
