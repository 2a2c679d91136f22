import type { Market } from '../../tables/markets.ts';
import { customBars, futuresBars, RESOLUTION_OF, TIMESPAN_OF } from './aggregates.ts';
import { type BarFields, CUSTOM_BAR_FIELDS, FUTURES_BAR_FIELDS } from './bar-fields.ts';
import type { Page } from './pages.ts';
import type { RestRequests } from './requests.ts';

/** Bars of seconds or minutes. */
export interface WindowBarQuery {
  readonly market: Market;
  readonly table: 'agg1s' | 'agg1m';
  readonly sym: string;
  /** Starts of windows, ms since 1970; the last one not included. */
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What the bars of a market's answers are called. */
export function barFieldsOf(market: Market): BarFields {
  return market === 'futures' ? FUTURES_BAR_FIELDS : CUSTOM_BAR_FIELDS;
}

/** The bars of one symbol in an interval, ascending, not adjusted for splits. */
export function windowBars(
  requests: RestRequests,
  { market, table, sym, fromMs, untilMs }: WindowBarQuery,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  if (market === 'futures') {
    return futuresBars(requests, { sym, resolution: RESOLUTION_OF[table], fromMs, untilMs }, signal);
  }
  const timespan = TIMESPAN_OF[table];
  return customBars(
    requests,
    { market, sym, multiplier: 1, timespan, from: fromMs, to: untilMs - 1 },
    signal,
  );
}
