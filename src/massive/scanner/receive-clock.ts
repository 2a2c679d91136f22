import type { Clock } from '../../base/clock.ts';
import { TABLE_EPOCH_MS } from '../../tables/epoch.ts';
import { Int64Words } from '../../tables/int64-words.ts';

const NS_PER_MS = 1_000_000;
const WORD = 0x1_0000_0000;
const HALF_WORD = 0x8000_0000;

/**
 * How long the wall clock is extrapolated by the monotonic one: long enough to cost nothing, short enough to follow its
 * steps, and little enough that its nanoseconds fit a word.
 */
const ANCHOR_MS = 100;

/** How far time may run ahead of the wall clock before it waits: rounding must not stop it. */
const AHEAD_NS = NS_PER_MS;

/** Its reactions run when the current turn of the event loop has ended. */
const TURN_END = Promise.resolve();

/**
 * Column `recv`: nanoseconds since 2000, UTC, never going back within the process even where the wall clock does: then
 * time stands still until that has caught up. Frames that are scanned in one turn of the event loop came with one read of
 * the socket, and have one time. One receive clock serves all scanners of a process.
 */
export class ReceiveClock {
  /** The time of the last `stamp`, as the words of an int64. */
  low = 0;
  high = -HALF_WORD;
  readonly #clock: Clock;
  /** The time at which the wall clock was read last, on both clocks. */
  readonly #anchor = new Int64Words();
  #anchorMonotonicMs = Number.NEGATIVE_INFINITY;
  #waiting = false;
  #taken = false;
  readonly #turnEnded = (): void => {
    this.#taken = false;
  };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes the time, once in each turn of the event loop. */
  stamp(): void {
    if (this.#taken) return;
    this.#taken = true;
    void TURN_END.then(this.#turnEnded);
    const monotonicMs = this.#clock.monotonicMs();
    if (monotonicMs - this.#anchorMonotonicMs > ANCHOR_MS) this.#renewAnchor(monotonicMs);
    if (this.#waiting) return;
    const sinceNs = Math.floor((monotonicMs - this.#anchorMonotonicMs) * NS_PER_MS);
    const low = (this.#anchor.low >>> 0) + sinceNs;
    this.low = low | 0;
    this.high = this.#anchor.high + (low >= WORD ? 1 : 0);
  }

  #renewAnchor(monotonicMs: number): void {
    const wallMs = this.#clock.wallMs();
    const ms = Math.floor(wallMs);
    this.#anchor.setMs(ms - TABLE_EPOCH_MS, Math.floor((wallMs - ms) * NS_PER_MS));
    this.#anchorMonotonicMs = monotonicMs;
    const aheadNs = (this.high - this.#anchor.high) * WORD + (this.low >>> 0) - (this.#anchor.low >>> 0);
    this.#waiting = aheadNs > AHEAD_NS;
    if (aheadNs <= 0) return;
    this.#anchor.low = this.low;
    this.#anchor.high = this.high;
  }
}
