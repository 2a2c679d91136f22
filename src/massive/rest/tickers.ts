import { type DateDays, isoDateOf } from '../../tables/epoch.ts';
import type { Market } from '../../tables/markets.ts';
import { canonicalTicker } from '../canonical-ticker.ts';
import { isObject, textIn } from './json.ts';
import { pagesOf } from './pages.ts';
import type { RestRequests } from './requests.ts';

const PAGE_TICKERS = 1000;

/** What the list of tickers calls a market; options have a list of their own, of futures there is none. */
const MARKET_NAMES = { stocks: 'stocks', indices: 'indices', forex: 'fx', crypto: 'crypto' } as const;

export type ListedMarket = Exclude<Market, 'futures'>;

export function isListedMarket(market: Market): market is ListedMarket {
  return market !== 'futures';
}

/**
 * The symbols that were active on a date, in their canonical form, ascending as Massive spells them. What names no symbol
 * of the market is left out, counted and, the first time, told to `onUnknown`.
 *
 * Source: Massive's REST documentation, `/v3/reference/tickers` and `/v3/reference/options/contracts`.
 */
export async function* activeSymbols(
  requests: RestRequests,
  market: ListedMarket,
  date: DateDays,
  signal: AbortSignal,
  onUnknown: (ticker: string) => void,
): AsyncGenerator<string> {
  const isoDate = isoDateOf(date);
  const order = { sort: 'ticker', order: 'asc', limit: PAGE_TICKERS };
  const first =
    market === 'options'
      ? requests.url('/v3/reference/options/contracts', { as_of: isoDate, expired: false, ...order })
      : requests.url('/v3/reference/tickers', {
          market: MARKET_NAMES[market],
          date: isoDate,
          active: true,
          ...order,
        });
  const unknown = requests.counters.counter('rest_tickers_unknown', { market });
  for await (const { results } of pagesOf(requests, first, signal)) {
    for (const row of results) {
      const ticker = isObject(row) ? textIn(row, 'ticker') : undefined;
      const sym = ticker === undefined ? undefined : canonicalTicker(market, ticker);
      if (sym !== undefined) {
        yield sym;
        continue;
      }
      if (unknown.total === 0) onUnknown(ticker ?? JSON.stringify(row));
      unknown.add();
    }
  }
}
