import type { DateDays } from './epoch.ts';
import type { SessionCalendar } from './session-calendar.ts';

/** All sessions begin and end at quarters of an hour, in UTC too. */
const QUARTER_MS = 900_000;

/** A stretch of time in which a market is open, within one trading date. Ms since 1970; the end is outside. */
export interface OpenSpan {
  readonly date: DateDays;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** When a market is open in [fromMs, untilMs), ascending; a span ends where its trading date does. */
export function openSpans(calendar: SessionCalendar, fromMs: number, untilMs: number): readonly OpenSpan[] {
  const spans: OpenSpan[] = [];
  for (let atMs = fromMs; atMs < untilMs; ) {
    const nextMs = Math.min(untilMs, (Math.floor(atMs / QUARTER_MS) + 1) * QUARTER_MS);
    if (calendar.isOpen(atMs)) {
      const date = calendar.tradingDate(atMs);
      const last = spans.at(-1);
      if (last?.untilMs === atMs && last.date === date)
        spans[spans.length - 1] = { ...last, untilMs: nextMs };
      else spans.push({ date, fromMs: atMs, untilMs: nextMs });
    }
    atMs = nextMs;
  }
  return spans;
}
