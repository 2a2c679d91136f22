import type { Clock, Timer } from '../base/clock.ts';
import type { MarketFeed } from './market-feed.ts';

const TICK_MS = 10;
/** So that sockets and control requests get their turn when a lot is due. */
const LONGEST_RUN_MS = 20;

/** The time of the simulated markets, and what lets them send what is due. */
export class MarketTime {
  readonly #clock: Clock;
  readonly #feeds: readonly MarketFeed[];
  readonly #speed: number;
  readonly #afterTick: () => void;
  #baseMarketMs: number;
  #baseClockMs: number;
  #paused = false;
  #timer: Timer | undefined;

  /** @param afterTick runs after whatever was due has been sent */
  constructor(
    clock: Clock,
    feeds: readonly MarketFeed[],
    startMarketMs: number,
    speed: number,
    afterTick: () => void,
  ) {
    this.#clock = clock;
    this.#feeds = feeds;
    this.#speed = speed;
    this.#afterTick = afterTick;
    this.#baseMarketMs = startMarketMs;
    this.#baseClockMs = clock.monotonicMs();
  }

  /** From now on what is due is sent. */
  start(): void {
    this.#baseClockMs = this.#clock.monotonicMs();
    this.#arm(TICK_MS);
  }

  /** Market time, ms since 1970. */
  get nowMs(): number {
    if (this.#paused) return this.#baseMarketMs;
    return this.#baseMarketMs + (this.#clock.monotonicMs() - this.#baseClockMs) * this.#speed;
  }

  /** How far what is sent lags behind what is due, in market time: more than a moment means an overloaded machine. */
  get behindMs(): number {
    return Math.max(0, this.nowMs - Math.min(...this.#feeds.map(feed => feed.dueMs)));
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Stops market time: no bar is sent until it goes on. */
  pause(): void {
    if (this.#paused) return;
    this.#baseMarketMs = this.nowMs;
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#baseClockMs = this.#clock.monotonicMs();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #arm(delayMs: number): void {
    this.#timer = this.#clock.after(delayMs, () => this.#tick());
  }

  #tick(): void {
    const began = this.#clock.monotonicMs();
    const nowMs = this.nowMs;
    let done = this.#paused;
    while (!done && this.#clock.monotonicMs() - began < LONGEST_RUN_MS) {
      const feed = this.#next();
      if (feed.dueMs > nowMs) done = true;
      else feed.step();
    }
    this.#afterTick();
    this.#arm(done ? TICK_MS : 0);
  }

  #next(): MarketFeed {
    return this.#feeds.reduce((first, feed) => (feed.dueMs < first.dueMs ? feed : first));
  }
}
