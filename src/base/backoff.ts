import type { Random } from '../base/random.ts';

export interface BackoffLimits {
  readonly baseMs: number;
  readonly capMs: number;
}

/** Exponential backoff: each delay doubles up to a cap, and a random half of it keeps many clients apart. */
export class Backoff {
  readonly #limits: BackoffLimits;
  readonly #random: Random;
  #attempts = 0;

  constructor(limits: BackoffLimits, random: Random) {
    this.#limits = limits;
    this.#random = random;
  }

  /** The delay before the next attempt, in ms. */
  next(): number {
    const { baseMs, capMs } = this.#limits;
    const delayMs = Math.min(capMs, baseMs * 2 ** this.#attempts);
    if (delayMs < capMs) this.#attempts++;
    return jittered(delayMs, this.#random);
  }

  reset(): void {
    this.#attempts = 0;
  }
}

/** Between half of `delayMs` and the whole. */
export function jittered(delayMs: number, random: Random): number {
  return delayMs / 2 + (random() * delayMs) / 2;
}
