import { setImmediate } from 'node:timers/promises';
import { type Bar, emptyBar } from '../bars.ts';
import {
  Checksum,
  FIRST_SEED,
  finishFirst,
  finishSecond,
  mixFirst,
  mixSecond,
  NAN_HIGH,
  SECOND_SEED,
} from '../truth.ts';
import { BarBlock } from './bar-block.ts';
import type { Listing } from './listings.ts';
import type { MarketHistory } from './market-history.ts';
import type { Session } from './trading-calendar.ts';

/*
 * The truth about one (market, table, date): how many rows a table must have, and a checksum of each column.
 *
 * A value of a column is 5 words of 32 bits: the float64 of the value as low word, high word (missing is
 * (0, 0x7ff80000)); the start of the window in milliseconds since 1970, as low word, high word of the integer; FNV-1a
 * (32 bit) of the bytes of `market|sym`, sym as the stream spells it. The words go through the two mixers of truth.ts,
 * finished with 5 in place of 25. The checksum of a column is the sum of each, modulo 2^32, over all rows, printed as 16
 * hexadecimal digits: the first mixer's sum, then the second's. So rows may be in any order, and a value that is in
 * another row is seen.
 *
 * The column `start` has the start itself as value, in milliseconds. The start of a day bar is midnight of the trading
 * date in New York (stocks, options, indices), UTC (forex, crypto) or Chicago (futures), whatever the source writes.
 * Prices and volumes are unadjusted. What a source does not have is missing: vwap in files; volume, vwap and trades of
 * indices.
 */

export const HISTORY_TABLES = ['agg1s', 'agg1m', 'agg1d'] as const;

export type HistoryTable = (typeof HISTORY_TABLES)[number];

export const HISTORY_SOURCES = ['rest', 'flat'] as const;

export type HistorySource = (typeof HISTORY_SOURCES)[number];

export const HISTORY_COLUMNS = ['start', 'open', 'high', 'low', 'close', 'volume', 'vwap', 'trades'] as const;

export interface HistoryTruth {
  readonly rows: number;
  readonly columns: Readonly<Record<(typeof HISTORY_COLUMNS)[number], string>>;
}

const WORDS = 5;

/** Adds up rows of one table. */
export class HistoryChecksums {
  rows = 0;
  readonly #source: HistorySource;
  readonly #sums = HISTORY_COLUMNS.map(() => new Checksum());
  readonly #values = new Float64Array(HISTORY_COLUMNS.length);
  readonly #halves = new Uint32Array(this.#values.buffer);

  constructor(source: HistorySource) {
    this.#source = source;
  }

  /** @param second start of the window, as in the table */
  add({ universe, symbol }: Listing, second: number, bar: Bar): void {
    const { unitsPerPrice, unitsPerVolume, traits } = universe;
    const sized = traits.fields !== 'index';
    const values = this.#values;
    values[0] = second * 1000;
    values[1] = bar.open / unitsPerPrice;
    values[2] = bar.high / unitsPerPrice;
    values[3] = bar.low / unitsPerPrice;
    values[4] = bar.close / unitsPerPrice;
    values[5] = sized ? bar.volume / unitsPerVolume : Number.NaN;
    values[6] = hasVwap(this.#source, traits.fields)
      ? Math.round(bar.notional / bar.volume) / unitsPerPrice
      : Number.NaN;
    values[7] = sized ? bar.trades : Number.NaN;
    this.rows++;
    const startHigh = Math.floor((second * 1000) / 0x100000000);
    const startLow = second * 1000 - startHigh * 0x100000000;
    const name = universe.nameHashes[symbol]!;
    for (let column = 0; column < values.length; column++) {
      const missing = Number.isNaN(values[column]!);
      const low = missing ? 0 : this.#halves[2 * column]!;
      const high = missing ? NAN_HIGH : this.#halves[2 * column + 1]!;
      let first = mixFirst(mixFirst(FIRST_SEED, low), high);
      let second = mixSecond(mixSecond(SECOND_SEED, low), high);
      first = mixFirst(mixFirst(mixFirst(first, startLow), startHigh), name);
      second = mixSecond(mixSecond(mixSecond(second, startLow), startHigh), name);
      this.#sums[column]!.add(finishFirst(first, WORDS), finishSecond(second, WORDS));
    }
  }

  get truth(): HistoryTruth {
    const sums = HISTORY_COLUMNS.map((name, column) => [name, this.#sums[column]!.toString()]);
    return { rows: this.rows, columns: Object.fromEntries(sums) };
  }
}

/** The endpoint of futures has none either. */
function hasVwap(source: HistorySource, fields: string): boolean {
  return source === 'rest' && fields !== 'index' && fields !== 'futures';
}

/** What is asked for. */
export interface TruthQuery {
  readonly history: MarketHistory;
  readonly table: HistoryTable;
  readonly source: HistorySource;
  readonly session: Session;
  readonly wanted: (listing: Listing) => boolean;
  /** Last second whose trades are known. */
  readonly known: number;
  /** Changes a bar into what a file has that has been replaced. */
  readonly correct: (listing: Listing, second: number, bar: Bar) => void;
}

/** The truth about a date; others get their turn after each symbol. */
export async function historyTruth(query: TruthQuery): Promise<HistoryTruth> {
  const { history, table, session, known } = query;
  const sums = new HistoryChecksums(query.source);
  const block = new BarBlock(table === 'agg1s' ? 90_000 : 1500);
  const bar = emptyBar();
  for (const listing of history.listings) {
    if (!query.wanted(listing)) continue;
    await setImmediate();
    if (table === 'agg1s') history.seconds(listing, session, known, block);
    else history.minutes(listing, session, known, block);
    if (table === 'agg1d') {
      history.dayOfMinutes(listing, session, block, bar);
      block.count = 0;
      if (bar.trades > 0) block.add(session.midnight, bar);
    }
    for (let at = 0; at < block.count; at++) {
      block.read(at, bar);
      query.correct(listing, block.starts[at]!, bar);
      sums.add(listing, block.starts[at]!, bar);
    }
  }
  return sums.truth;
}
