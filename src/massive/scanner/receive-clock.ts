import type { Clock } from '../../base/clock.ts';
import { TABLE_EPOCH_MS } from '../../tables/epoch.ts';
import { Int64Words } from '../../tables/int64-words.ts';

const NS_PER_MS = 1_000_000;

/** How long the wall clock may be extrapolated: long enough to cost nothing, short enough to follow its steps. */
const ANCHOR_MS = 100;

/**
 * Column `recv`: nanoseconds since 2000, UTC, never going back within the process even where the wall clock does. One
 * receive clock serves all scanners of a process.
 */
export class ReceiveClock {
  /** The time of the last `stamp`. */
  readonly now = new Int64Words();
  readonly #clock: Clock;
  #anchorWallMs = 0;
  #anchorMonotonicMs = Number.NEGATIVE_INFINITY;
  #lastMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes the time; returns it in milliseconds since 1970. */
  stamp(): number {
    const monotonicMs = this.#clock.monotonicMs();
    if (monotonicMs - this.#anchorMonotonicMs > ANCHOR_MS) {
      this.#anchorMonotonicMs = monotonicMs;
      this.#anchorWallMs = this.#clock.wallMs();
    }
    const ms = this.#anchorWallMs + (monotonicMs - this.#anchorMonotonicMs);
    if (ms > this.#lastMs) {
      this.#lastMs = ms;
      const whole = Math.floor(ms);
      this.now.setMs(whole - TABLE_EPOCH_MS, Math.floor((ms - whole) * NS_PER_MS));
    }
    return this.#lastMs;
  }
}
