/** How long what was learned stays recent: between one and two of these. */
const RECENT_MS = 1_800_000;

/** So many arrivals tell something. */
const TELLING = 30;

/** A silence so many times longer than any recent one is no coincidence. */
const UNUSUAL_FACTOR = 20;

/**
 * How often a subscription brings something, to tell a busy one that has gone quiet, which means that something was
 * missed, from one that is quiet by nature. Monotonic ms.
 */
export class Rhythm {
  #heardMs: number | undefined;
  #recent = { sinceMs: 0, arrivals: 0, longestMs: 0 };
  #before = { arrivals: 0, longestMs: 0 };

  heard(nowMs: number): void {
    if (nowMs - this.#recent.sinceMs > RECENT_MS) {
      this.#before = this.#recent;
      this.#recent = { sinceMs: nowMs, arrivals: 0, longestMs: 0 };
    }
    const pauseMs = this.#heardMs === undefined ? 0 : nowMs - this.#heardMs;
    const { sinceMs, arrivals, longestMs } = this.#recent;
    this.#recent = { sinceMs, arrivals: arrivals + 1, longestMs: Math.max(longestMs, pauseMs) };
    this.#heardMs = nowMs;
  }

  /** There was no connection, or the market was closed: the pause teaches nothing. */
  pause(): void {
    this.#heardMs = undefined;
  }

  /** Whether the silence since the last arrival is far from anything usual. */
  isBroken(nowMs: number): boolean {
    if (this.#heardMs === undefined) return false;
    if (this.#recent.arrivals + this.#before.arrivals < TELLING) return false;
    const usualMs = Math.max(this.#recent.longestMs, this.#before.longestMs);
    return nowMs - this.#heardMs > UNUSUAL_FACTOR * usualMs;
  }
}
