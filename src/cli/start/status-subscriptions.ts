import { EndingError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-codes.ts';
import type { Logger } from '../../base/logger.ts';
import { ALL_TICKERS, type Subscription, subscriptionsTo } from '../../massive/subscription.ts';
import type { Subscriptions } from '../../ops/status/report.ts';
import type { Market } from '../../tables/markets.ts';

/** Symbols that one answer lists; their number is told beside them. */
const MOST_LISTED = 2_000;
/** Symbols that one request changes. */
const MOST_CHANGED = 1_000;

const HOLDS = 'This holds until the next start or reload, which go by the configuration.';

/** Subscriptions cannot be changed as it was asked. Code `SUBSCRIPTION_REQUEST`. */
export class SubscriptionRequestError extends EndingError {
  constructor(what: string, remedy: string) {
    super('SUBSCRIPTION_REQUEST', ExitCode.usage, { what, remedy });
  }
}

/** What is needed of a feed. */
export interface SubscribedFeed {
  readonly subscriptions: readonly Subscription[];
  updateSubscriptions(subscriptions: readonly Subscription[]): void;
}

export interface SubscriptionDeskParts {
  readonly market: Market;
  readonly feed: SubscribedFeed;
  readonly failedPairs: () => readonly string[];
  readonly logger: Logger;
}

/**
 * Shows and changes the symbols of a running feed. A change by hand holds until the next start or reload, which go by the
 * configuration.
 */
export class SubscriptionDesk {
  readonly #parts: SubscriptionDeskParts;

  constructor(parts: SubscriptionDeskParts) {
    this.#parts = parts;
  }

  list(): Subscriptions {
    const { feed, failedPairs } = this.#parts;
    const symbols = this.#symbols();
    return {
      channels: channelsIn(feed.subscriptions),
      symbols: symbols.slice(0, MOST_LISTED),
      count: symbols.length,
      failedPairs: failedPairs().slice(0, MOST_LISTED),
    };
  }

  /** Throws SubscriptionRequestError, SubscriptionError. */
  add(symbols: readonly string[]): Subscriptions {
    this.#requireSome(symbols);
    const held = new Set(this.#symbols());
    if (held.has(ALL_TICKERS)) {
      throw new SubscriptionRequestError(
        `the feed is subscribed to the whole market, with ${symbols.join(', ')} in it`,
        'Nothing is to be done.',
      );
    }
    const added = symbols.filter(symbol => !held.has(symbol));
    return this.#change([...held, ...added], `added ${added.join(', ') || 'nothing new'}`);
  }

  /** Throws SubscriptionRequestError. */
  remove(symbols: readonly string[]): Subscriptions {
    this.#requireSome(symbols);
    const held = new Set(this.#symbols());
    const foreign = symbols.filter(symbol => !held.has(symbol));
    if (foreign.length > 0) {
      const what = held.has(ALL_TICKERS)
        ? `the feed is subscribed to the whole market: ${foreign.join(', ')} cannot be taken out of it`
        : `the feed is not subscribed to ${foreign.join(', ')}`;
      throw new SubscriptionRequestError(what, 'Name symbols of the feed as it lists them.');
    }
    for (const symbol of symbols) held.delete(symbol);
    if (held.size === 0) {
      throw new SubscriptionRequestError(
        'the last symbol of a feed cannot be removed',
        'Add another one first, or stop the daemon.',
      );
    }
    return this.#change([...held], `removed ${symbols.join(', ')}`);
  }

  #symbols(): readonly string[] {
    return [...new Set(this.#parts.feed.subscriptions.map(({ ticker }) => ticker))].sort();
  }

  #requireSome(symbols: readonly string[]): void {
    if (symbols.length > 0 && symbols.length <= MOST_CHANGED) return;
    throw new SubscriptionRequestError(
      symbols.length === 0 ? 'no symbol is named' : `${symbols.length} symbols are too many for one request`,
      `Name 1 to ${MOST_CHANGED} symbols.`,
    );
  }

  #change(symbols: readonly string[], what: string): Subscriptions {
    const { feed, market, logger } = this.#parts;
    feed.updateSubscriptions(subscriptionsTo(market, channelsIn(feed.subscriptions), symbols));
    logger.info(`subscriptions changed by hand, until the next start or reload: ${what.slice(0, 500)}`);
    return { ...this.list(), note: HOLDS };
  }
}

/** Some of many pairs, of each channel about equally many: one that fails is not hidden behind another. */
export function someOfEach(
  channels: readonly string[],
  pairs: readonly string[],
  most: number,
): readonly string[] {
  const mostOfOne = Math.floor(most / channels.length);
  return channels.flatMap(channel =>
    pairs.filter(pair => pair.startsWith(`${channel}.`)).slice(0, mostOfOne),
  );
}

function channelsIn(subscriptions: readonly Subscription[]): readonly string[] {
  return [...new Set(subscriptions.map(({ channel }) => channel))];
}
