import { messageOf } from '../../base/errors.ts';
import { type DateDays, isoDateOf } from '../../tables/epoch.ts';
import type { Market } from '../../tables/markets.ts';
import type { SessionCalendar } from '../../tables/session-calendar.ts';
import { tradingBeginMs, tradingEndMs } from '../bars/trading-bounds.ts';
import { customBars, futuresBars, groupedBars, isGroupedMarket, RESOLUTION_OF } from '../rest/aggregates.ts';
import { dividends, splits } from '../rest/corporate-actions.ts';
import { marketStatus, upcomingHolidays } from '../rest/market-status.ts';
import type { RestAnswer, RestRequests } from '../rest/requests.ts';
import { activeSymbols, isListedMarket } from '../rest/tickers.ts';
import type { RecordedAnswer } from './recording.ts';

export interface RestToRecord {
  readonly market: Market;
  /** Of whose bars there is a page each. */
  readonly symbols: readonly string[];
  /** The last trading date that has ended. */
  readonly date: DateDays;
  readonly calendar: SessionCalendar;
}

/** Splits are rare. */
const ACTION_DAYS = 365;

/** An answer as it is recorded. */
export function recordedAnswer({ url, text, ...answer }: RestAnswer, receivedMs: number): RecordedAnswer {
  return { ...answer, receivedMs, request: url.pathname + url.search, body: text };
}

/**
 * Makes each kind of request that massive-kdb makes, for one page each; `requests` hands the answers to the recording.
 * What fails is told, and costs only itself.
 */
export async function recordRest(
  requests: RestRequests,
  wanted: RestToRecord,
  signal: AbortSignal,
  lacks: (what: string) => void,
): Promise<void> {
  for (const [name, ask] of requestsFor(requests, wanted, signal)) {
    try {
      await ask();
    } catch (error) {
      if (signal.aborted) return;
      lacks(`${name}: ${messageOf(error)}`);
    }
  }
}

type Ask = readonly [name: string, ask: () => Promise<unknown>];

function requestsFor(requests: RestRequests, wanted: RestToRecord, signal: AbortSignal): Ask[] {
  const { market, symbols, date } = wanted;
  const range = { fromDate: date - ACTION_DAYS, untilDate: date };
  const ignore = (): void => {};
  return [
    ['market status', () => marketStatus(requests, signal)],
    ['holidays to come', () => upcomingHolidays(requests, signal)],
    ...symbols.map(sym => [`bars of ${sym}`, () => firstOf(barsOf(requests, wanted, sym, signal))] as const),
    ...(isGroupedMarket(market)
      ? [['day bars of all', () => firstOf(groupedBars(requests, market, date, signal))] as const]
      : []),
    ...(isListedMarket(market)
      ? [['symbols', () => firstOf(activeSymbols(requests, market, date, signal, ignore))] as const]
      : []),
    ...(market === 'stocks'
      ? [
          ['splits', () => firstOf(splits(requests, range, signal, ignore))] as const,
          ['dividends', () => firstOf(dividends(requests, range, signal, ignore))] as const,
        ]
      : []),
  ];
}

function barsOf(
  requests: RestRequests,
  { market, date, calendar }: RestToRecord,
  sym: string,
  signal: AbortSignal,
): AsyncGenerator<unknown> {
  if (market === 'futures') {
    const window = { fromMs: tradingBeginMs(calendar, date), untilMs: tradingEndMs(calendar, date) };
    return futuresBars(requests, { sym, resolution: RESOLUTION_OF.agg1m, ...window }, signal);
  }
  const day = isoDateOf(date);
  return customBars(requests, { market, sym, multiplier: 1, timespan: 'minute', from: day, to: day }, signal);
}

/** Asks for no more than the first page. */
async function firstOf(items: AsyncGenerator<unknown>): Promise<void> {
  for await (const _ of items) return;
}
