import type { Clock } from '../../base/clock.ts';

const MOST_AT_ONCE = 10;
const ONE_MORE_AFTER_MS = 6_000;

/** Lets ten logins fail at once, and then one each six seconds; no other is looked at meanwhile. */
export class LoginLimit {
  readonly #clock: Clock;
  #allowed = MOST_AT_ONCE;
  #countedMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#countedMs = clock.monotonicMs();
  }

  /** Seconds until the next login is looked at; 0 where one is now. */
  get waitSeconds(): number {
    this.#refill();
    return this.#allowed >= 1 ? 0 : Math.ceil(((1 - this.#allowed) * ONE_MORE_AFTER_MS) / 1000);
  }

  /** A login has failed. */
  failed(): void {
    this.#refill();
    this.#allowed = Math.max(0, this.#allowed - 1);
  }

  #refill(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#allowed = Math.min(MOST_AT_ONCE, this.#allowed + (nowMs - this.#countedMs) / ONE_MORE_AFTER_MS);
    this.#countedMs = nowMs;
  }
}
