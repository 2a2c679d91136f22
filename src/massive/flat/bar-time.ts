import { type DateDays, MS_PER_DAY, TABLE_EPOCH_MS } from '../../tables/epoch.ts';
import { Int64Words } from '../../tables/int64-words.ts';
import type { SessionCalendar, TradingSpan } from '../../tables/session-calendar.ts';
import type { FlatTable } from './datasets.ts';

/**
 * Columns `start` and `time` and the trading date of a row, from the start of its window and, in futures, the date on
 * which its session ends, which alone decides there. A day bar starts at midnight of its trading date in the session
 * zone, whatever the file says: indices' start an hour later, those of futures on the day before.
 */
export class BarTime {
  /** Nanoseconds since 2000, UTC. */
  readonly start = new Int64Words();
  /** Nanoseconds since midnight of the trading date, on the session zone's wall clock. */
  readonly time = new Int64Words();
  date: DateDays = 0;
  readonly #calendar: SessionCalendar;
  readonly #table: FlatTable;
  #span: TradingSpan;
  /** The date whose midnight `start` is, in day bars. */
  #midnightOf = Number.NaN;

  constructor(calendar: SessionCalendar, table: FlatTable) {
    this.#calendar = calendar;
    this.#table = table;
    this.#span = calendar.spanOf(TABLE_EPOCH_MS);
  }

  /**
   * @param ms start of the window since 1970
   * @param ns below a million, beyond `ms`
   * @param sessionDate the trading date, where the file says it
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

  #setMidnight(): void {
    if (this.date === this.#midnightOf) return;
    this.#midnightOf = this.date;
    const wallMs = TABLE_EPOCH_MS + this.date * MS_PER_DAY;
    const nearMs = wallMs - this.#calendar.utcOffsetMs(wallMs);
    this.start.setMs(wallMs - this.#calendar.utcOffsetMs(nearMs) - TABLE_EPOCH_MS, 0);
    this.time.set(0);
  }
}
