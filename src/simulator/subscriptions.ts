import { type BarKind, MINUTE_BAR, SECOND_BAR } from './event.ts';
import { KIND_BITS } from './event-batch.ts';
import type { Cluster } from './markets.ts';
import { NOT_AUTHORIZED, subscribed, unsubscribed } from './status-messages.ts';
import { MAX_SYMBOLS, type Universe } from './universe.ts';

/** Most pairs that one connection may hold: both kinds of bars of the largest market. */
export const MAX_PAIRS = 2 * MAX_SYMBOLS;

/** What one connection is subscribed to, and how the service answers when that changes. */
export class Subscriptions {
  /** A byte for each symbol of the universe; see KIND_BITS. */
  readonly wanted: Uint8Array;
  readonly #universe: Universe;
  readonly #cluster: Cluster;
  readonly #held = new Set<string>();

  constructor(universe: Universe, cluster: Cluster) {
    this.#universe = universe;
    this.#cluster = cluster;
    this.wanted = new Uint8Array(universe.count);
  }

  get count(): number {
    return this.#held.size;
  }

  /**
   * Subscribes to a list like `A.AAPL, AM.*` and returns the status elements that answer it. As the service does: one
   * for each new pair, known ticker or not; none for what is held already; none at all for an unknown channel; a
   * refusal that names nothing for a channel outside the plan.
   */
  subscribe(params: string): string[] {
    const answers: string[] = [];
    for (const { pair, channel, ticker } of pairsOf(params)) {
      const kind = this.#kindOf(channel);
      if (kind === undefined) {
        if (this.#universe.traits.otherChannels.includes(channel)) answers.push(NOT_AUTHORIZED);
      } else if (!this.#held.has(pair)) {
        this.#held.add(pair);
        this.#refresh(kind, channel, ticker);
        answers.push(subscribed(pair));
      }
    }
    return answers;
  }

  /** Unsubscribes from a list, and returns the status elements: one for each pair that was held. */
  unsubscribe(params: string): string[] {
    const answers: string[] = [];
    for (const { pair, channel, ticker } of pairsOf(params)) {
      const kind = this.#kindOf(channel);
      if (kind === undefined || !this.#held.delete(pair)) continue;
      this.#refresh(kind, channel, ticker);
      answers.push(unsubscribed(pair));
    }
    return answers;
  }

  #kindOf(channel: string): BarKind | undefined {
    const { secondChannel, minuteChannel } = this.#universe.traits;
    if (channel === secondChannel) return SECOND_BAR;
    return channel === minuteChannel ? MINUTE_BAR : undefined;
  }

  #refresh(kind: BarKind, channel: string, ticker: string): void {
    if (ticker !== '*') {
      const symbol = this.#universe.indexOf.get(ticker);
      if (symbol !== undefined) this.#refreshSymbol(kind, channel, symbol);
      return;
    }
    for (let symbol = 0; symbol < this.#universe.count; symbol++) this.#refreshSymbol(kind, channel, symbol);
  }

  #refreshSymbol(kind: BarKind, channel: string, symbol: number): void {
    const { exchange } = this.#cluster;
    if (exchange !== undefined && this.#universe.instruments[symbol]!.exchange !== exchange) return;
    const held =
      this.#held.has(`${channel}.*`) || this.#held.has(`${channel}.${this.#universe.tickers[symbol]}`);
    if (held) this.wanted[symbol]! |= KIND_BITS[kind];
    else this.wanted[symbol]! &= ~KIND_BITS[kind];
  }
}

/** The pairs of a comma list; the channel ends at the first dot, as tickers have dots too. */
function pairsOf(params: string): { pair: string; channel: string; ticker: string }[] {
  return params
    .split(',')
    .map(text => text.trim())
    .filter(pair => pair.includes('.'))
    .map(pair => {
      const dot = pair.indexOf('.');
      return { pair, channel: pair.slice(0, dot), ticker: pair.slice(dot + 1) };
    });
}
