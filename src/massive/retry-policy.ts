import { Backoff, jittered } from '../base/backoff.ts';
import { seconds } from '../base/durations.ts';
import type { Random } from '../base/random.ts';
import type { Ending } from './ending.ts';
import type { SessionTiming } from './session-state.ts';

/** What follows the end of a connection. */
export type Decision =
  | { readonly kind: 'give-up' }
  /** `alarm`: time alone rarely mends it, somebody has to look. `note`: what the endings together suggest. */
  | { readonly kind: 'retry'; readonly delayMs: number; readonly alarm: boolean; readonly note?: string };

/**
 * Decides when to connect again. What Massive has never accepted ends the session; the same refusal of what once
 * worked is waited out. Being let in proves nothing: the connection limit strikes after authentication, so only a
 * while of healthy streaming starts the backoff anew.
 */
export class RetryPolicy {
  readonly #timing: SessionTiming;
  readonly #failFast: boolean;
  readonly #random: Random;
  readonly #backoff: Backoff;
  #evictedMs: readonly number[] = [];
  #everAuthenticated = false;
  #everStreamed = false;

  /** @param failFast give up at once until there has been a stream */
  constructor(timing: SessionTiming, failFast: boolean, random: Random) {
    this.#timing = timing;
    this.#failFast = failFast;
    this.#random = random;
    this.#backoff = new Backoff({ baseMs: timing.retryBaseMs, capMs: timing.retryCapMs }, random);
  }

  get everAuthenticated(): boolean {
    return this.#everAuthenticated;
  }

  authenticated(): void {
    this.#everAuthenticated = true;
  }

  streaming(): void {
    this.#everStreamed = true;
  }

  healthy(): void {
    this.#backoff.reset();
  }

  /** `nowMs` is monotonic. */
  decide(ending: Ending, nowMs: number): Decision {
    if (this.#failFast && !this.#everStreamed) return { kind: 'give-up' };
    switch (ending.kind) {
      case 'key-refused':
      case 'not-entitled':
        return this.#everAuthenticated ? this.#longRetry() : { kind: 'give-up' };
      case 'subscriptions-refused':
        return this.#everStreamed ? this.#longRetry() : { kind: 'give-up' };
      case 'evicted':
        return this.#longRetry(this.#evictionPattern(nowMs));
      default:
        return { kind: 'retry', delayMs: this.#backoff.next(), alarm: false };
    }
  }

  #longRetry(note?: string): Decision {
    const delayMs = jittered(this.#timing.longRetryMs, this.#random);
    return { kind: 'retry', delayMs, alarm: true, ...(note === undefined ? {} : { note }) };
  }

  #evictionPattern(nowMs: number): string | undefined {
    const { evictionWindowMs } = this.#timing;
    this.#evictedMs = [...this.#evictedMs, nowMs].filter(atMs => nowMs - atMs <= evictionWindowMs);
    if (this.#evictedMs.length < 2) return undefined;
    return (
      `${this.#evictedMs.length} evictions within ${seconds(evictionWindowMs)}: this looks like two processes that use ` +
      'one key for this market and evict each other in turn, so both lose data; stop one of them'
    );
  }
}
