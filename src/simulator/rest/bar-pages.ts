import { type Bar, emptyBar, mergeBar } from '../bars.ts';
import type { Session } from '../history/trading-calendar.ts';
import { type BaseQuery, baseBars } from './base-bars.ts';

/** One bar of the size that was asked for. */
export interface WindowBar {
  /** Second in which the window begins. */
  readonly start: number;
  /** Date of the last session that is in it. */
  readonly date: string;
  readonly bar: Bar;
}

/** A page of bars, and where the next one continues. */
export interface BarPage {
  readonly windows: readonly WindowBar[];
  /** Base bars that were looked at. */
  readonly scanned: number;
  /**
   * Second in which the next page begins, or from the end backwards the second with which it ends; undefined on the
   * last page.
   */
  readonly next: number | undefined;
}

/** How much is on a page. */
export interface PageLimit {
  readonly baseBars: number;
  readonly windows: number;
}

/**
 * Scans base bars up to the limit. A window that they do not fill is left to the next page, unless it is the only one:
 * then it is filled beyond the limit, so that every page brings something.
 *
 * @param windowStart start of the window that holds a base bar
 */
export async function barPage(
  query: BaseQuery,
  limit: PageLimit,
  windowStart: (second: number, session: Session) => number,
): Promise<BarPage> {
  const windows: { start: number; date: string; bar: Bar }[] = [];
  let scanned = 0;
  for await (const { start, session, bar } of baseBars(query)) {
    const window = windowStart(start, session);
    const last = windows.at(-1);
    const sameWindow = last?.start === window;
    const full = !sameWindow && windows.length >= limit.windows;
    if (full || (scanned >= limit.baseBars && !(sameWindow && windows.length === 1))) {
      if (sameWindow) windows.pop();
      return { windows, scanned, next: query.descending ? windows.at(-1)!.start - 1 : window };
    }
    scanned++;
    if (last && sameWindow) addTo(last, bar, query.descending, session.date);
    else windows.push({ start: window, date: session.date, bar: { ...bar } });
  }
  return { windows, scanned, next: undefined };
}

function addTo(window: { date: string; bar: Bar }, bar: Bar, earlier: boolean, date: string): void {
  if (!earlier) {
    mergeBar(window.bar, bar);
    window.date = date;
    return;
  }
  const whole = { ...emptyBar(), ...bar };
  mergeBar(whole, window.bar);
  window.bar = whole;
}
