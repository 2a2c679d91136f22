import type { Instrument } from '../tickers/instrument.ts';
import { delistedStocks } from '../tickers/stocks.ts';
import { buildUniverse, type Universe, type UniverseOptions } from '../universe.ts';
import { type Dividend, dividendsOf, type Split, splitsOf } from './corporate-actions.ts';

/** Something that trades or has traded, and its names. */
export class Listing {
  /** As the stream spells it. */
  readonly ticker: string;
  readonly restTicker: string;
  readonly fileTicker: string;
  readonly instrument: Instrument;
  /** Where its bars come from. */
  readonly universe: Universe;
  readonly symbol: number;
  /** First date on which it does not trade any more; undefined while it does. */
  readonly delisted: string | undefined;
  readonly #seed: number;
  readonly #today: string;
  #splits: readonly Split[] | undefined;
  #dividends: readonly Dividend[] | undefined;

  constructor(universe: Universe, symbol: number, seed: number, today: string, delisted: string | undefined) {
    this.universe = universe;
    this.symbol = symbol;
    this.instrument = universe.instruments[symbol]!;
    this.ticker = this.instrument.ticker;
    const { fields } = universe.traits;
    this.restTicker = restSpelling(fields, this.ticker);
    this.fileTicker = fileSpelling(fields, this.ticker);
    this.delisted = delisted;
    this.#seed = seed;
    this.#today = today;
  }

  /** Latest first. */
  get splits(): readonly Split[] {
    this.#splits ??= this.#isStock ? splitsOf(this.instrument, this.#seed, this.#today) : [];
    return this.#splits;
  }

  /** Latest first. */
  get dividends(): readonly Dividend[] {
    this.#dividends ??= this.#isStock ? dividendsOf(this.instrument, this.#seed, this.#today) : [];
    return this.#dividends;
  }

  get #isStock(): boolean {
    return this.universe.traits.market === 'stocks';
  }

  /** Whether it traded on a date. */
  tradedOn(date: string): boolean {
    return this.delisted === undefined || date < this.delisted;
  }
}

/** For so many stocks that trade there is one that did, within the last years. */
const LISTED_PER_DELISTED = 25;

/** All listings of a market, sorted by the bytes of their tickers as files spell them. */
export function listingsOf(universe: Universe, options: UniverseOptions, today: string): Listing[] {
  const listings = universeListings(universe, options.seed, today, () => undefined);
  if (universe.traits.market === 'stocks') {
    const gone = delistedStocks(Math.ceil(universe.count / LISTED_PER_DELISTED), today);
    const past = buildUniverse({
      ...options,
      symbols: gone.length,
      barsPerSecond: (options.barsPerSecond * gone.length) / options.symbols,
      instruments: gone.map(({ instrument }) => instrument),
    });
    const dates = new Map(gone.map(({ instrument, delisted }) => [instrument.ticker, delisted]));
    listings.push(...universeListings(past, options.seed, today, ticker => dates.get(ticker)));
  }
  // Tickers are ASCII: code units are bytes.
  return listings.sort((a, b) => (a.fileTicker < b.fileTicker ? -1 : 1));
}

function universeListings(
  universe: Universe,
  seed: number,
  today: string,
  delistedOf: (ticker: string) => string | undefined,
): Listing[] {
  return universe.tickers.map(
    (ticker, symbol) => new Listing(universe, symbol, seed, today, delistedOf(ticker)),
  );
}

type Fields = Universe['traits']['fields'];

function restSpelling(fields: Fields, ticker: string): string {
  if (fields === 'forex') return `C:${ticker.replace('/', '')}`;
  return fields === 'crypto' ? `X:${ticker.replace('-', '')}` : ticker;
}

function fileSpelling(fields: Fields, ticker: string): string {
  if (fields === 'forex') return `C:${ticker.replace('/', '-')}`;
  return fields === 'crypto' ? `X:${ticker}` : ticker;
}
