import type { TradingCalendar } from './trading-calendar.ts';

/** Whether a market trades in a second, for seconds that mostly follow each other. */
export class OpenHours {
  readonly #calendar: TradingCalendar;
  /** In the seconds from `from` to before `until` it stays as it is. */
  #span = { from: 0, until: 0, isOpen: false };

  constructor(calendar: TradingCalendar) {
    this.#calendar = calendar;
  }

  /** @param second since 1970 */
  isOpen(second: number): boolean {
    if (second < this.#span.from || second >= this.#span.until) this.#span = this.#spanOf(second);
    return this.#span.isOpen;
  }

  #spanOf(second: number): { from: number; until: number; isOpen: boolean } {
    const { from, until } = this.#calendar.latest(second);
    if (second < until) return { from, until, isOpen: true };
    return { from: until, until: this.#calendar.next(second).from, isOpen: false };
  }
}
