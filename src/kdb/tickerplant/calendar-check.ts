import { type DateDays, isoDateOf } from '../../tables/epoch.ts';

/**
 * What a tickerplant of this market should have for date and zone. Given by the caller, because it depends on the
 * market's calendar; `nowMs` is the wall clock, ms since 1970.
 */
export interface TickerplantCalendar {
  expectedDate(nowMs: number): DateDays;
  /** Local time of the session zone less UTC, as the tickerplant's clock should have it. */
  expectedOffsetMs(nowMs: number): number;
  /** The value of TZ that gives the tickerplant this zone, for messages: `America/New_York`. */
  readonly timeZone: string;
}

/** A tickerplant rolls on its own timer, and its clock is not ours. */
const ROLL_TOLERANCE_MS = 60_000;

/** Offsets are whole minutes; what is read of them is off by the time between two readings of the clock. */
const OFFSET_TOLERANCE_MS = 30_000;

/**
 * What is wrong with the tickerplant's date or zone, and what to do, as one line; undefined where both are as the
 * calendar has them, give or take a minute around the roll. `offsetMs` is undefined where it could not be read.
 */
export function calendarDifference(
  date: DateDays,
  offsetMs: number | undefined,
  calendar: TickerplantCalendar,
  nowMs: number,
): string | undefined {
  const expectedOffsetMs = calendar.expectedOffsetMs(nowMs);
  if (offsetMs !== undefined && Math.abs(offsetMs - expectedOffsetMs) > OFFSET_TOLERANCE_MS) {
    return (
      `the tickerplant's clock is at ${utcOffset(offsetMs)} and its market's at ${utcOffset(expectedOffsetMs)}, ` +
      `so it ends its day at another time than the market. Start it with TZ=${calendar.timeZone}.`
    );
  }
  const near = [nowMs - ROLL_TOLERANCE_MS, nowMs, nowMs + ROLL_TOLERANCE_MS];
  if (near.some(timeMs => calendar.expectedDate(timeMs) === date)) return undefined;
  return (
    `the tickerplant files under ${isoDateOf(date)} while the market's date is ` +
    `${isoDateOf(calendar.expectedDate(nowMs))}, so rows of that date wait. ` +
    `See whether its end of day has run (.u.endofday), and start it with TZ=${calendar.timeZone}.`
  );
}

function utcOffset(offsetMs: number): string {
  const minutes = Math.round(Math.abs(offsetMs) / 60_000);
  const clock = `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
  return `UTC${offsetMs < 0 ? '-' : '+'}${clock}`;
}
