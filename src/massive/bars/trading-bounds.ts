import { type DateDays, MS_PER_DAY, TABLE_EPOCH_MS } from '../../tables/epoch.ts';
import type { SessionCalendar } from '../../tables/session-calendar.ts';

/** Midnight of a date in the session zone, ms since 1970. */
export function midnightMs(calendar: SessionCalendar, date: DateDays): number {
  const wallMs = TABLE_EPOCH_MS + date * MS_PER_DAY;
  const nearMs = wallMs - calendar.utcOffsetMs(wallMs);
  return wallMs - calendar.utcOffsetMs(nearMs);
}

/** The instant at which a trading date begins, ms since 1970. */
export function tradingBeginMs(calendar: SessionCalendar, date: DateDays): number {
  return tradingEndMs(calendar, date - 1);
}

/** The instant at which a trading date gives way to the next, ms since 1970. */
export function tradingEndMs(calendar: SessionCalendar, date: DateDays): number {
  return calendar.nextRollMs(midnightMs(calendar, date));
}
