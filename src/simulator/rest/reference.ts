import { fnv1a, hash3 } from '../hash.ts';
import { type Dividend, type Split, shareFactor } from '../history/corporate-actions.ts';
import { addDays, isDate } from '../history/dates.ts';
import type { Listing } from '../history/listings.ts';
import { jsonReply, type Reply } from '../http/reply.ts';
import type { SimulatedMarket } from '../markets.ts';
import { marketOfTicker } from './custom-bars.ts';
import { type ListTraits, referencePage } from './reference-pages.ts';
import { badRequest, NO_SUCH_TICKER } from './rest-errors.ts';
import { booleanParameter, knownSecond, type RestRequest } from './rest-request.ts';

export const TICKERS = '/v3/reference/tickers';
export const TICKER_DETAILS = /^\/v3\/reference\/tickers\/([^/]+)$/;
export const OPTION_CONTRACTS = '/v3/reference/options/contracts';
export const SPLITS = '/v3/reference/splits';
export const NEW_SPLITS = '/stocks/v1/splits';
export const DIVIDENDS = '/v3/reference/dividends';
export const NEW_DIVIDENDS = '/stocks/v1/dividends';

/** Those that the tickers endpoint knows: contracts of options and futures have lists of their own. */
const LISTED_MARKETS: readonly SimulatedMarket[] = ['stocks', 'indices', 'forex', 'crypto'];

const TICKER_LIST: ListTraits<Listing> = {
  defaultLimit: 100,
  mostLimit: 1000,
  columns: { ticker: ({ restTicker }) => restTicker, type: typeOf, market: marketNameOf },
  defaultOrder: 'asc',
  sortWithOrder: false,
};

/**
 * `GET /v3/reference/tickers`
 *
 * @throws RestRefusal
 */
export function tickers(request: RestRequest): Reply {
  const date = request.parameters.get('date');
  if (date !== undefined && !isDate(date)) throw badRequest("The parameter 'date' must be YYYY-MM-DD");
  const day = date ?? today(request);
  const active = booleanParameter(request, 'active', true);
  const search = request.parameters.get('search')?.toLowerCase();
  const rows = LISTED_MARKETS.flatMap(market => request.histories.get(market)?.listings ?? []).filter(
    listing =>
      listing.tradedOn(day) === active &&
      (search === undefined || `${listing.restTicker} ${nameOf(listing)}`.toLowerCase().includes(search)),
  );
  return referencePage(request, rows, TICKER_LIST, listing => tickerJson(listing, day));
}

/** @throws RestRefusal */
export function tickerDetails(request: RestRequest, [ticker = '']: readonly string[]): Reply {
  const market = marketOfTicker(ticker);
  const listing = LISTED_MARKETS.includes(market)
    ? request.histories.get(market)?.listing(ticker)
    : undefined;
  if (!listing) throw NO_SUCH_TICKER;
  return jsonReply(200, {
    request_id: request.id,
    results: {
      ...tickerJson(listing, today(request)),
      ...(market === 'stocks' ? { round_lot: 100, ticker_root: ticker } : {}),
    },
    status: 'OK',
  });
}

/**
 * `GET /v3/reference/options/contracts`
 *
 * @throws RestRefusal
 */
export function optionContracts(request: RestRequest): Reply {
  const rows = request.histories.get('options')?.listings ?? [];
  return referencePage(request, rows, OPTION_LIST, contractJson);
}

const OPTION_LIST: ListTraits<Listing> = {
  defaultLimit: 10,
  mostLimit: 1000,
  columns: {
    ticker: ({ ticker }) => ticker,
    underlying_ticker: listing => contractJson(listing).underlying_ticker,
    expiration_date: listing => contractJson(listing).expiration_date,
  },
  defaultOrder: 'asc',
  sortWithOrder: false,
};

function contractJson({ ticker }: Listing) {
  const [, underlying = '', date = '', side, strike] = /^O:(.+)(\d{6})([CP])(\d{8})$/.exec(ticker)!;
  return {
    cfi: side === 'C' ? 'OCASPS' : 'OPASPS',
    contract_type: side === 'C' ? 'call' : 'put',
    exercise_style: 'american',
    expiration_date: `20${date.slice(0, 2)}-${date.slice(2, 4)}-${date.slice(4)}`,
    primary_exchange: 'BATO',
    shares_per_contract: 100,
    strike_price: Number(strike) / 1000,
    ticker,
    underlying_ticker: underlying,
  };
}

interface SplitRow extends Split {
  readonly listing: Listing;
}

/**
 * `GET /v3/reference/splits`, and with more fields `GET /stocks/v1/splits`.
 *
 * @throws RestRefusal
 */
export function splits(request: RestRequest): Reply {
  const rows = stocks(request).flatMap(listing =>
    listing.splits.map((split): SplitRow => ({ ...split, listing })),
  );
  const newer = request.path === NEW_SPLITS;
  return referencePage(
    request,
    rows,
    actionList(newer, { execution_date: ({ executionDate }) => executionDate }),
    row => ({
      id: row.id,
      ticker: row.ticker,
      execution_date: row.executionDate,
      split_from: row.from,
      split_to: row.to,
      ...(newer
        ? {
            adjustment_type: row.to > row.from ? 'forward_split' : 'reverse_split',
            historical_adjustment_factor: 1 / shareFactor(row.listing.splits, addDays(row.executionDate, -1)),
          }
        : {}),
    }),
  );
}

interface DividendRow extends Dividend {
  readonly listing: Listing;
}

/**
 * `GET /v3/reference/dividends`, and with more fields `GET /stocks/v1/dividends`.
 *
 * @throws RestRefusal
 */
export function dividends(request: RestRequest): Reply {
  const rows = stocks(request).flatMap(listing =>
    listing.dividends.map((dividend): DividendRow => ({ ...dividend, listing })),
  );
  const newer = request.path === NEW_DIVIDENDS;
  const list = actionList<DividendRow>(newer, {
    ex_dividend_date: ({ exDividendDate }) => exDividendDate,
    record_date: ({ recordDate }) => recordDate,
    pay_date: ({ payDate }) => payDate,
    declaration_date: ({ declarationDate }) => declarationDate,
  });
  return referencePage(request, rows, list, row => ({
    id: row.id,
    ticker: row.ticker,
    cash_amount: row.cashAmount,
    currency: 'USD',
    declaration_date: row.declarationDate,
    ex_dividend_date: row.exDividendDate,
    record_date: row.recordDate,
    pay_date: row.payDate,
    frequency: row.frequency,
    ...(newer ? newerDividend(row) : { dividend_type: 'CD' }),
  }));
}

function newerDividend({ listing, cashAmount, exDividendDate }: DividendRow): object {
  const later = listing.dividends.filter(dividend => dividend.exDividendDate >= exDividendDate);
  return {
    distribution_type: 'recurring',
    split_adjusted_cash_amount: cashAmount / shareFactor(listing.splits, exDividendDate),
    historical_adjustment_factor: later.reduce((factor, { priceFactor }) => factor * priceFactor, 1),
  };
}

function actionList<T extends { readonly ticker: string }>(
  newer: boolean,
  dates: Readonly<Record<string, (row: T) => string>>,
): ListTraits<T> {
  return {
    defaultLimit: newer ? 100 : 10,
    mostLimit: newer ? 5000 : 1000,
    columns: { ...dates, ticker: ({ ticker }) => ticker },
    defaultOrder: 'desc',
    sortWithOrder: newer,
  };
}

function stocks({ histories }: RestRequest): readonly Listing[] {
  return histories.get('stocks')?.listings ?? [];
}

function today(request: RestRequest): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'America/New_York' }).format(
    knownSecond(request) * 1000,
  );
}

function tickerJson(listing: Listing, day: string): object {
  const { restTicker, ticker, delisted } = listing;
  const market = marketNameOf(listing);
  const common = { ticker: restTicker, name: nameOf(listing), market };
  const updated = { last_updated_utc: `${day}T06:06:01.4Z` };
  if (market === 'indices')
    return { ...common, locale: 'us', active: true, source_feed: 'CMEMarketDataPlatform' };
  if (market === 'fx' || market === 'crypto') {
    const [base, quote] = ticker.split(/[-/]/) as [string, string];
    return {
      ...common,
      locale: 'global',
      active: true,
      currency_symbol: quote,
      currency_name: quote,
      base_currency_symbol: base,
      base_currency_name: base,
      ...updated,
    };
  }
  const gone = delisted !== undefined && delisted <= day;
  return {
    ...common,
    locale: 'us',
    primary_exchange: market === 'otc' ? 'OTCM' : exchangeOf(ticker),
    type: typeOf(listing),
    active: !gone,
    currency_name: 'usd',
    cik: String(fnv1a(ticker) % 2_000_000).padStart(10, '0'),
    composite_figi: figi(ticker, 1),
    share_class_figi: figi(ticker, 2),
    ...(gone ? { delisted_utc: `${delisted}T04:00:00Z` } : {}),
    ...updated,
  };
}

function marketNameOf({ universe, instrument }: Listing): string {
  if (instrument.otc) return 'otc';
  return universe.traits.market === 'forex' ? 'fx' : universe.traits.market;
}

/** By the notation of the ticker. */
function typeOf({ ticker, universe }: Listing): string {
  if (universe.traits.market !== 'stocks') return '';
  if (/p[A-Z]?$/.test(ticker)) return 'PFD';
  if (/r$/.test(ticker)) return 'RIGHT';
  return /\.WS(\.|$)/.test(ticker) ? 'WARRANT' : 'CS';
}

function nameOf({ ticker }: Listing): string {
  return `${ticker.replace(/^[OIXC]:/, '')} as simulated`;
}

function exchangeOf(ticker: string): string {
  return ['XNAS', 'XNYS', 'ARCX', 'XASE'][fnv1a(ticker) % 4]!;
}

function figi(ticker: string, salt: number): string {
  return `BBG00${(hash3(fnv1a(ticker), salt, 0xf191) >>> 0).toString(36).toUpperCase().padStart(7, '0')}`;
}
