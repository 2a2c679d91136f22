import { DateTime, IANAZone } from 'luxon';
import { type DateDays, MS_PER_DAY, TABLE_EPOCH_MS } from './epoch.ts';
import { type Market, SESSION_ZONE } from './markets.ts';
import { SESSION_HOURS, type SessionHours } from './session-hours.ts';
import { type Holiday, US_HOLIDAYS } from './us-holidays.ts';

const MS_PER_MINUTE = 60_000;

/** Futures sessions end at 17:00 in Chicago: seven hours before midnight the next trading date begins. */
const ROLL_BEFORE_MIDNIGHT_MS: Readonly<Record<Market, number>> = {
  stocks: 0,
  options: 0,
  indices: 0,
  forex: 0,
  crypto: 0,
  futures: 7 * 60 * MS_PER_MINUTE,
};

const REMEMBERED_SPANS = 8;

/**
 * A stretch of time in which trading date and zone offset do not change: usually one trading date, on the day of a
 * daylight-saving change one of its parts. Instants are milliseconds since 1970, UTC.
 */
export interface TradingSpan {
  readonly date: DateDays;
  readonly fromMs: number;
  readonly untilMs: number;
  /** Added to an instant, gives column `time`: wall-clock milliseconds since midnight of `date`, or before it. */
  readonly timeShiftMs: number;
}

/**
 * Trading dates, column `time` and opening hours of one market. A trading date is the exchange date (stocks, options,
 * indices), the UTC date (forex, crypto) or the date on which the session ends (futures: from 17:00 in Chicago it is
 * the next day, Sunday evening belongs to Monday).
 */
export class SessionCalendar {
  readonly market: Market;
  readonly #zone: IANAZone;
  readonly #rollMs: number;
  readonly #hours: SessionHours;
  readonly #hoursZone: IANAZone;
  readonly #holidays: ReadonlyMap<string, Holiday>;
  /** Most recent first: late bars of the date before alternate with those of today. */
  #spans: TradingSpan[] = [];

  constructor(market: Market, holidays: readonly Holiday[] = US_HOLIDAYS) {
    this.market = market;
    this.#zone = IANAZone.create(SESSION_ZONE[market]);
    this.#rollMs = ROLL_BEFORE_MIDNIGHT_MS[market];
    this.#hours = SESSION_HOURS[market];
    this.#hoursZone = IANAZone.create(this.#hours.zone);
    this.#holidays = new Map(holidays.map(holiday => [holiday.date, holiday]));
  }

  /** The span that holds an instant. Keep it and ask again only for an instant outside [fromMs, untilMs). */
  spanOf(instantMs: number): TradingSpan {
    const known = this.#spans.find(span => instantMs >= span.fromMs && instantMs < span.untilMs);
    if (known) return known;
    const span = this.#findSpan(instantMs);
    this.#spans = [span, ...this.#spans.slice(0, REMEMBERED_SPANS - 1)];
    return span;
  }

  tradingDate(instantMs: number): DateDays {
    return this.spanOf(instantMs).date;
  }

  /** The instant at which the trading date of `instantMs` gives way to the next. */
  nextRollMs(instantMs: number): number {
    const { date } = this.spanOf(instantMs);
    let { untilMs } = this.spanOf(instantMs);
    while (this.spanOf(untilMs).date === date) ({ untilMs } = this.spanOf(untilMs));
    return untilMs;
  }

  /** What the session zone's wall clock shows ahead of UTC. */
  utcOffsetMs(instantMs: number): number {
    return this.#zone.offset(instantMs) * MS_PER_MINUTE;
  }

  /**
   * What the clock of a tickerplant in this market's zone shows ahead of UTC: its dates are trading dates, so a
   * futures tickerplant runs seven hours ahead of Chicago.
   */
  dateOffsetMs(instantMs: number): number {
    return this.utcOffsetMs(instantMs) + this.#rollMs;
  }

  /** Whether the market may be expected to send something at an instant; see SESSION_HOURS. */
  isOpen(instantMs: number): boolean {
    const wall = DateTime.fromMillis(instantMs, { zone: this.#hoursZone });
    const minute = wall.hour * 60 + wall.minute;
    const sessions = this.#hours.sessions[wall.weekday] ?? [];
    if (!sessions.some(([from, until]) => minute >= from && minute < until)) return false;
    return !this.#closedForHoliday(wall, minute);
  }

  #closedForHoliday(wall: DateTime, minute: number): boolean {
    const closure = this.#hours.holidays;
    const holiday = closure && this.#holidays.get(wall.toISODate() ?? '');
    if (!holiday) return false;
    const [from, until] = holiday.earlyClose ? closure.earlyClose : closure.holiday;
    return minute >= from && minute < until;
  }

  #findSpan(instantMs: number): TradingSpan {
    const offsetMs = this.dateOffsetMs(instantMs);
    const date = Math.floor((instantMs + offsetMs - TABLE_EPOCH_MS) / MS_PER_DAY);
    const midnightMs = TABLE_EPOCH_MS + date * MS_PER_DAY;
    return {
      date,
      fromMs: this.#firstWithOffset(midnightMs - offsetMs, instantMs, offsetMs),
      untilMs: this.#firstWithout(instantMs, midnightMs + MS_PER_DAY - offsetMs, offsetMs),
      timeShiftMs: this.utcOffsetMs(instantMs) - midnightMs,
    };
  }

  /** The earliest minute in [fromMs, knownMs] from which the offset is `offsetMs` until `knownMs`. */
  #firstWithOffset(fromMs: number, knownMs: number, offsetMs: number): number {
    if (this.dateOffsetMs(fromMs) === offsetMs) return fromMs;
    return this.#changeBetween(fromMs, knownMs);
  }

  /** The earliest minute in (knownMs, untilMs] at which the offset is no longer `offsetMs`, else `untilMs`. */
  #firstWithout(knownMs: number, untilMs: number, offsetMs: number): number {
    if (this.dateOffsetMs(untilMs - 1) === offsetMs) return untilMs;
    return this.#changeBetween(knownMs, untilMs - 1);
  }

  /** The first instant of the offset at `afterMs`, which differs from that at `beforeMs`; changes fall on minutes. */
  #changeBetween(beforeMs: number, afterMs: number): number {
    const offsetAfter = this.#zone.offset(afterMs);
    let before = Math.floor(beforeMs / MS_PER_MINUTE);
    let after = Math.ceil(afterMs / MS_PER_MINUTE);
    while (after - before > 1) {
      const middle = (before + after) >> 1;
      if (this.#zone.offset(middle * MS_PER_MINUTE) === offsetAfter) after = middle;
      else before = middle;
    }
    return after * MS_PER_MINUTE;
  }
}
