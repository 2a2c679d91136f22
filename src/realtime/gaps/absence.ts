import { type OpenSpan, openSpans } from '../../tables/open-spans.ts';
import type { SessionCalendar } from '../../tables/session-calendar.ts';
import { type GapBook, LONGEST_PIECE_MS, type NewGap } from './book.ts';

/** What an absence misses, and why. */
export type Missed = Omit<NewGap, 'beginMs'>;

/**
 * A time in which a feed does not listen, as gaps of a book: one for each stretch in which the market is open, cut where
 * the trading date ends, and hourly while it lasts. Closed time is in none of them. Instants are event time, ms since
 * 1970.
 */
export class Absence {
  readonly missed: Missed;
  readonly #book: GapBook;
  /** Up to here everything that is missed is in the book. */
  #toldUntilMs: number;
  /** The gap that lasts, if one does. */
  #lasting: string | undefined;

  /** @param lasting the gap of the book that goes on, where a process takes the absence over from the one before */
  constructor(book: GapBook, missed: Missed, fromMs: number, lasting?: string) {
    this.#book = book;
    this.missed = missed;
    this.#toldUntilMs = fromMs;
    this.#lasting = lasting;
  }

  get toldUntilMs(): number {
    return this.#toldUntilMs;
  }

  /** The feed does not listen yet: enters what is missed up to now. */
  goesOn(calendar: SessionCalendar, nowMs: number): void {
    this.#enter(calendar, nowMs);
    const begin = this.#lasting === undefined ? undefined : this.#book.find(this.#lasting)?.beginMs;
    // The next piece is opened once there is something in it.
    if (begin !== undefined && nowMs - begin >= LONGEST_PIECE_MS) this.#end(nowMs);
  }

  /** The feed listens again: windows that begin at `untilMs` or later are received. */
  ends(calendar: SessionCalendar, untilMs: number): void {
    this.#enter(calendar, untilMs);
    if (this.#lasting !== undefined) this.#end(Math.max(untilMs, this.#toldUntilMs));
  }

  #enter(calendar: SessionCalendar, nowMs: number): void {
    if (nowMs <= this.#toldUntilMs) return;
    const spans = openSpans(calendar, this.#toldUntilMs, nowMs);
    this.#endUnlessIn(spans[0], calendar);
    for (const span of spans) {
      if (this.#lasting === undefined) this.#open(span.fromMs);
      if (span.untilMs < nowMs || calendar.tradingDate(nowMs) !== span.date) this.#end(span.untilMs);
    }
    this.#toldUntilMs = nowMs;
  }

  /** The market has closed, or the trading date ended, just where the last look was. */
  #endUnlessIn(first: OpenSpan | undefined, calendar: SessionCalendar): void {
    if (this.#lasting === undefined) return;
    const begin = this.#book.find(this.#lasting)?.beginMs;
    // It may have been dropped from a full book.
    if (begin === undefined) this.#lasting = undefined;
    else if (first?.fromMs !== this.#toldUntilMs || calendar.tradingDate(begin) !== first.date) {
      this.#end(this.#toldUntilMs);
    }
  }

  #open(beginMs: number): void {
    this.#lasting = this.#book.open({ ...this.missed, beginMs }).id;
  }

  #end(endMs: number): void {
    if (this.#book.find(this.#lasting!)) this.#book.end(this.#lasting!, endMs);
    this.#lasting = undefined;
  }
}
