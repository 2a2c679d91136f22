/** The markets, as Massive's addresses name them. */
export const SIMULATED_MARKETS = ['stocks', 'options', 'indices', 'forex', 'crypto', 'futures'] as const;

export type SimulatedMarket = (typeof SIMULATED_MARKETS)[number];

export const SIMULATED_EXCHANGES = ['cme', 'cbot', 'nymex', 'comex'] as const;

export type SimulatedExchange = (typeof SIMULATED_EXCHANGES)[number];

/** How a market writes its bars and how its numbers look. Source: Massive's WebSocket reference. */
export interface MarketTraits {
  readonly market: SimulatedMarket;
  readonly secondChannel: string;
  readonly minuteChannel: string;
  /** Channels that exist, but carry no aggregates: refused as `not authorized`. */
  readonly otherChannels: readonly string[];
  readonly tickerField: 'sym' | 'pair';
  readonly fields: 'equity' | 'index' | 'forex' | 'crypto' | 'futures';
  /** Where its day begins and ends. */
  readonly zone: string;
  /** Start of the day as hours after midnight of the zone; negative: on the evening before. */
  readonly dayStartHour: number;
  /** Minutes after midnight at which the official open is made; undefined where there is none. */
  readonly officialOpenMinute: number | undefined;
  /** Prices are whole numbers of 10^-priceDecimals. */
  readonly priceDecimals: number;
  /** Volumes are whole numbers of 10^-volumeDecimals. */
  readonly volumeDecimals: number;
}

const NEW_YORK = 'America/New_York';

const EQUITY = {
  secondChannel: 'A',
  minuteChannel: 'AM',
  tickerField: 'sym',
  fields: 'equity',
  zone: NEW_YORK,
  dayStartHour: 0,
  officialOpenMinute: 9 * 60 + 30,
  volumeDecimals: 6,
} as const;

export const MARKET_TRAITS: Readonly<Record<SimulatedMarket, MarketTraits>> = {
  stocks: { ...EQUITY, market: 'stocks', otherChannels: ['T', 'Q', 'LULD', 'NOI', 'FMV'], priceDecimals: 4 },
  options: { ...EQUITY, market: 'options', otherChannels: ['T', 'Q', 'FMV'], priceDecimals: 4 },
  indices: {
    ...EQUITY,
    market: 'indices',
    fields: 'index',
    otherChannels: ['V'],
    priceDecimals: 2,
    volumeDecimals: 0,
  },
  forex: {
    market: 'forex',
    secondChannel: 'CAS',
    minuteChannel: 'CA',
    otherChannels: ['C', 'FMV'],
    tickerField: 'pair',
    fields: 'forex',
    zone: 'UTC',
    dayStartHour: 0,
    officialOpenMinute: undefined,
    priceDecimals: 5,
    volumeDecimals: 0,
  },
  crypto: {
    market: 'crypto',
    secondChannel: 'XAS',
    minuteChannel: 'XA',
    otherChannels: ['XT', 'XQ', 'XL2', 'FMV'],
    tickerField: 'pair',
    fields: 'crypto',
    zone: 'UTC',
    dayStartHour: 0,
    officialOpenMinute: undefined,
    priceDecimals: 6,
    volumeDecimals: 8,
  },
  futures: {
    market: 'futures',
    secondChannel: 'A',
    minuteChannel: 'AM',
    otherChannels: ['T', 'Q'],
    tickerField: 'sym',
    fields: 'futures',
    zone: 'America/Chicago',
    dayStartHour: -7,
    officialOpenMinute: undefined,
    priceDecimals: 4,
    volumeDecimals: 0,
  },
};

/** What one address serves: a market, or the futures of one exchange. */
export interface Cluster {
  readonly path: string;
  readonly market: SimulatedMarket;
  readonly exchange: SimulatedExchange | undefined;
}

/** The cluster at the path of a URL; undefined where Massive has none. */
export function clusterAt(path: string): Cluster | undefined {
  const [market, exchange, ...rest] = path.replace(/^\/|\/$/g, '').split('/');
  const known = SIMULATED_MARKETS.find(name => name === market);
  if (!known || rest.length > 0) return undefined;
  if (exchange === undefined) return { path: `/${known}`, market: known, exchange: undefined };
  const knownExchange = SIMULATED_EXCHANGES.find(name => name === exchange);
  if (known !== 'futures' || !knownExchange) return undefined;
  return { path: `/futures/${knownExchange}`, market: known, exchange: knownExchange };
}
