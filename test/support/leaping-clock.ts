import type { Clock, Timer } from '../../src/base/clock.ts';

/** A clock on which every timer is due at once, because time leaps to it; what was asked for is kept. */
export class LeapingClock implements Clock {
  readonly delaysMs: number[] = [];
  readonly #startMs: number;
  #passedMs = 0;

  constructor(wallMs = Date.UTC(2026, 9, 2, 14)) {
    this.#startMs = wallMs;
  }

  wallMs(): number {
    return this.#startMs + this.#passedMs;
  }

  monotonicMs(): number {
    return this.#passedMs;
  }

  /** Time passes while something else goes on. */
  skip(ms: number): void {
    this.#passedMs += ms;
  }

  after(delayMs: number, action: () => void): Timer {
    this.delaysMs.push(delayMs);
    const handle = setImmediate(() => {
      this.#passedMs += delayMs;
      action();
    });
    return { cancel: () => clearImmediate(handle) };
  }
}
