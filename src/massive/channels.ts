import type { StreamTableName } from '../tables/definitions.ts';
import type { Market } from '../tables/markets.ts';

/** One of Massive's WebSocket channels, and the table that it feeds. */
export interface Channel {
  /** Its name on the wire: before the dot of a subscription, and `ev` of its events. */
  readonly channel: string;
  readonly market: Market;
  readonly table: StreamTableName;
  /** The field of an event that names the ticker. */
  readonly tickerField: 'sym' | 'pair';
}

const SECOND = { table: 'agg1s' } as const;
const MINUTE = { table: 'agg1m' } as const;

/**
 * Every channel that massive-kdb takes. `A` is the second and `AM` the minute; in forex and crypto the shorter
 * name is the minute. Source: Massive's WebSocket specification.
 */
export const CHANNELS: readonly Channel[] = [
  { market: 'stocks', channel: 'A', ...SECOND, tickerField: 'sym' },
  { market: 'stocks', channel: 'AM', ...MINUTE, tickerField: 'sym' },
  { market: 'options', channel: 'A', ...SECOND, tickerField: 'sym' },
  { market: 'options', channel: 'AM', ...MINUTE, tickerField: 'sym' },
  { market: 'indices', channel: 'A', ...SECOND, tickerField: 'sym' },
  { market: 'indices', channel: 'AM', ...MINUTE, tickerField: 'sym' },
  { market: 'futures', channel: 'A', ...SECOND, tickerField: 'sym' },
  { market: 'futures', channel: 'AM', ...MINUTE, tickerField: 'sym' },
  { market: 'forex', channel: 'CAS', ...SECOND, tickerField: 'pair' },
  { market: 'forex', channel: 'CA', ...MINUTE, tickerField: 'pair' },
  { market: 'crypto', channel: 'XAS', ...SECOND, tickerField: 'pair' },
  { market: 'crypto', channel: 'XA', ...MINUTE, tickerField: 'pair' },
];

export function channelsOf(market: Market): readonly Channel[] {
  return CHANNELS.filter(channel => channel.market === market);
}

/** Those of a market that a feed names. */
export function channelsNamed(market: Market, names: readonly string[]): readonly Channel[] {
  return channelsOf(market).filter(({ channel }) => names.includes(channel));
}

export function findChannel(market: Market, name: string): Channel | undefined {
  return CHANNELS.find(channel => channel.market === market && channel.channel === name);
}

/**
 * Most tickers that one connection may name on a channel, and then never `*`. Source: Massive's WebSocket
 * specification, which has such a limit for the quotes and the fair market values of options and for nothing else:
 * aggregates are bounded by the size of a subscribe message only, and a list of any length is sent in several.
 */
const TICKER_LIMITS: Readonly<Partial<Record<Market, Readonly<Record<string, number>>>>> = {
  options: { Q: 1_000, FMV: 1_000 },
};

/** Most tickers of a channel on one connection; undefined when there is no limit. */
export function tickerLimit(market: Market, channel: string): number | undefined {
  return TICKER_LIMITS[market]?.[channel];
}
