import type { Counters } from '../../base/counters.ts';
import { type AggregateTableName, WINDOW_MS } from '../../tables/definitions.ts';
import type { DateDays } from '../../tables/epoch.ts';
import type { SessionCalendar } from '../../tables/session-calendar.ts';
import type { TableRows } from '../../tables/table-rows.ts';
import { BarBlock } from '../bars/bar-block.ts';
import { tradingEndMs } from '../bars/trading-bounds.ts';
import type { QuarantineSink } from '../scanner/quarantine-sink.ts';
import type { ReceiveClock } from '../scanner/receive-clock.ts';
import { Rejection } from '../scanner/rejection.ts';
import type { BarFields } from './bar-fields.ts';
import { type BarPlace, BarReader } from './bar-reader.ts';
import type { JsonObject } from './json.ts';
import type { Page } from './pages.ts';

/** Many readings go on at once, each with a block of its own. */
const BLOCK_ROWS = 8_192;

export interface RestBarOptions {
  readonly table: AggregateTableName;
  readonly fields: BarFields;
  /** Of bars that do not name it themselves. */
  readonly sym: string;
  /** The trading dates that are wanted, both included; of bars that say no time there is one. */
  readonly fromDate: DateDays;
  readonly untilDate: DateDays;
  /** Windows that end later are left out: they may still change (ms since 1970). */
  readonly settledMs: number;
  readonly calendar: SessionCalendar;
  /** Gives column `recv`, one time for each answer. */
  readonly receiveClock: ReceiveClock;
  readonly quarantine: QuarantineSink;
  readonly counters: Counters;
}

/**
 * The bars of REST answers, block by block, in their order. The consumer is done with a block, its symbols included,
 * before it asks for the next: both are used again. A bar that cannot be used costs only itself: it goes to the
 * quarantine with the path of the answer and its place in it. A bar that comes again is handed on once, and what lies
 * outside the dates or is not settled is left out; all of it is counted.
 *
 * Iterating throws what the pages throw.
 */
export class RestBars implements AsyncIterable<TableRows> {
  /** Rows handed on so far. */
  rowCount = 0;
  /** Rows in the quarantine so far. */
  rejectedCount = 0;
  readonly #pages: AsyncIterable<Page>;
  readonly #options: RestBarOptions;
  readonly #block: BarBlock;
  readonly #reader: BarReader;
  /** Windows that were handed on, by symbol and start: pages have repeated bars at their edges. */
  readonly #seen = new Set<string | number>();

  constructor(pages: AsyncIterable<Page>, options: RestBarOptions, blockRows = BLOCK_ROWS) {
    const { table, fields, calendar } = options;
    this.#pages = pages;
    this.#options = options;
    this.#block = new BarBlock(table, calendar.market, 'rest', blockRows);
    this.#reader = new BarReader(fields, this.#block, calendar);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TableRows, void> {
    const { receiveClock } = this.#options;
    for await (const { path, results } of this.#pages) {
      receiveClock.stamp();
      const { low, high } = receiveClock;
      for (const [index, bar] of results.entries()) {
        this.#take(bar, path, index);
        if (this.#block.isFull) yield* this.#handOn(low, high);
      }
      if (this.#block.rows.rowCount > 0) yield* this.#handOn(low, high);
    }
  }

  *#handOn(low: number, high: number): Generator<TableRows> {
    this.#block.stamp(low, high);
    this.rowCount += this.#block.rows.rowCount;
    yield this.#block.rows;
    this.#block.empty();
  }

  #take(bar: unknown, path: string, index: number): void {
    const { sym, fromDate, untilDate } = this.#options;
    try {
      const place = this.#reader.placeOf(bar, sym, fromDate);
      if (place.date < fromDate || place.date > untilDate) this.#leaveOut('outside');
      else if (this.#endMs(place) > this.#options.settledMs) this.#leaveOut('unsettled');
      else if (this.#seen.has(this.#keyOf(place))) this.#leaveOut('repeated');
      else {
        this.#reader.append(bar as JsonObject, place);
        this.#seen.add(this.#keyOf(place));
      }
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      this.#reject(error, bar, path, index);
    }
  }

  #endMs({ startMs, date }: BarPlace): number {
    const { table, calendar } = this.#options;
    return table === 'agg1d' ? tradingEndMs(calendar, date) : startMs + WINDOW_MS[table];
  }

  /** What no other bar of the same answers has. */
  #keyOf({ sym, date, startMs }: BarPlace): string | number {
    if (this.#options.fields.ticker !== undefined) return sym;
    return this.#options.table === 'agg1d' ? date : startMs;
  }

  #leaveOut(why: 'outside' | 'unsettled' | 'repeated'): void {
    const { counters, calendar } = this.#options;
    counters.counter('rest_bars_left_out', { market: calendar.market, why }).add();
  }

  #reject({ reason, detail }: Rejection, bar: unknown, path: string, index: number): void {
    this.rejectedCount++;
    this.#options.quarantine.put({
      market: this.#options.calendar.market,
      reason,
      detail,
      channel: undefined,
      raw: Buffer.from(JSON.stringify(bar)),
      origin: { file: path, line: index + 1 },
    });
  }
}
