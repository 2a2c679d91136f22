import type { AggregateTableName } from '../../tables/definitions.ts';
import { type DateDays, MS_PER_DAY, TABLE_EPOCH_MS } from '../../tables/epoch.ts';
import { Int64Words } from '../../tables/int64-words.ts';
import type { SessionCalendar, TradingSpan } from '../../tables/session-calendar.ts';
import { midnightMs } from './trading-bounds.ts';

const MS_PER_MINUTE = 60_000;

/** Instants that are remembered: a power of two, and more than a day has minutes. */
const REMEMBERED = 2048;

/** Items of each: the words of `start` and of `time`, low before high, and the trading date. */
const REMEMBERED_ITEMS = 5;

/**
 * Columns `start` and `time` and the trading date of a row, from the start of its window and, in futures, the date on
 * which its session ends, which alone decides there. A day bar starts at midnight of its trading date in the session
 * zone, whatever the source says: indices' start an hour later, those of futures on the day before.
 */
export class BarTime {
  /** Nanoseconds since 2000, UTC. */
  readonly start = new Int64Words();
  /** Nanoseconds since midnight of the trading date, on the session zone's wall clock. */
  readonly time = new Int64Words();
  date: DateDays = 0;
  readonly #calendar: SessionCalendar;
  readonly #table: AggregateTableName;
  #span: TradingSpan;
  /** Remembered instants, each in the slot of its minute, and beside it what follows from them. */
  readonly #instants = new Float64Array(REMEMBERED).fill(Number.NaN);
  readonly remembered = new Int32Array(REMEMBERED * REMEMBERED_ITEMS);

  constructor(calendar: SessionCalendar, table: AggregateTableName) {
    this.#calendar = calendar;
    this.#table = table;
    this.#span = calendar.spanOf(TABLE_EPOCH_MS);
  }

  /**
   * @param ms start of the window since 1970
   * @param ns below a million, beyond `ms`
   * @param sessionDate the trading date, where the source says it
   */
  set(ms: number, ns: number, sessionDate?: DateDays): void {
    if (ms < this.#span.fromMs || ms >= this.#span.untilMs) this.#span = this.#calendar.spanOf(ms);
    const span = this.#span;
    this.date = sessionDate ?? span.date;
    if (this.#table === 'agg1d') {
      this.#setMidnight();
      return;
    }
    this.start.setMs(ms - TABLE_EPOCH_MS, ns);
    this.time.setMs(ms + span.timeShiftMs + (span.date - this.date) * MS_PER_DAY, ns);
  }

  /** The same for a whole millisecond without a session date. A file says the same instants again for every ticker. */
  setInstant(ms: number): void {
    const at = this.remember(ms);
    const items = this.remembered;
    this.start.low = items[at]!;
    this.start.high = items[at + 1]!;
    this.time.low = items[at + 2]!;
    this.time.high = items[at + 3]!;
    this.date = items[at + 4]!;
  }

  /** Where `remembered` has what follows from a whole millisecond, until the next call: words of start and time, date. */
  remember(ms: number): number {
    const slot = (ms / MS_PER_MINUTE) & (REMEMBERED - 1);
    if (this.#instants[slot] !== ms) this.#fill(slot, ms);
    return slot * REMEMBERED_ITEMS;
  }

  #fill(slot: number, ms: number): void {
    this.set(ms, 0);
    const { start, time, date } = this;
    this.#instants[slot] = ms;
    this.remembered.set([start.low, start.high, time.low, time.high, date], slot * REMEMBERED_ITEMS);
  }

  #setMidnight(): void {
    this.start.setMs(midnightMs(this.#calendar, this.date) - TABLE_EPOCH_MS, 0);
    this.time.set(0);
  }
}
