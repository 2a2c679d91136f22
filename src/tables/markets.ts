/** The markets, as they stand in column `mkt`. */
export const MARKETS = ['stocks', 'options', 'indices', 'forex', 'crypto', 'futures'] as const;

export type Market = (typeof MARKETS)[number];

/** The exchanges whose futures have a stream and files of their own. */
export const FUTURES_EXCHANGES = ['cme', 'cbot', 'nymex', 'comex'] as const;

export type FuturesExchange = (typeof FUTURES_EXCHANGES)[number];

/** The time zone in which a market's trading dates and column `time` are counted. */
export const SESSION_ZONE: Readonly<Record<Market, string>> = {
  stocks: 'America/New_York',
  options: 'America/New_York',
  indices: 'America/New_York',
  forex: 'UTC',
  crypto: 'UTC',
  futures: 'America/Chicago',
};
