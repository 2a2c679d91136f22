import { DateTime } from 'luxon';
import type { Bar } from '../bars.ts';
import type { Listing } from '../history/listings.ts';
import { DECIMALS_SINCE } from '../history/market-history.ts';
import type { Session } from '../history/trading-calendar.ts';
import { SIMULATED_EXCHANGES } from '../markets.ts';
import { TextWriter } from '../text-writer.ts';
import type { Dataset } from './datasets.ts';

const COMMA = 0x2c;
const NEWLINE = 0x0a;
const NANOSECONDS = Buffer.from('000000000');
const WRITTEN_DECIMALS = 6;

/** More than any row takes. */
export const MAX_ROW_BYTES = 512;

const HEADER = 'ticker,volume,open,close,high,low,window_start,transactions';
const INDEX_HEADER = 'ticker,open,close,high,low,window_start';
const FUTURES_HEADER =
  'ticker,exchange,session_end_date,window_start,open,high,low,close,volume,dollar_volume,transactions';

/** Writes the rows of one file, as its market and date have them. */
export class CsvRows {
  readonly out: TextWriter;
  readonly #dataset: Dataset;
  readonly #session: Session;
  readonly #decimals: boolean;
  readonly #dayStart: number;
  #ticker: Buffer = Buffer.alloc(0);
  #listing: Listing | undefined;

  constructor(dataset: Dataset, session: Session, capacity: number) {
    this.out = new TextWriter(capacity);
    this.#dataset = dataset;
    this.#session = session;
    this.#decimals = dataset.market === 'stocks' && session.date >= DECIMALS_SINCE;
    this.#dayStart = dayStart(dataset, session);
  }

  header(): void {
    const { market, table } = this.#dataset;
    const futures = table === 'agg1d' ? `${FUTURES_HEADER},settlement_price` : FUTURES_HEADER;
    const text = market === 'futures' ? futures : market === 'indices' ? INDEX_HEADER : HEADER;
    this.out.bytes(Buffer.from(`${text}\n`));
  }

  /** @param start of the window, seconds since 1970; of a day bar anything */
  row(listing: Listing, start: number, bar: Bar): void {
    if (listing !== this.#listing) {
      this.#listing = listing;
      this.#ticker = Buffer.from(listing.fileTicker, 'latin1');
    }
    const second = this.#dataset.table === 'agg1d' ? this.#dayStart : start;
    this.out.bytes(this.#ticker);
    if (this.#dataset.market === 'futures') this.#futures(listing, second, bar);
    else this.#usual(listing, second, bar);
    this.out.byte(NEWLINE);
  }

  #usual(listing: Listing, second: number, bar: Bar): void {
    const index = this.#dataset.market === 'indices';
    if (!index) this.#volume(listing, bar.volume);
    this.#price(listing, bar.open);
    this.#price(listing, bar.close);
    this.#price(listing, bar.high);
    this.#price(listing, bar.low);
    this.#windowStart(second);
    if (!index) this.#integer(bar.trades);
  }

  #futures(listing: Listing, second: number, bar: Bar): void {
    const { instrument, universe } = listing;
    this.#integer(SIMULATED_EXCHANGES.indexOf(instrument.exchange!) + 1);
    this.out.byte(COMMA);
    this.out.bytes(Buffer.from(this.#session.date));
    this.#windowStart(second);
    this.#price(listing, bar.open);
    this.#price(listing, bar.high);
    this.#price(listing, bar.low);
    this.#price(listing, bar.close);
    this.#integer(bar.volume);
    const dollars = (bar.notional / universe.unitsPerPrice) * (instrument.multiplier ?? 1);
    this.out.byte(COMMA);
    this.out.decimal(Math.round(dollars * 100), 2);
    this.#integer(bar.trades);
    if (this.#dataset.table === 'agg1d') this.#price(listing, bar.close);
  }

  #volume({ universe }: Listing, volume: number): void {
    const { volumeDecimals } = universe.traits;
    this.out.byte(COMMA);
    if (this.#decimals) this.out.fixed(volume, volumeDecimals, WRITTEN_DECIMALS);
    else if (universe.traits.fields === 'crypto') this.out.float(volume, volumeDecimals);
    else this.out.decimal(volume, volumeDecimals);
  }

  #price({ universe }: Listing, price: number): void {
    this.out.byte(COMMA);
    const { priceDecimals } = universe.traits;
    if (this.#decimals) this.out.fixed(price, priceDecimals, WRITTEN_DECIMALS);
    else this.out.float(price, priceDecimals);
  }

  #integer(value: number): void {
    this.out.byte(COMMA);
    this.out.integer(value);
  }

  #windowStart(second: number): void {
    this.#integer(second);
    this.out.bytes(NANOSECONDS);
  }
}

/** When the window of a day bar begins: the days of indices begin at midnight in Chicago. */
function dayStart({ market }: Dataset, session: Session): number {
  if (market === 'futures') return session.from;
  if (market !== 'indices') return session.midnight;
  return DateTime.fromISO(session.date, { zone: 'America/Chicago' }).toUnixInteger();
}
