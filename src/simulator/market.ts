import { BarPublisher, correctionSecondsFor, MarketRecord } from './bar-publisher.ts';
import { BarSource } from './bars.ts';
import { DayTotals } from './day-totals.ts';
import type { Holiday } from './history/holidays.ts';
import { listingsOf } from './history/listings.ts';
import { MarketHistory } from './history/market-history.ts';
import { OpenHours } from './history/open-hours.ts';
import { type MarketHours, TradingCalendar } from './history/trading-calendar.ts';
import { CORRECTION_WINDOW_SECONDS, LatePlan } from './late-plan.ts';
import { LateTrades } from './late-trades.ts';
import { MarketFeed } from './market-feed.ts';
import type { TruthFile } from './truth-file.ts';
import { buildUniverse, type Universe, type UniverseOptions } from './universe.ts';

/** Everything of one simulated market. */
export interface Market {
  readonly universe: Universe;
  readonly late: LateTrades;
  /** At any time, from the same walk. */
  readonly history: MarketHistory;
  readonly publisher: BarPublisher;
  readonly feed: MarketFeed;
  newRecord(): MarketRecord;
}

export interface MarketOptions extends UniverseOptions {
  /** Share of all second bars that are sent again because of late trades. */
  readonly lateShare: number;
  readonly truthFile: TruthFile | undefined;
  readonly hours?: MarketHours;
  /** Beside the usual ones, or in their place. */
  readonly holidays?: readonly Holiday[];
}

/** Opens a market at `options.atMs`: it has had a past, of which late trades still arrive. */
export function openMarket(options: MarketOptions): Market {
  const universe = buildUniverse(options);
  const correctionSeconds = correctionSecondsFor(universe.count, CORRECTION_WINDOW_SECONDS);
  const startSecond = Math.floor(options.atMs / 1000);
  const late = new LateTrades(new LatePlan(options.seed, correctionSeconds, options.lateShare), startSecond);
  const calendar = new TradingCalendar(options.market, options.hours ?? 'calendar', options.holidays ?? []);
  const hours = options.hours === 'exchange' ? new OpenHours(calendar) : undefined;
  const bars = new BarSource(universe, late, undefined, hours && (second => hours.isOpen(second)));
  const days = new DayTotals(universe, bars, startSecond);
  const newRecord = (): MarketRecord => new MarketRecord(universe.count, correctionSeconds);
  const publisher = new BarPublisher(universe, days, newRecord(), options.truthFile);
  const feed = new MarketFeed(universe, bars, late, days, publisher, options.atMs);
  const listings = listingsOf(universe, options, calendar.dateOf(startSecond));
  const history = new MarketHistory(universe, late.plan, calendar, listings);
  return { universe, late, history, publisher, feed, newRecord };
}
