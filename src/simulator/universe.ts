import { fnv1a, hash3, unit } from './hash.ts';
import { MARKET_TRAITS, type MarketTraits, type SimulatedMarket } from './markets.ts';
import { cryptoInstruments, forexInstruments } from './tickers/currencies.ts';
import { futuresInstruments } from './tickers/futures.ts';
import { indexInstruments } from './tickers/indices.ts';
import type { Instrument } from './tickers/instrument.ts';
import { optionInstruments } from './tickers/options.ts';
import { stockInstruments } from './tickers/stocks.ts';

/** Most symbols of one simulated market. */
export const MAX_SYMBOLS = 200_000;

const BUSIEST = 0.995;
const ZIPF_EXPONENT = 0.8;

/**
 * Everything that trades on one simulated market, as columns by symbol index. The index is the order in which bars
 * of one window are sent: shuffled, so that busy and sparse symbols follow each other.
 */
export interface Universe {
  readonly traits: MarketTraits;
  readonly count: number;
  readonly tickers: readonly string[];
  readonly indexOf: ReadonlyMap<string, number>;
  readonly instruments: readonly Instrument[];
  /** Prices are whole numbers of 1/unitsPerPrice, volumes of 1/unitsPerVolume. */
  readonly unitsPerPrice: number;
  readonly unitsPerVolume: number;
  /** Seed of a symbol's path and trades: depends on the seed and its name only. */
  readonly seeds: Int32Array;
  /** Chance that it trades in a second. */
  readonly activity: Float64Array;
  /** Price at the middle of its path and the width of the path, in ticks. */
  readonly centerTicks: Float64Array;
  readonly swingTicks: Float64Array;
  /** Lowest price in ticks. */
  readonly floorTicks: Float64Array;
  /** A tick in units of the market's price decimals. */
  readonly tickUnits: Float64Array;
  /** FNV-1a of `market|ticker`: stands for the symbol in checksums. */
  readonly nameHashes: Int32Array;
}

export interface UniverseOptions {
  readonly market: SimulatedMarket;
  readonly symbols: number;
  readonly seed: number;
  /** Second and minute bars in one second of market time, for somebody who takes both of every symbol. */
  readonly barsPerSecond: number;
  /** Options and futures that have expired by then are not listed. */
  readonly atMs: number;
  /** Its instruments, busiest first; else the first `symbols` of the market. */
  readonly instruments?: readonly Instrument[];
}

export function buildUniverse(options: UniverseOptions): Universe {
  const { market, symbols, seed } = options;
  const traits = MARKET_TRAITS[market];
  const byRank = options.instruments ?? instrumentsOf(market, symbols, options.atMs);
  const ranks = shuffled(symbols, seed);
  const instruments = Array.from(ranks, rank => byRank[rank]!);
  const tickers = instruments.map(({ ticker }) => ticker);
  const rankActivity = zipfActivity(symbols, options.barsPerSecond);
  const unitsPerPrice = 10 ** traits.priceDecimals;
  return {
    traits,
    count: symbols,
    tickers,
    indexOf: new Map(tickers.map((ticker, index) => [ticker, index])),
    instruments,
    unitsPerPrice,
    unitsPerVolume: 10 ** traits.volumeDecimals,
    seeds: Int32Array.from(tickers, ticker => hash3(seed, fnv1a(ticker), fnv1a(market))),
    activity: Float64Array.from(ranks, rank => rankActivity[rank]!),
    centerTicks: Float64Array.from(instruments, ({ price, tick }) => Math.round(price / tick)),
    swingTicks: Float64Array.from(instruments, ({ price, tick, swing, spread }) =>
      spread ? swing / tick : (price * swing) / tick,
    ),
    floorTicks: Float64Array.from(instruments, ({ spread }) => (spread ? Number.NEGATIVE_INFINITY : 1)),
    tickUnits: Float64Array.from(instruments, ({ tick }) => Math.round(tick * unitsPerPrice)),
    nameHashes: Int32Array.from(tickers, ticker => fnv1a(`${market}|${ticker}`)),
  };
}

/** Most bars in a second of market time that `symbols` symbols can have. */
export function maxBarsPerSecond(symbols: number): number {
  return expectedBars(Float64Array.of(BUSIEST)) * symbols;
}

function instrumentsOf(market: SimulatedMarket, count: number, atMs: number): Instrument[] {
  switch (market) {
    case 'stocks':
      return stockInstruments(count);
    case 'options':
      return optionInstruments(count, atMs);
    case 'indices':
      return indexInstruments(count);
    case 'forex':
      return forexInstruments(count);
    case 'crypto':
      return cryptoInstruments(count);
    case 'futures':
      return futuresInstruments(count, atMs);
  }
}

function shuffled(count: number, seed: number): Int32Array {
  const ranks = Int32Array.from({ length: count }, (_, rank) => rank);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(unit(hash3(seed, last, 0x51ed27)) * (last + 1));
    [ranks[last], ranks[other]] = [ranks[other]!, ranks[last]!];
  }
  return ranks;
}

/** Chances to trade in a second, by rank: a few symbols make most of the bars, as on a real market. */
function zipfActivity(count: number, barsPerSecond: number): Float64Array {
  const weights = Float64Array.from({ length: count }, (_, rank) => (rank + 1) ** -ZIPF_EXPONENT);
  let low = 0;
  let high = count ** ZIPF_EXPONENT;
  const activity = new Float64Array(count);
  for (let step = 0; step < 40; step++) {
    const scale = (low + high) / 2;
    for (let rank = 0; rank < count; rank++) activity[rank] = Math.min(BUSIEST, weights[rank]! * scale);
    if (expectedBars(activity) > barsPerSecond) high = scale;
    else low = scale;
  }
  return activity;
}

/** Second and minute bars that symbols of these chances make in a second, on average. */
function expectedBars(activity: Float64Array): number {
  let bars = 0;
  for (const chance of activity) bars += chance + (1 - (1 - chance) ** 60) / 60;
  return bars;
}
