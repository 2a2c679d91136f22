import { type DateDays, MS_PER_DAY, TABLE_EPOCH_MS } from '../tables/epoch.ts';
import type { SessionCalendar } from '../tables/session-calendar.ts';

const HALF_HOUR_MS = 30 * 60_000;

/** Whether the market was to be open at some time of a trading date. */
export function isTradingDate(calendar: SessionCalendar, date: DateDays): boolean {
  const midnightMs = TABLE_EPOCH_MS + date * MS_PER_DAY;
  // A trading date may begin on the evening before and end on the morning after, as UTC counts.
  for (
    let instantMs = midnightMs - MS_PER_DAY / 2;
    instantMs < midnightMs + 2 * MS_PER_DAY;
    instantMs += HALF_HOUR_MS
  ) {
    if (calendar.tradingDate(instantMs) === date && calendar.isOpen(instantMs)) return true;
  }
  return false;
}

/** Trading dates of a span, both ends included, on which the market was to be open. */
export function tradingDates(calendar: SessionCalendar, fromDate: DateDays, untilDate: DateDays): DateDays[] {
  const dates = Array.from({ length: untilDate - fromDate + 1 }, (_, i) => fromDate + i);
  return dates.filter(date => isTradingDate(calendar, date));
}

/** The spans of calendar months that make up a span of dates, all ends included. */
export function monthsOf(
  fromDate: DateDays,
  untilDate: DateDays,
): { fromDate: DateDays; untilDate: DateDays }[] {
  const months: { fromDate: DateDays; untilDate: DateDays }[] = [];
  for (let begin = fromDate; begin <= untilDate; ) {
    const day = new Date(TABLE_EPOCH_MS + begin * MS_PER_DAY);
    const nextMonthMs = Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 1);
    const next = (nextMonthMs - TABLE_EPOCH_MS) / MS_PER_DAY;
    months.push({ fromDate: begin, untilDate: Math.min(untilDate, next - 1) });
    begin = next;
  }
  return months;
}
