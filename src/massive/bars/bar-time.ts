import type { AggregateTableName } from '../../tables/definitions.ts';
import { type DateDays, MS_PER_DAY, TABLE_EPOCH_MS } from '../../tables/epoch.ts';
import { Int64Words } from '../../tables/int64-words.ts';
import type { SessionCalendar, TradingSpan } from '../../tables/session-calendar.ts';

const MS_PER_MINUTE = 60_000;

/** Instants that are remembered: a power of two, and more than a day has minutes. */
const REMEMBERED = 2048;

import { midnightMs } from './trading-bounds.ts';

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
  /** Remembered instants, each in the slot of its minute, and what follows from them. */
  readonly #instants = new Float64Array(REMEMBERED).fill(Number.NaN);
  readonly #words = new Int32Array(REMEMBERED * 4);
  readonly #dates = new Int32Array(REMEMBERED);

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
    const slot = (ms / MS_PER_MINUTE) & (REMEMBERED - 1);
    if (this.#instants[slot] !== ms) this.#remember(ms, slot);
    const words = this.#words;
    const at = slot * 4;
    this.start.low = words[at]!;
    this.start.high = words[at + 1]!;
    this.time.low = words[at + 2]!;
    this.time.high = words[at + 3]!;
    this.date = this.#dates[slot]!;
  }

  #remember(ms: number, slot: number): void {
    this.set(ms, 0);
    const { start, time } = this;
    this.#instants[slot] = ms;
    this.#words.set([start.low, start.high, time.low, time.high], slot * 4);
    this.#dates[slot] = this.date;
  }

  #setMidnight(): void {
    this.start.setMs(midnightMs(this.#calendar, this.date) - TABLE_EPOCH_MS, 0);
    this.time.set(0);
  }
}
