import { fnv1a, unit } from '../hash.ts';
import { type Instrument, word } from './instrument.ts';

const WELL_KNOWN: readonly (readonly [ticker: string, value: number])[] = [
  ['I:SPX', 6715.79],
  ['I:NDX', 24785.52],
  ['I:DJI', 46758.28],
  ['I:VIX', 16.65],
  ['I:RUT', 2476.18],
  ['I:COMP', 22780.51],
  ['I:OEX', 3364.9],
  ['I:MID', 3290.6],
  ['I:NYA', 21830.1],
  ['I:XAX', 7205.7],
];

const DAY_SWING = 0.015;

/** The first `count` indices. */
export function indexInstruments(count: number): Instrument[] {
  const named = WELL_KNOWN.slice(0, count).map(([ticker, price]) => index(ticker, price));
  const others = Array.from({ length: count - named.length }, (_, i) => {
    const ticker = `I:${word(i, 5)}`;
    return index(ticker, 50 * 400 ** unit(fnv1a(ticker)));
  });
  return [...named, ...others];
}

function index(ticker: string, price: number): Instrument {
  return { ticker, price, tick: 0.01, swing: DAY_SWING };
}
