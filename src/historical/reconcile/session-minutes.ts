import { tradingBeginMs, tradingEndMs } from '../../massive/bars/trading-bounds.ts';
import { type DateDays, TABLE_EPOCH_MS } from '../../tables/epoch.ts';
import type { SessionCalendar } from '../../tables/session-calendar.ts';

const MS_PER_MINUTE = 60_000;
const NS_PER_MINUTE = 60e9;

/** The minutes of one trading date, counted from its beginning. */
export class SessionMinutes {
  readonly count: number;
  /** 1 where the market is expected to be open. */
  readonly open: Uint8Array;
  /** The trading date, ms since 1970. */
  readonly beginMs: number;
  readonly endMs: number;
  readonly #beginNs: number;
  readonly #calendar: SessionCalendar;

  constructor(calendar: SessionCalendar, date: DateDays) {
    this.#calendar = calendar;
    this.beginMs = tradingBeginMs(calendar, date);
    this.#beginNs = (this.beginMs - TABLE_EPOCH_MS) * 1e6;
    this.endMs = tradingEndMs(calendar, date);
    this.count = Math.ceil((this.endMs - this.beginMs) / MS_PER_MINUTE);
    this.open = Uint8Array.from({ length: this.count }, (_, minute) =>
      calendar.isOpen(this.beginMs + minute * MS_PER_MINUTE) ? 1 : 0,
    );
  }

  /** The minute of a window that starts at `startNs` (ns since 2000). */
  of(startNs: number): number {
    const minute = Math.floor((startNs - this.#beginNs) / NS_PER_MINUTE);
    return Math.min(Math.max(minute, 0), this.count - 1);
  }

  /** What is counted by minute, of the minutes that begin in [beginMs, endMs), ms since 1970. */
  sumBetween(counts: Uint32Array, beginMs: number, endMs: number): number {
    const minuteAt = (instantMs: number) => Math.ceil((instantMs - this.beginMs) / MS_PER_MINUTE);
    return counts
      .subarray(Math.max(minuteAt(beginMs), 0), Math.max(minuteAt(endMs), 0))
      .reduce((sum, count) => sum + count, 0);
  }

  /** Wall-clock time of a minute in the session zone: `09:30`. */
  label(minute: number): string {
    const instantMs = this.beginMs + minute * MS_PER_MINUTE;
    return new Date(instantMs + this.#calendar.utcOffsetMs(instantMs)).toISOString().slice(11, 16);
  }
}
