import { fnv1a, unit } from '../hash.ts';
import { type Instrument, word } from './instrument.ts';

const MAJORS = [
  'EUR/USD',
  'USD/JPY',
  'GBP/USD',
  'USD/CHF',
  'AUD/USD',
  'USD/CAD',
  'NZD/USD',
  'EUR/GBP',
  'EUR/JPY',
];

/** US dollars for one unit. */
const CURRENCIES: Readonly<Record<string, number>> = {
  USD: 1,
  EUR: 1.1741,
  JPY: 0.00678,
  GBP: 1.3476,
  CHF: 1.2573,
  AUD: 0.6602,
  CAD: 0.7168,
  NZD: 0.5829,
  CNH: 0.1403,
  SEK: 0.1066,
  NOK: 0.1005,
  MXN: 0.0543,
  ZAR: 0.0581,
  SGD: 0.7757,
  HKD: 0.1285,
  TRY: 0.024,
  PLN: 0.2762,
  DKK: 0.1573,
  CZK: 0.0484,
  HUF: 0.00302,
};

const COINS: Readonly<Record<string, number>> = {
  BTC: 122_250.5,
  ETH: 4487.2,
  SOL: 229.4,
  XRP: 2.97,
  DOGE: 0.2518,
  ADA: 0.8413,
  AVAX: 30.24,
  LTC: 119.9,
  LINK: 22.35,
  DOT: 4.21,
  BCH: 596.1,
  SHIB: 0.000012,
};

const FOREX_SWING = 0.008;
const CRYPTO_SWING = 0.06;

/** The first `count` currency pairs: majors, then the crosses, then currencies that nobody issues. */
export function forexInstruments(count: number): Instrument[] {
  const names = Object.keys(CURRENCIES);
  const crosses = names.flatMap(base =>
    names.filter(quote => quote !== base).map(quote => `${base}/${quote}`),
  );
  const pairs = [...new Set([...MAJORS, ...crosses])].slice(0, count);
  const instruments = pairs.map(pair => {
    const [base, quote] = pair.split('/') as [string, string];
    return currencyPair(pair, CURRENCIES[base]! / CURRENCIES[quote]!);
  });
  for (let i = 0; instruments.length < count; i++) {
    const base = word(i % 26 ** 3, 3);
    if (base in CURRENCIES) continue;
    const pair = `${base}/${names[Math.floor(i / 26 ** 3)]!}`;
    instruments.push(currencyPair(pair, 0.1 * 1000 ** unit(fnv1a(pair))));
  }
  return instruments;
}

/** The first `count` crypto pairs. */
export function cryptoInstruments(count: number): Instrument[] {
  const known = Object.entries(COINS).map(([coin, price]) => coinPair(`${coin}-USD`, price));
  const inEuro = Object.entries(COINS).map(([coin, price]) =>
    coinPair(`${coin}-EUR`, price / CURRENCIES['EUR']!),
  );
  const named = [...known, ...inEuro].slice(0, count);
  const others = Array.from({ length: count - named.length }, (_, i) => {
    const pair = `${word(i, 5)}-USD`;
    return coinPair(pair, 0.001 * 100_000 ** unit(fnv1a(pair)));
  });
  return [...named, ...others];
}

function currencyPair(ticker: string, price: number): Instrument {
  return { ticker, price, tick: price > 20 ? 0.001 : 0.00001, swing: FOREX_SWING };
}

function coinPair(ticker: string, price: number): Instrument {
  return { ticker, price, tick: price > 10 ? 0.01 : 0.000001, swing: CRYPTO_SWING };
}
