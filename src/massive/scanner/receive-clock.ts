import type { Clock } from '../../base/clock.ts';
import { TABLE_EPOCH_MS } from '../../tables/epoch.ts';
import { Int64Words } from '../../tables/int64-words.ts';

const NS_PER_MS = 1_000_000;
const WORD = 0x1_0000_0000;

/**
 * How long the wall clock is extrapolated by the monotonic one: long enough to cost nothing, short enough to follow its
 * steps, and little enough that its nanoseconds fit a word.
 */
const ANCHOR_MS = 100;

/**
 * Column `recv`: nanoseconds since 2000, UTC, never going back within the process even where the wall clock does. One
 * receive clock serves all scanners of a process.
 */
export class ReceiveClock {
  /** The time of the last `stamp`, as the words of an int64. */
  low = 0;
  high = 0;
  readonly #clock: Clock;
  readonly #anchor = new Int64Words();
  #anchorWallMs = Number.NEGATIVE_INFINITY;
  #anchorMonotonicMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes the time. */
  stamp(): void {
    const monotonicMs = this.#clock.monotonicMs();
    let sinceMs = monotonicMs - this.#anchorMonotonicMs;
    if (sinceMs > ANCHOR_MS) {
      this.#renewAnchor(monotonicMs);
      sinceMs = 0;
    }
    const low = (this.#anchor.low >>> 0) + Math.floor(sinceMs * NS_PER_MS);
    this.low = low | 0;
    this.high = this.#anchor.high + (low >= WORD ? 1 : 0);
  }

  /** Reads the wall clock. Where it has gone back, time stands still until it has caught up. */
  #renewAnchor(monotonicMs: number): void {
    const lastMs = this.#anchorWallMs + Math.min(monotonicMs - this.#anchorMonotonicMs, ANCHOR_MS);
    this.#anchorWallMs = Math.max(this.#clock.wallMs(), lastMs);
    this.#anchorMonotonicMs = monotonicMs;
    const ms = Math.floor(this.#anchorWallMs);
    this.#anchor.setMs(ms - TABLE_EPOCH_MS, Math.floor((this.#anchorWallMs - ms) * NS_PER_MS));
  }
}
