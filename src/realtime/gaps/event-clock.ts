import type { Clock } from '../../base/clock.ts';

/**
 * The time at which events happen, as far as this machine knows. It is the wall clock, unless the stream has shown that
 * the wall clock is behind: an event cannot come before it has happened. So bounds that are taken from it are never too
 * early, whatever steps the wall clock takes.
 */
export class EventClock {
  readonly #clock: Clock;
  /** The latest event, and when it was seen on the monotonic clock. */
  #latestMs = Number.NEGATIVE_INFINITY;
  #seenMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Ms since 1970. */
  nowMs(): number {
    // Whole ones: bounds of gaps are asked for from REST, which takes no others.
    return Math.floor(
      Math.max(this.#clock.wallMs(), this.#latestMs + (this.#clock.monotonicMs() - this.#seenMs)),
    );
  }

  /** Something has happened at `eventMs`. Returns how far that is ahead of what was known; 0 where it is not. */
  saw(eventMs: number): number {
    const nowMs = this.nowMs();
    if (eventMs > this.#latestMs + (this.#clock.monotonicMs() - this.#seenMs)) {
      this.#latestMs = eventMs;
      this.#seenMs = this.#clock.monotonicMs();
    }
    return Math.max(0, eventMs - nowMs);
  }
}
