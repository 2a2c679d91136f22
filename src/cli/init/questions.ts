import { nearest } from '../../config/nearest.ts';
import { schemaAt } from '../../config/settings.ts';
import { ADDRESS_FORMS, parseTargetAddress, type TargetAddress } from '../../config/target-address.ts';
import { channelsOf } from '../../massive/channels.ts';
import { ALL_TICKERS, SubscriptionError, subscriptionsTo } from '../../massive/subscription.ts';
import { exampleTicker } from '../../massive/tickers.ts';
import { MARKETS, type Market } from '../../tables/markets.ts';

/** Where the key will be; never the key. */
export type KeyPlace = { readonly variable: string } | { readonly file: string };

/** What a first configuration is made of. */
export interface Answers {
  readonly market: Market;
  readonly channels: readonly string[];
  readonly symbols: readonly string[];
  readonly target: TargetAddress;
  readonly key: KeyPlace;
}

/** Why an answer cannot be used, as it follows the name of what was asked for: `is "stock"; allowed: ...`. */
export interface Problem {
  readonly problem: string;
}

/** One question, and how its answer is read. */
export interface Question<T> {
  /** The flag that answers it. */
  readonly flag: string;
  /** In one line or more. */
  readonly text: readonly string[];
  /** What no answer stands for. */
  readonly default: string;
  read(answer: string): { readonly value: T } | Problem;
}

export const marketQuestion: Question<Market> = {
  flag: 'market',
  text: ['Which market?', MARKETS.join(', ')],
  default: 'stocks',
  read(answer) {
    const market = MARKETS.find(known => known === answer.trim().toLowerCase());
    if (market) return { value: market };
    const meant = nearest(answer, MARKETS);
    return {
      problem: `is "${answer}"; allowed: ${MARKETS.join(', ')}${meant ? `; did you mean ${meant}?` : ''}`,
    };
  },
};

export function channelsQuestion(market: Market): Question<readonly string[]> {
  const channels = channelsOf(market);
  const meanings = channels.map(
    ({ channel, table }) => `${channel}: bars of a ${table === 'agg1s' ? 'second' : 'minute'}`,
  );
  return {
    flag: 'channels',
    text: ['Which channels?', `${meanings.join('; ')}; several with commas between`],
    default: channels.map(({ channel }) => channel).join(','),
    read: answer => subscribable(listOf(answer), names => subscriptionsTo(market, names, [ALL_TICKERS])),
  };
}

export function symbolsQuestion(market: Market, channels: readonly string[]): Question<readonly string[]> {
  return {
    flag: 'symbols',
    text: [
      'Which symbols?',
      `such as ${exampleTicker(market)}, several with commas between; * is the whole market`,
    ],
    default: ALL_TICKERS,
    read: answer => subscribable(listOf(answer), symbols => subscriptionsTo(market, channels, symbols)),
  };
}

export const targetQuestion: Question<TargetAddress> = {
  flag: 'target',
  text: ['Where is the tickerplant?', ADDRESS_FORMS],
  default: ':5010',
  read(answer) {
    const address = parseTargetAddress(answer.trim());
    if ('problem' in address) return address;
    const wrong = (['host', 'user'] as const).find(
      name =>
        address[name] !== null && schemaAt(['targets', 0, name])?.safeParse(address[name]).success === false,
    );
    return wrong
      ? { problem: `has a ${wrong} that cannot be used; allowed: ${ADDRESS_FORMS}` }
      : { value: address };
  },
};

const VARIABLE = /^[A-Z][A-Z0-9_]*$/;

export const keyQuestion: Question<KeyPlace> = {
  flag: 'key-variable or --key-file',
  text: ['Where will the API key be?', 'the name of a variable, or the path of a file; never the key itself'],
  default: 'MASSIVE_API_KEY',
  read(answer) {
    const place = answer.trim();
    if (VARIABLE.test(place)) return { value: { variable: place } };
    if (/^(~|\.{0,2})\//.test(place)) return { value: { file: place } };
    // What is neither may be the key itself: it is not repeated.
    return {
      problem: 'is neither the name of a variable in capitals nor a path with a slash (it is not shown here)',
    };
  },
};

function listOf(answer: string): readonly string[] {
  return answer
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '');
}

function subscribable(
  names: readonly string[],
  check: (names: readonly string[]) => unknown,
): { readonly value: readonly string[] } | Problem {
  if (names.length === 0) return { problem: 'is empty' };
  try {
    check(names);
    return { value: names };
  } catch (error) {
    if (error instanceof SubscriptionError)
      return { problem: `cannot be used: ${error.problems.join('; ')}` };
    throw error;
  }
}
