import type { AggregateTableName } from '../../tables/definitions.ts';
import { type DateDays, isoDateOf } from '../../tables/epoch.ts';
import type { Market } from '../../tables/markets.ts';
import { restTicker } from '../canonical-ticker.ts';
import { type Page, pagesOf } from './pages.ts';
import type { RestRequests } from './requests.ts';

export const TIMESPANS = ['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'] as const;

export type Timespan = (typeof TIMESPANS)[number];

/** The most base bars that a page scans. */
const PAGE_BARS = 50_000;

const NS_OF_MS = 1_000_000n;

/** Which of the two prices of a share that was split since. */
export interface Adjustment {
  /** True: as if today's splits had been there always. REST's own default; files never are. */
  readonly adjusted?: boolean;
}

export interface CustomBarQuery extends Adjustment {
  readonly market: Exclude<Market, 'futures'>;
  readonly sym: string;
  readonly multiplier: number;
  readonly timespan: Timespan;
  /** A date, or ms since 1970; both ends included. */
  readonly from: string | number;
  readonly to: string | number;
}

/**
 * Custom bars, ascending: bars of `multiplier` timespans. More than a month of minutes in one query may have gaps.
 *
 * Source: Massive's REST documentation, `/v2/aggs/ticker/{ticker}/range/...`.
 */
export function customBars(
  requests: RestRequests,
  query: CustomBarQuery,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  const { market, sym, multiplier, timespan, from, to, adjusted = false } = query;
  const path = `/v2/aggs/ticker/${inPath(restTicker(market, sym))}/range/${multiplier}/${timespan}/${from}/${to}`;
  return pagesOf(requests, requests.url(path, { adjusted, sort: 'asc', limit: PAGE_BARS }), signal);
}

export interface FuturesBarQuery {
  readonly sym: string;
  /** `1sec`, `1min` to `59min`, `1session`. */
  readonly resolution: string;
  /** Starts of windows, ms since 1970; the last one not included. */
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Bars of futures, ascending. Source: Massive's REST documentation, `/futures/v1/aggs/{ticker}`. */
export function futuresBars(
  requests: RestRequests,
  { sym, resolution, fromMs, untilMs }: FuturesBarQuery,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  const url = requests.url(`/futures/v1/aggs/${inPath(sym)}`, {
    resolution,
    'window_start.gte': nanoseconds(fromMs),
    'window_start.lt': nanoseconds(untilMs),
    sort: 'window_start.asc',
    limit: PAGE_BARS,
  });
  return pagesOf(requests, url, signal);
}

/** Markets whose day bars can be had for all symbols at once. */
const GROUPED_PATHS = {
  stocks: 'us/market/stocks',
  forex: 'global/market/fx',
  crypto: 'global/market/crypto',
} as const satisfies Partial<Record<Market, string>>;

export type GroupedMarket = keyof typeof GROUPED_PATHS;

export function isGroupedMarket(market: Market): market is GroupedMarket {
  return market in GROUPED_PATHS;
}

/**
 * The day bars of all symbols of one date. `t` is the end of each window there, so the date asked for is theirs.
 *
 * Source: Massive's REST documentation, `/v2/aggs/grouped/locale/...`.
 */
export function groupedBars(
  requests: RestRequests,
  market: GroupedMarket,
  date: DateDays,
  signal: AbortSignal,
  { adjusted = false }: Adjustment = {},
): AsyncGenerator<Page> {
  const path = `/v2/aggs/grouped/locale/${GROUPED_PATHS[market]}/${isoDateOf(date)}`;
  return pagesOf(requests, requests.url(path, { adjusted }), signal);
}

/** The day bar of the last session that has ended; `t` is the end of its window. */
export function previousBar(
  requests: RestRequests,
  market: Exclude<Market, 'futures'>,
  sym: string,
  signal: AbortSignal,
  { adjusted = false }: Adjustment = {},
): AsyncGenerator<Page> {
  const path = `/v2/aggs/ticker/${inPath(restTicker(market, sym))}/prev`;
  return pagesOf(requests, requests.url(path, { adjusted }), signal);
}

/** What custom bars call the windows of a table. */
export const TIMESPAN_OF: Readonly<Record<AggregateTableName, Timespan>> = {
  agg1s: 'second',
  agg1m: 'minute',
  agg1d: 'day',
};

/** What the bars of futures call the windows of a table. */
export const RESOLUTION_OF: Readonly<Record<AggregateTableName, string>> = {
  agg1s: '1sec',
  agg1m: '1min',
  agg1d: '1session',
};

function nanoseconds(ms: number): string {
  return String(BigInt(ms) * NS_OF_MS);
}

function inPath(ticker: string): string {
  return encodeURIComponent(ticker).replaceAll('%3A', ':');
}
