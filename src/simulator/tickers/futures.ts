import type { SimulatedExchange } from '../markets.ts';
import { type Instrument, word } from './instrument.ts';

interface Product {
  readonly root: string;
  readonly exchange: SimulatedExchange;
  readonly price: number;
  readonly tick: number;
  readonly multiplier: number;
}

function product(
  root: string,
  exchange: SimulatedExchange,
  price: number,
  tick: number,
  multiplier: number,
): Product {
  return { root, exchange, price, tick, multiplier };
}

const PRODUCTS: readonly Product[] = [
  product('ES', 'cme', 6765.25, 0.25, 50),
  product('ZN', 'cbot', 112.5, 0.0156, 1000),
  product('CL', 'nymex', 60.88, 0.01, 1000),
  product('GC', 'comex', 3908.9, 0.1, 100),
  product('NQ', 'cme', 24980.5, 0.25, 20),
  product('1OZ', 'comex', 3908.5, 0.25, 1),
  product('ZC', 'cbot', 419, 0.25, 50),
  product('NG', 'nymex', 3.324, 0.001, 10_000),
  product('RTY', 'cme', 2495.3, 0.1, 50),
  product('ZS', 'cbot', 1018, 0.25, 50),
  product('RB', 'nymex', 1.8842, 0.0001, 42_000),
  product('SI', 'comex', 47.965, 0.005, 5000),
  product('6E', 'cme', 1.179, 0.0001, 125_000),
  product('YM', 'cbot', 46_989, 1, 5),
  product('HO', 'nymex', 2.2512, 0.0001, 42_000),
  product('HG', 'comex', 5.11, 0.0005, 25_000),
];

const MONTH_CODES = ['H', 'M', 'U', 'Z'];
const CONTRACTS_OF_ONE = 48;
const DAY_SWING = 0.02;

/** `count` futures contracts and calendar spreads that have not expired at `atMs`. */
export function futuresInstruments(count: number, atMs: number): Instrument[] {
  const products = productsFor(count);
  const contracts = quarterlyContracts(atMs);
  return Array.from({ length: count }, (_, i) =>
    instrument(products[i % products.length]!, contracts, Math.floor(i / products.length)),
  );
}

/** Every third is a calendar spread, of the contract before it and a later one. */
function instrument(product: Product, contracts: readonly string[], index: number): Instrument {
  const { root, exchange, tick, multiplier } = product;
  const month = Math.floor(index / 3) * 2 + (index % 3 === 2 ? 1 : index % 3);
  const ticker = `${root}${contracts[month]!}`;
  if (index % 3 !== 2) return { ticker, price: product.price, tick, multiplier, exchange, swing: DAY_SWING };
  return {
    ticker: `${ticker}-${root}${contracts[month + 1]!}`,
    price: -8 * tick,
    swing: 30 * tick,
    spread: true,
    tick,
    multiplier,
    exchange,
  };
}

function productsFor(count: number): readonly Product[] {
  const needed = Math.max(
    Math.ceil(count / CONTRACTS_OF_ONE),
    Math.min(PRODUCTS.length, Math.ceil(count / 3)),
  );
  const generated = Array.from({ length: Math.max(0, needed - PRODUCTS.length) }, (_, i) => ({
    ...PRODUCTS[i % PRODUCTS.length]!,
    root: word(i, 3),
  }));
  return [...PRODUCTS.slice(0, needed), ...generated];
}

/** Month code and last digit or digits of the year, from the next quarter on. */
function quarterlyContracts(atMs: number): string[] {
  const at = new Date(atMs);
  const firstQuarter = at.getUTCFullYear() * 4 + Math.floor((at.getUTCMonth() + 1) / 3);
  return Array.from({ length: CONTRACTS_OF_ONE }, (_, i) => {
    const quarter = firstQuarter + i;
    const year = Math.floor(quarter / 4);
    // One digit names ten years; what lies beyond takes two.
    return `${MONTH_CODES[quarter % 4]!}${i < 36 ? year % 10 : String(year % 100).padStart(2, '0')}`;
  });
}
