import { MassiveKdbError } from '../base/errors.ts';
import { nearest } from '../config/nearest.ts';
import type { Market } from '../tables/markets.ts';
import { channelsOf, findChannel, tickerLimit } from './channels.ts';
import { tickerProblem } from './tickers.ts';

/** Every ticker of a channel. */
export const ALL_TICKERS = '*';

/** One ticker, or all of them, on one channel. */
export interface Subscription {
  readonly channel: string;
  readonly ticker: string;
}

/** Most problems that one message spells out. */
const PROBLEMS_SHOWN = 5;

/** Subscriptions that cannot be asked for. `problems` are all that is wrong. Code `MASSIVE_SUBSCRIPTION`. */
export class SubscriptionError extends MassiveKdbError {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const more = problems.length - PROBLEMS_SHOWN;
    super('MASSIVE_SUBSCRIPTION', {
      what: problems.slice(0, PROBLEMS_SHOWN).join('; ') + (more > 0 ? `; and ${more} more` : ''),
      remedy: 'Correct the channels and symbols of the feed.',
    });
    this.problems = problems;
  }
}

/** As it stands in a message: `AM.AAPL`. */
export function pairOf(subscription: Subscription): string {
  return `${subscription.channel}.${subscription.ticker}`;
}

/**
 * Reads a list of pairs: `A.AAPL, AM.*`. A pair is split at its first dot, so `A.BRK.B` is ticker BRK.B.
 *
 * @throws SubscriptionError
 */
export function parseSubscriptions(market: Market, list: string): readonly Subscription[] {
  const subscriptions: Subscription[] = [];
  const problems: string[] = [];
  for (const pair of splitList(list)) {
    const dot = pair.indexOf('.');
    if (dot < 0) problems.push(`'${pair}' is not <channel>.<ticker>, like ${channelNames(market)[0]}.*`);
    else subscriptions.push({ channel: pair.slice(0, dot), ticker: pair.slice(dot + 1) });
  }
  return checkedSubscriptions(market, subscriptions, problems);
}

/**
 * Every ticker on every channel; the ticker `*` is all of them.
 *
 * @throws SubscriptionError
 */
export function subscriptionsTo(
  market: Market,
  channels: readonly string[],
  tickers: readonly string[],
): readonly Subscription[] {
  const subscriptions = channels.flatMap(channel => tickers.map(ticker => ({ channel, ticker })));
  return checkedSubscriptions(market, subscriptions, []);
}

/** The entries of a comma list, without blanks and empty ones. */
function splitList(list: string): readonly string[] {
  return list
    .split(',')
    .map(entry => entry.trim())
    .filter(entry => entry !== '');
}

function checkedSubscriptions(
  market: Market,
  subscriptions: readonly Subscription[],
  found: readonly string[],
): readonly Subscription[] {
  const distinct = withoutDuplicates(subscriptions);
  const problems = [
    ...found,
    ...channelProblems(market, distinct),
    ...tickerProblems(market, distinct),
    ...limitProblems(market, distinct),
  ];
  if (problems.length === 0 && distinct.length === 0) problems.push('the feed has no subscription');
  if (problems.length > 0) throw new SubscriptionError(problems);
  return distinct;
}

/** Each pair once; where a channel is asked for as a whole, its single tickers are in that. */
function withoutDuplicates(subscriptions: readonly Subscription[]): readonly Subscription[] {
  const whole = new Set(subscriptions.filter(s => s.ticker === ALL_TICKERS).map(s => s.channel));
  const byPair = new Map<string, Subscription>();
  for (const subscription of subscriptions) {
    if (subscription.ticker !== ALL_TICKERS && whole.has(subscription.channel)) continue;
    byPair.set(pairOf(subscription), subscription);
  }
  return [...byPair.values()];
}

/** Massive never answers a channel that it does not know, so that has to be caught here. */
function channelProblems(market: Market, subscriptions: readonly Subscription[]): readonly string[] {
  const names = channelNames(market);
  const unknown = new Set(subscriptions.map(s => s.channel).filter(name => !findChannel(market, name)));
  return [...unknown].map(name => {
    const meant = nearest(name, names);
    const hint = meant ? `, did you mean ${meant}?` : '';
    return `'${name}' is not an aggregate channel of ${market} (${names.join(', ')})${hint}`;
  });
}

function tickerProblems(market: Market, subscriptions: readonly Subscription[]): readonly string[] {
  const tickers = new Set(subscriptions.map(s => s.ticker));
  tickers.delete(ALL_TICKERS);
  return [...tickers].map(ticker => tickerProblem(market, ticker)).filter(problem => problem !== undefined);
}

/** What exceeds the number of tickers that Massive lets one connection name on a channel. */
export function limitProblems(market: Market, subscriptions: readonly Subscription[]): readonly string[] {
  return [...new Set(subscriptions.map(s => s.channel))].flatMap(channel => {
    const limit = tickerLimit(market, channel);
    if (limit === undefined) return [];
    const onChannel = subscriptions.filter(s => s.channel === channel);
    if (onChannel.some(s => s.ticker === ALL_TICKERS)) {
      return [`${market} ${channel} cannot be subscribed to as a whole, only up to ${limit} tickers`];
    }
    if (onChannel.length <= limit) return [];
    return [`${onChannel.length} tickers on ${market} ${channel}, where one connection may have ${limit}`];
  });
}

function channelNames(market: Market): readonly string[] {
  return channelsOf(market).map(channel => channel.channel);
}
