import { fnv1a, hash3, unit } from '../hash.ts';
import type { Instrument } from '../tickers/instrument.ts';
import { addDays, weekdayFrom } from './dates.ts';

/** `to` shares for `from` shares, in effect from a date on. */
export interface Split {
  readonly id: string;
  readonly ticker: string;
  /** ISO date. */
  readonly executionDate: string;
  readonly from: number;
  readonly to: number;
}

/** A payment per share. */
export interface Dividend {
  readonly id: string;
  readonly ticker: string;
  /** US dollars. */
  readonly cashAmount: number;
  readonly declarationDate: string;
  readonly exDividendDate: string;
  readonly recordDate: string;
  readonly payDate: string;
  /** Times a year. */
  readonly frequency: number;
  /** About what was left of the price, as a part of it. */
  readonly priceFactor: number;
}

const FIRST_YEAR = 2016;
const CHANCE_OF_SPLIT = 0.05;
const CHANCE_OF_DIVIDENDS = 0.4;
const REVERSE_SPLITS = [10, 20];
const FORWARD_SPLITS = [2, 3, 4, 10];
/** A reverse split divides earlier prices: they must stay whole numbers of price units. */
const SMALLEST_TICK_OF_REVERSE = 0.01;
const PAYING_MONTHS = [2, 5, 8, 11];

/** Splits that really were, so that small markets have some as well. */
const KNOWN_SPLITS: Readonly<Record<string, readonly (readonly [date: string, to: number])[]>> = {
  AAPL: [['2020-08-31', 4]],
  TSLA: [
    ['2020-08-31', 5],
    ['2022-08-25', 3],
  ],
  NVDA: [
    ['2021-07-20', 4],
    ['2024-06-10', 10],
  ],
  AMZN: [['2022-06-06', 20]],
  GOOGL: [['2022-07-18', 20]],
};

/** The splits of a stock before a date, latest first. */
export function splitsOf({ ticker, tick, price }: Instrument, seed: number, before: string): Split[] {
  const known = KNOWN_SPLITS[ticker]?.map(([date, to]) => split(ticker, date, 1, to));
  return (known ?? generatedSplits(ticker, tick, price, seed, before))
    .filter(({ executionDate }) => executionDate < before)
    .sort((a, b) => (a.executionDate < b.executionDate ? 1 : -1));
}

function generatedSplits(ticker: string, tick: number, price: number, seed: number, before: string): Split[] {
  const splits: Split[] = [];
  for (let year = FIRST_YEAR; year <= Number(before.slice(0, 4)); year++) {
    const dice = hash3(seed, fnv1a(ticker), year) >>> 0;
    if (unit(dice) >= CHANCE_OF_SPLIT) continue;
    const date = weekdayFrom(addDays(`${year}-01-05`, dice % 355));
    const reverse = price < 5 && tick >= SMALLEST_TICK_OF_REVERSE;
    if (!reverse) splits.push(split(ticker, date, 1, FORWARD_SPLITS[dice & 3]!));
    else if (splits.length === 0) splits.push(split(ticker, date, REVERSE_SPLITS[dice & 1]!, 1));
  }
  return splits;
}

function split(ticker: string, executionDate: string, from: number, to: number): Split {
  return { id: idOf('split', ticker, executionDate), ticker, executionDate, from, to };
}

/** The dividends of a stock that were declared before a date, latest first. */
export function dividendsOf({ ticker, price }: Instrument, seed: number, before: string): Dividend[] {
  const dice = hash3(seed, fnv1a(ticker), 0xd1f);
  if (unit(dice) >= CHANCE_OF_DIVIDENDS || price < 5) return [];
  const dividends: Dividend[] = [];
  for (let year = FIRST_YEAR; year <= Number(before.slice(0, 4)) + 1; year++) {
    for (const month of PAYING_MONTHS) {
      const first = `${year}-${String(month).padStart(2, '0')}-01`;
      const exDividendDate = weekdayFrom(addDays(first, (dice >>> 8) % 20));
      const declarationDate = addDays(exDividendDate, -14);
      if (declarationDate >= before) continue;
      const yieldOfQuarter = 0.002 + 0.008 * unit(hash3(dice, year, 7));
      const cashAmount = Math.max(0.01, Math.round(price * yieldOfQuarter * 100) / 100);
      dividends.push({
        id: idOf('dividend', ticker, exDividendDate),
        ticker,
        cashAmount,
        declarationDate,
        exDividendDate,
        recordDate: exDividendDate,
        payDate: addDays(exDividendDate, 28),
        frequency: PAYING_MONTHS.length,
        priceFactor: 1 - cashAmount / price,
      });
    }
  }
  return dividends.reverse();
}

/** Shares that one share of a date has become by way of later splits. */
export function shareFactor(splits: readonly Split[], date: string): number {
  let factor = 1;
  for (const { executionDate, from, to } of splits) {
    if (executionDate > date) factor = (factor * to) / from;
  }
  return factor;
}

function idOf(...parts: readonly string[]): string {
  const text = parts.join('|');
  return `E${[1, 2, 3, 4]
    .map(salt => hash3(fnv1a(text), salt, 0x1d) >>> 0)
    .map(hex)
    .join('')}`;
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0');
}
