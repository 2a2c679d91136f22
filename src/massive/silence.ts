/** How many times the longest recent silence is still normal. */
const ALLOWED_FACTOR = 3;

/** How long a silence stays recent: between one and two of these, in ms of observed time. */
const RECENT_MS = 1_800_000;

export interface SilenceLimits {
  /** Never less than this is stale. */
  readonly floorMs: number;
  /** More than this always is. */
  readonly ceilingMs: number;
}

/**
 * Tells a connection that has died quietly from a subscription that is quiet by nature. It learns how long this
 * subscription has recently been silent on a living connection, while its market was open, and allows a multiple of
 * that. Each replacement connection that brings nothing doubles what is allowed: the silence was not its fault.
 *
 * All times are monotonic milliseconds. The knowledge outlives a connection.
 */
export class SilenceMonitor {
  readonly #limits: SilenceLimits;
  #sinceMs = 0;
  #longestMs = 0;
  #previousLongestMs = 0;
  #recentSinceMs = 0;
  #fruitless = 0;
  #suspected = false;

  constructor(limits: SilenceLimits) {
    this.#limits = limits;
  }

  /** Silence up to now means nothing and teaches nothing: there was no connection, or the market was closed. */
  ignoreUntil(nowMs: number): void {
    this.#recentSinceMs += nowMs - this.#sinceMs;
    this.#sinceMs = nowMs;
    this.#suspected = false;
  }

  /** Data has come. Called for every frame. */
  heard(nowMs: number): void {
    // Only data makes knowledge old: a long silence must not forget that long silences are usual.
    if (nowMs - this.#recentSinceMs >= RECENT_MS) {
      this.#recentSinceMs = nowMs;
      this.#previousLongestMs = this.#longestMs;
      this.#longestMs = 0;
    }
    const silentMs = nowMs - this.#sinceMs;
    if (silentMs > this.#longestMs) this.#longestMs = silentMs;
    this.#sinceMs = nowMs;
    this.#fruitless = 0;
    this.#suspected = false;
  }

  silentMs(nowMs: number): number {
    return nowMs - this.#sinceMs;
  }

  /**
   * Whether the connection is to be replaced: too silent at two looks in a row, because a busy process may have left
   * data unread at the first.
   */
  isStale(nowMs: number): boolean {
    if (this.silentMs(nowMs) <= this.#allowedMs()) return false;
    if (this.#suspected) {
      this.#fruitless++;
      return true;
    }
    this.#suspected = true;
    return false;
  }

  #allowedMs(): number {
    const { floorMs, ceilingMs } = this.#limits;
    const usualMs = ALLOWED_FACTOR * Math.max(this.#longestMs, this.#previousLongestMs);
    return Math.min(ceilingMs, Math.max(floorMs, usualMs) * 2 ** this.#fruitless);
  }
}
