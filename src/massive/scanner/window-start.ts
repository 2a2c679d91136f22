import { type DateDays, TABLE_EPOCH_MS } from '../../tables/epoch.ts';
import { Int64Words } from '../../tables/int64-words.ts';
import type { SessionCalendar, TradingSpan } from '../../tables/session-calendar.ts';
import type { FrameBytes } from './frame-bytes.ts';
import { MS_DIGITS, RepeatedTime } from './repeated-time.ts';

const UNUSUAL = -1;

const MICROSECOND_DIGITS = 16;
const NANOSECOND_DIGITS = 19;

const NS_PER_US = 1_000;

/**
 * The start of a bar's window and what follows from it: columns `start` and `time`, and the trading date. Bars come
 * in runs of one start, so the digits of the one before are kept and compared before anything is computed.
 */
export class WindowStart {
  /** Nanoseconds since 2000, UTC. */
  readonly start = new Int64Words();
  /** Nanoseconds since midnight of the trading date, on the session zone's wall clock. */
  readonly time = new Int64Words();
  date: DateDays = 0;
  readonly #calendar: SessionCalendar;
  #span: TradingSpan;
  readonly #repeated = new RepeatedTime();

  constructor(calendar: SessionCalendar) {
    this.#calendar = calendar;
    this.#span = calendar.spanOf(TABLE_EPOCH_MS);
  }

  /** Takes the start in milliseconds at `at`; the position behind it, or UNUSUAL where there are not 13 digits. */
  read(frame: FrameBytes, at: number): number {
    if (!this.#repeated.isAt(frame, at)) {
      const ms = this.#repeated.read(frame, at);
      if (ms === undefined) return UNUSUAL;
      this.#set(ms, 0);
    }
    return at + MS_DIGITS;
  }

  /** Takes a start as text: 13 digits are milliseconds since 1970, 16 microseconds, 19 nanoseconds. False if not one. */
  take(text: string): boolean {
    if (!/^[1-9][0-9]*$/.test(text)) return false;
    const ms = Number(text.slice(0, MS_DIGITS));
    const rest = Number(text.slice(MS_DIGITS));
    this.#repeated.forget();
    switch (text.length) {
      case MS_DIGITS:
        this.#set(ms, 0);
        return true;
      case MICROSECOND_DIGITS:
        this.#set(ms, rest * NS_PER_US);
        return true;
      case NANOSECOND_DIGITS:
        this.#set(ms, rest);
        return true;
      default:
        return false;
    }
  }

  #set(ms: number, ns: number): void {
    if (ms < this.#span.fromMs || ms >= this.#span.untilMs) this.#span = this.#calendar.spanOf(ms);
    this.start.setMs(ms - TABLE_EPOCH_MS, ns);
    this.time.setMs(ms + this.#span.timeShiftMs, ns);
    this.date = this.#span.date;
  }
}
