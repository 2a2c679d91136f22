import type { Clock } from '../../base/clock.ts';

const MINUTE_MS = 60_000;

/** Requests of each key in the last minute. */
export class RateLimit {
  readonly #perMinute: number | undefined;
  readonly #clock: Clock;
  readonly #times = new Map<string, number[]>();

  /** @param perMinute undefined: no limit */
  constructor(perMinute: number | undefined, clock: Clock) {
    this.#perMinute = perMinute;
    this.#clock = clock;
  }

  /** Counts a request; false when it is one too many, which does not count. */
  admit(key: string): boolean {
    if (this.#perMinute === undefined) return true;
    const nowMs = this.#clock.monotonicMs();
    const recent = (this.#times.get(key) ?? []).filter(time => nowMs - time < MINUTE_MS);
    const admitted = recent.length < this.#perMinute;
    if (admitted) recent.push(nowMs);
    this.#times.set(key, recent);
    return admitted;
  }
}
