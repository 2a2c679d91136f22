import { fnv1a, unit } from '../hash.ts';
import { addDays } from '../history/dates.ts';
import { type Instrument, word } from './instrument.ts';

/** Busiest first; with preferreds, rights, a share of a class and a test ticker early, as they are easily lost. */
const WELL_KNOWN: readonly (readonly [ticker: string, price: number])[] = [
  ['AAPL', 333.69],
  ['NVDA', 187.6],
  ['TSLA', 436],
  ['MSFT', 517.35],
  ['BRK.B', 502.65],
  ['BApA', 60.04],
  ['AMZN', 219.5],
  ['GOOGL', 245.4],
  ['META', 710.6],
  ['AMD', 164.7],
  ['AVGO', 338.4],
  ['PLTR', 173.1],
  ['SPY', 669.2],
  ['QQQ', 603.2],
  ['INTC', 36.8],
  ['BCATrw', 0.0075],
  ['DCOMp', 16.87],
  ['NMCOr', 0.03],
  ['NE.WS.A', 15.58],
  ['ZZZTA', 5500],
  ['A', 139.3],
  ['F', 12.7],
  ['T', 27.3],
  ['BAC', 50.6],
  ['JPM', 310],
  ['V', 349.8],
  ['WMT', 102],
  ['XOM', 113.3],
  ['UNH', 360.2],
  ['MA', 580.1],
  ['PG', 152.2],
  ['JNJ', 188.6],
  ['HD', 394],
  ['COST', 915.9],
  ['ORCL', 286.1],
  ['NFLX', 1153.3],
  ['KO', 66.2],
  ['PEP', 140.9],
  ['IWM', 245.8],
  ['DIA', 467.4],
  ['CSCO', 68.6],
  ['CVX', 153.6],
  ['ABBV', 233.9],
  ['WFC', 80.7],
  ['LLY', 817],
  ['DIS', 112.5],
  ['BRK.A', 754_000],
  ['ZTST', 12.5],
];

const DAY_SWING = 0.04;

/** The first `count` stocks of the simulated market, busiest first: the same ones whatever `count` is. */
export function stockInstruments(count: number): Instrument[] {
  const instruments = WELL_KNOWN.slice(0, count).map(([ticker, price]) => stock(ticker, price, false));
  const taken = new Set(WELL_KNOWN.map(([ticker]) => ticker));
  for (let i = 0; instruments.length < count; i++) {
    const root = word(i, 4);
    if (taken.has(root)) continue;
    instruments.push(generated(root, i));
  }
  return instruments;
}

/** The first `count` names and prices that options can be written on. */
export function underlyings(count: number): Instrument[] {
  return stockInstruments(count * 2 + WELL_KNOWN.length)
    .filter(({ ticker, price }) => /^[A-Z]+$/.test(ticker) && price > 5 && price < 2000)
    .slice(0, count);
}

/** Days over which delistings are spread. */
const DELISTING_DAYS = 400;

/**
 * `count` stocks that had been delisted by a date. A fifth letter Q, which bankrupt companies have, keeps their names
 * apart from all others.
 */
export function delistedStocks(count: number, today: string): { instrument: Instrument; delisted: string }[] {
  return Array.from({ length: count }, (_, i) => {
    const ticker = `${word(i, 4)}Q`;
    const daysAgo = 5 + (fnv1a(ticker) % DELISTING_DAYS);
    return {
      instrument: stock(ticker, 1 + (fnv1a(ticker) % 900) / 100, false),
      delisted: addDays(today, -daysAgo),
    };
  });
}

function generated(root: string, index: number): Instrument {
  // Log-uniform from 50 cents to 600 dollars.
  const price = 0.5 * 1200 ** unit(fnv1a(root));
  if (index % 41 === 7) return stock(`${root.slice(0, 4)}p${root[0]}`, 10 + (price % 50), false);
  if (index % 97 === 11) return stock(`${root}.WS`, price / 100, false);
  if (index % 29 === 3) return stock(`${root}F`, price, true);
  return stock(root, price, false);
}

function stock(ticker: string, price: number, otc: boolean): Instrument {
  return { ticker, price, tick: price < 1 ? 0.0001 : 0.01, swing: DAY_SWING, otc };
}
