import { BarPublisher, correctionSecondsFor, MarketRecord } from './bar-publisher.ts';
import { BarSource } from './bars.ts';
import { DayTotals } from './day-totals.ts';
import { CORRECTION_WINDOW_SECONDS, LatePlan } from './late-plan.ts';
import { LateTrades } from './late-trades.ts';
import { MarketFeed } from './market-feed.ts';
import type { TruthFile } from './truth-file.ts';
import { buildUniverse, type Universe, type UniverseOptions } from './universe.ts';

/** Everything of one simulated market. */
export interface Market {
  readonly universe: Universe;
  readonly late: LateTrades;
  readonly publisher: BarPublisher;
  readonly feed: MarketFeed;
  newRecord(): MarketRecord;
}

export interface MarketOptions extends UniverseOptions {
  /** Share of all second bars that are sent again because of late trades. */
  readonly lateShare: number;
  readonly truthFile: TruthFile | undefined;
}

/** Opens a market at `options.atMs`: it has had a past, of which late trades still arrive. */
export function openMarket(options: MarketOptions): Market {
  const universe = buildUniverse(options);
  const correctionSeconds = correctionSecondsFor(universe.count, CORRECTION_WINDOW_SECONDS);
  const startSecond = Math.floor(options.atMs / 1000);
  const late = new LateTrades(new LatePlan(options.seed, correctionSeconds, options.lateShare), startSecond);
  const bars = new BarSource(universe, late);
  const days = new DayTotals(universe, bars, startSecond);
  const newRecord = (): MarketRecord => new MarketRecord(universe.count, correctionSeconds);
  const publisher = new BarPublisher(universe, days, newRecord(), options.truthFile);
  const feed = new MarketFeed(universe, bars, late, days, publisher, options.atMs);
  return { universe, late, publisher, feed, newRecord };
}
