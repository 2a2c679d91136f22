import { fnv1a, unit } from '../hash.ts';
import type { Instrument } from './instrument.ts';
import { underlyings } from './stocks.ts';

const EXPIRIES = 6;
const STRIKES = 24;
const CONTRACTS_OF_ONE = EXPIRIES * STRIKES * 2;
const DAY_SWING = 0.25;

/** `count` option contracts that have not expired at `atMs`. */
export function optionInstruments(count: number, atMs: number): Instrument[] {
  const names = underlyings(Math.max(Math.min(count, 40), Math.ceil(count / CONTRACTS_OF_ONE)));
  const expiries = expiryDates(atMs);
  return Array.from({ length: count }, (_, i) => {
    const name = names[i % names.length]!;
    return contract(name, expiries, Math.floor(i / names.length));
  });
}

function contract(name: Instrument, expiries: readonly string[], index: number): Instrument {
  const expiry = expiries[index % EXPIRIES]!;
  const call = Math.floor(index / EXPIRIES) % 2 === 0;
  const rank = Math.floor(index / EXPIRIES / 2);
  const step = strikeStep(name.price);
  // Nearest the money first: 0, +1, -1, +2, -2, ...
  const away = rank % 2 === 0 ? -rank / 2 : (rank + 1) / 2;
  // High enough for the lowest strike to be one.
  const middle = Math.max(Math.round(name.price / step), STRIKES / 2 + 1);
  const strike = (middle + away) * step;
  const ticker = `O:${name.ticker}${expiry}${call ? 'C' : 'P'}${String(Math.round(strike * 1000)).padStart(8, '0')}`;
  const intrinsic = Math.max(0, call ? name.price - strike : strike - name.price);
  const price = intrinsic + name.price * (0.005 + 0.04 * unit(fnv1a(ticker)));
  return { ticker, price: Math.max(price, 0.05), tick: 0.01, swing: DAY_SWING };
}

function strikeStep(price: number): number {
  if (price < 25) return 0.5;
  return price < 200 ? 2.5 : 5;
}

/** The third Fridays of the coming months, as yymmdd. */
function expiryDates(atMs: number): string[] {
  const dates: string[] = [];
  const at = new Date(atMs);
  for (let month = 0; dates.length < EXPIRIES; month++) {
    const first = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + month, 1));
    const day = 15 + ((5 - ((first.getUTCDay() + 14) % 7) + 7) % 7);
    const friday = Date.UTC(first.getUTCFullYear(), first.getUTCMonth(), day);
    if (friday > atMs) dates.push(new Date(friday).toISOString().slice(2, 10).replaceAll('-', ''));
  }
  return dates;
}
