import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { midnightMs, tradingBeginMs, tradingEndMs } from '../massive/bars/trading-bounds.ts';
import {
  customBars,
  futuresBars,
  groupedBars,
  isGroupedMarket,
  RESOLUTION_OF,
} from '../massive/rest/aggregates.ts';
import { type BarFields, GROUPED_BAR_FIELDS } from '../massive/rest/bar-fields.ts';
import type { Page } from '../massive/rest/pages.ts';
import type { RestRequests } from '../massive/rest/requests.ts';
import { RestBars } from '../massive/rest/rest-bars.ts';
import { activeSymbols, isListedMarket } from '../massive/rest/tickers.ts';
import { barFieldsOf, windowBars } from '../massive/rest/window-bars.ts';
import type { QuarantineSink } from '../massive/scanner/quarantine-sink.ts';
import type { ReceiveClock } from '../massive/scanner/receive-clock.ts';
import type { AggregateTableName } from '../tables/definitions.ts';
import { type DateDays, isoDateOf, MS_PER_DAY } from '../tables/epoch.ts';
import { SESSION_ZONE } from '../tables/markets.ts';
import type { SessionCalendar } from '../tables/session-calendar.ts';
import type { TableRows } from '../tables/table-rows.ts';
import { BackfillRequestError } from './errors.ts';
import type { BarReading, RestSource } from './sources.ts';

export interface RestBarSourceParts {
  readonly requests: RestRequests;
  readonly calendar: SessionCalendar;
  readonly receiveClock: ReceiveClock;
  readonly quarantine: QuarantineSink;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface RestBarSourceOptions {
  readonly requestsPerMinute: number;
  /** After its end a window may change so long: trades come late. */
  readonly settledAfterMs: number;
}

/** Dates in the addresses of custom bars are counted in New York. */
const REST_ZONE = 'America/New_York';

/** The window of a session begins up to a weekend before its date. */
const SESSION_LEAD_MS = 4 * MS_PER_DAY;

/** What is asked for at once: the dates, and which bars may be kept of the answers. */
interface Wanted {
  readonly table: AggregateTableName;
  readonly fields: BarFields;
  readonly sym: string;
  readonly fromDate: DateDays;
  readonly untilDate: DateDays;
}

/** One market's bars over REST, not adjusted for splits, as the files are not. */
export class RestBarSource implements RestSource {
  readonly requestsPerMinute: number;
  readonly #parts: RestBarSourceParts;
  readonly #settledAfterMs: number;
  /** Symbols of which it was said that there are no bars. */
  readonly #told = new Set<string>();

  constructor(parts: RestBarSourceParts, { requestsPerMinute, settledAfterMs }: RestBarSourceOptions) {
    this.requestsPerMinute = requestsPerMinute;
    this.#parts = parts;
    this.#settledAfterMs = settledAfterMs;
  }

  bars(
    table: AggregateTableName,
    sym: string,
    fromDate: DateDays,
    untilDate: DateDays,
    signal: AbortSignal,
  ): BarReading {
    const { calendar } = this.#parts;
    const fields = barFieldsOf(calendar.market);
    return this.#reading({ table, fields, sym, fromDate, untilDate }, settledMs =>
      table === 'agg1d'
        ? this.#dayPages(sym, fromDate, untilDate, signal)
        : this.#windowPages(table, sym, fromDate, untilDate, settledMs, signal),
    );
  }

  groupedDays(date: DateDays, signal: AbortSignal): BarReading {
    const { market } = this.#parts.calendar;
    if (!isGroupedMarket(market)) throw notOfAll(`day bars of all ${market} of a date`);
    const wanted: Wanted = {
      table: 'agg1d',
      fields: GROUPED_BAR_FIELDS,
      sym: '',
      fromDate: date,
      untilDate: date,
    };
    return this.#reading(wanted, () => groupedBars(this.#parts.requests, market, date, signal));
  }

  activeSymbols(date: DateDays, signal: AbortSignal): AsyncIterable<string> {
    const { calendar, requests, logger } = this.#parts;
    if (!isListedMarket(calendar.market)) throw notOfAll(`the symbols of ${calendar.market} on a date`);
    return activeSymbols(requests, calendar.market, date, signal, ticker =>
      logger.warn(`'${ticker}' in the list of symbols is none of ${calendar.market}; such are left out`),
    );
  }

  /** Seconds or minutes; only those that are settled are asked for. */
  #windowPages(
    table: 'agg1s' | 'agg1m',
    sym: string,
    fromDate: DateDays,
    untilDate: DateDays,
    settledMs: number,
    signal: AbortSignal,
  ): AsyncIterable<Page> {
    const { requests, calendar } = this.#parts;
    const { market } = calendar;
    const fromMs = tradingBeginMs(calendar, fromDate);
    const untilMs = Math.min(tradingEndMs(calendar, untilDate), settledMs);
    return windowBars(requests, { market, table, sym, fromMs, untilMs }, signal);
  }

  #dayPages(sym: string, fromDate: DateDays, untilDate: DateDays, signal: AbortSignal): AsyncIterable<Page> {
    const { requests, calendar } = this.#parts;
    const { market } = calendar;
    if (market === 'futures') {
      const fromMs = midnightMs(calendar, fromDate) - SESSION_LEAD_MS;
      const untilMs = tradingEndMs(calendar, untilDate);
      return futuresBars(requests, { sym, resolution: RESOLUTION_OF.agg1d, fromMs, untilMs }, signal);
    }
    // Days of another zone may begin on the date before, in New York; what is too much is left out.
    const margin = SESSION_ZONE[market] === REST_ZONE ? 0 : 1;
    const from = isoDateOf(fromDate - margin);
    const to = isoDateOf(untilDate + margin);
    return customBars(requests, { market, sym, multiplier: 1, timespan: 'day', from, to }, signal);
  }

  /** Nothing is asked for where no window is settled yet. */
  #reading(wanted: Wanted, ask: (settledMs: number) => AsyncIterable<Page>): BarReading {
    const { requests, calendar, receiveClock, quarantine, clock } = this.#parts;
    const settledMs = Math.floor(clock.wallMs() - this.#settledAfterMs);
    const { table, fromDate } = wanted;
    const firstMs = table === 'agg1d' ? tradingEndMs(calendar, fromDate) : tradingBeginMs(calendar, fromDate);
    const isAny = firstMs <= settledMs;
    const bars = new RestBars(isAny ? ask(settledMs) : nothing(), {
      ...wanted,
      settledMs,
      calendar,
      receiveClock,
      quarantine,
      counters: requests.counters,
    });
    return {
      blocks: isAny ? this.#tellingEmpty(bars, wanted) : bars,
      completeUntilMs: tradingEndMs(calendar, wanted.untilDate) > settledMs ? settledMs : undefined,
      get rejectedCount() {
        return bars.rejectedCount;
      },
    };
  }

  /** A symbol may be misspelt: REST answers that as it does a holiday. */
  async *#tellingEmpty(
    bars: RestBars,
    { table, sym, fromDate, untilDate }: Wanted,
  ): AsyncGenerator<TableRows> {
    yield* bars;
    if (bars.rowCount + bars.rejectedCount > 0 || sym === '' || this.#told.has(sym)) return;
    this.#told.add(sym);
    const span = fromDate === untilDate ? '' : ` to ${isoDateOf(untilDate)}`;
    this.#parts.logger.warn(
      `REST has no ${table} of ${sym} for ${isoDateOf(fromDate)}${span}: it did not trade, or is spelt otherwise`,
    );
  }
}

async function* nothing(): AsyncGenerator<never> {}

function notOfAll(what: string): BackfillRequestError {
  return new BackfillRequestError(
    `${what} cannot be asked for over REST`,
    'a list of symbols, or flat files',
    'Name the symbols with --symbols, or use --source flat.',
  );
}
