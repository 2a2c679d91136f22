import { type DateDays, TABLE_EPOCH_MS } from '../../tables/epoch.ts';
import { Int64Words } from '../../tables/int64-words.ts';
import type { SessionCalendar, TradingSpan } from '../../tables/session-calendar.ts';
import { DIGIT_0, UNUSUAL } from './ascii.ts';
import type { FrameBytes } from './frame-bytes.ts';

const MILLISECOND_DIGITS = 13;
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
  /** The digits of a start in milliseconds, as they stood in the frame: three words and the last digit. */
  #digits0 = 0;
  #digits4 = 0;
  #digits8 = 0;
  #digit12 = 0;

  constructor(calendar: SessionCalendar) {
    this.#calendar = calendar;
    this.#span = calendar.spanOf(TABLE_EPOCH_MS);
  }

  /** Takes the start in milliseconds at `at`; the position behind it, or UNUSUAL where there are not 13 digits. */
  read(frame: FrameBytes, at: number): number {
    const view = frame.view;
    const digits0 = view.getInt32(at, true);
    const digits4 = view.getInt32(at + 4, true);
    const digits8 = view.getInt32(at + 8, true);
    const bytes = frame.bytes;
    const digit12 = bytes[at + 12]!;
    const end = at + MILLISECOND_DIGITS;
    if (
      digits8 !== this.#digits8 ||
      digit12 !== this.#digit12 ||
      digits4 !== this.#digits4 ||
      digits0 !== this.#digits0
    ) {
      if (bytes[at] === DIGIT_0) return UNUSUAL;
      let ms = 0;
      for (let i = at; i < end; i++) {
        const digit = (bytes[i]! - DIGIT_0) >>> 0;
        if (digit > 9) return UNUSUAL;
        ms = ms * 10 + digit;
      }
      this.#set(ms, 0);
      this.#digits0 = digits0;
      this.#digits4 = digits4;
      this.#digits8 = digits8;
      this.#digit12 = digit12;
    }
    return end;
  }

  /** Takes a start as text: 13 digits are milliseconds since 1970, 16 microseconds, 19 nanoseconds. False if not one. */
  take(text: string): boolean {
    if (!/^[1-9][0-9]*$/.test(text)) return false;
    const ms = Number(text.slice(0, MILLISECOND_DIGITS));
    const rest = Number(text.slice(MILLISECOND_DIGITS));
    this.#digits0 = 0;
    switch (text.length) {
      case MILLISECOND_DIGITS:
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
