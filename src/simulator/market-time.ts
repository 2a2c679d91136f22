import type { Clock, Timer } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { MarketFeed } from './market-feed.ts';

const TICK_MS = 10;
/** So that sockets and control requests get their turn when a lot is due. */
const LONGEST_RUN_MS = 20;
/** In real time. */
const ALARMING_MS = 2000;

export interface MarketTimeOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly feeds: readonly MarketFeed[];
  /** Market time at the start, ms since 1970. */
  readonly startMs: number;
  /** Seconds of market time in a second. */
  readonly speed: number;
  /** Runs after whatever was due has been sent. */
  readonly afterTick: () => void;
}

/** The time of the simulated markets, and what lets them send what is due. */
export class MarketTime {
  readonly #options: MarketTimeOptions;
  #baseMarketMs: number;
  #baseClockMs: number;
  #paused = false;
  #alarmed = false;
  #timer: Timer | undefined;

  constructor(options: MarketTimeOptions) {
    this.#options = options;
    this.#baseMarketMs = options.startMs;
    this.#baseClockMs = options.clock.monotonicMs();
  }

  /** From now on what is due is sent. */
  start(): void {
    this.#baseClockMs = this.#options.clock.monotonicMs();
    this.#arm(TICK_MS);
  }

  /** Market time, ms since 1970. */
  get nowMs(): number {
    if (this.#paused) return this.#baseMarketMs;
    return this.#baseMarketMs + (this.#options.clock.monotonicMs() - this.#baseClockMs) * this.#options.speed;
  }

  /** How far what is sent lags behind what is due, in market time: more than a moment means an overloaded machine. */
  get behindMs(): number {
    return Math.max(0, this.nowMs - Math.min(...this.#options.feeds.map(feed => feed.dueMs)));
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
    this.#baseClockMs = this.#options.clock.monotonicMs();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #arm(delayMs: number): void {
    this.#timer = this.#options.clock.after(delayMs, () => this.#tick());
  }

  #tick(): void {
    const began = this.#options.clock.monotonicMs();
    const nowMs = this.nowMs;
    let done = this.#paused;
    while (!done && this.#options.clock.monotonicMs() - began < LONGEST_RUN_MS) {
      const feed = this.#next();
      if (feed.dueMs > nowMs) done = true;
      else feed.step();
    }
    this.#options.afterTick();
    this.#watch();
    this.#arm(done ? TICK_MS : 0);
  }

  #watch(): void {
    const behindMs = this.behindMs / this.#options.speed;
    if (behindMs > ALARMING_MS === this.#alarmed) return;
    this.#alarmed = !this.#alarmed;
    if (this.#alarmed) this.#options.logger.warn('this machine cannot keep up with the rate', { behindMs });
    else this.#options.logger.info('keeps up with the rate again');
  }

  #next(): MarketFeed {
    return this.#options.feeds.reduce((first, feed) => (feed.dueMs < first.dueMs ? feed : first));
  }
}
