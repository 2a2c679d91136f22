import type { Subscriber } from '../../../src/simulator/bar-publisher.ts';
import type { EventBatch } from '../../../src/simulator/event-batch.ts';
import { packFrames } from '../../../src/simulator/frames.ts';
import { type Market, type MarketOptions, openMarket } from '../../../src/simulator/market.ts';

/** A Friday, 13:59:57 in New York: a minute ends soon. */
export const AT_MS = Date.UTC(2026, 9, 2, 17, 59, 57);

export type WireEvent = Readonly<Record<string, unknown>>;

/** A market, and every message that somebody would get who takes all of it. */
export class MarketTape implements Subscriber {
  readonly market: Market;
  readonly wanted: Uint8Array;
  readonly messages: string[] = [];
  readonly #eventsPerFrame: number;

  constructor(options: Partial<MarketOptions> = {}, eventsPerFrame = 300) {
    this.market = openMarket({
      market: 'stocks',
      symbols: 50,
      seed: 1,
      barsPerSecond: 30,
      atMs: AT_MS,
      lateShare: 0.05,
      truthFile: undefined,
      ...options,
    });
    this.#eventsPerFrame = eventsPerFrame;
    this.wanted = new Uint8Array(this.market.universe.count).fill(3);
    this.market.publisher.join(this);
  }

  /** Lets the market run until `seconds` after its start, and returns all events so far. */
  runTo(seconds: number): WireEvent[] {
    while (this.market.feed.dueMs <= AT_MS + seconds * 1000) this.market.feed.step();
    return this.events;
  }

  get events(): WireEvent[] {
    return this.messages.flatMap(message => JSON.parse(message) as WireEvent[]);
  }

  take(batch: EventBatch): void {
    for (const { bytes, from, to } of packFrames(batch, this.wanted, this.#eventsPerFrame, [])) {
      this.messages.push(bytes.toString('utf8'));
      for (let index = from; index < to; index++) if (batch.wants(index, this.wanted)) batch.taken[index]!++;
    }
  }
}
