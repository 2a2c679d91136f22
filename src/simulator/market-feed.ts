import { type Bar, type BarSource, emptyBar, type Trade } from './bars.ts';
import type { DayTotals } from './day-totals.ts';
import { type BarKind, MINUTE_BAR, SECOND_BAR } from './event.ts';
import type { LateTrades } from './late-trades.ts';
import type { Universe } from './universe.ts';

/** Where a feed puts its bars, in the order in which they are sent. */
export interface BarSink {
  /** Whether anybody listens for this kind of bar of a symbol. */
  wanted(kind: BarKind, symbol: number): boolean;
  /** @param second start of the window, seconds since 1970 */
  bar(kind: BarKind, symbol: number, second: number, bar: Bar, dayVolume: number, dayNotional: number): void;
  /** What came so far goes out: the next bars are sent later. */
  flush(): void;
}

/** A second bar is sent so long after its second has ended. */
const SECOND_DELAY_MS = 2000;
const SECOND_SPREAD_MS = 900;
/** The minute bars of a whole market arrive spread over up to 2 s; of more symbols than a market has, over longer. */
const MINUTE_DELAY_MS = 200;
const MINUTE_SPREAD_MS = 1800;
const WHOLE_MARKET = 12_000;
/** The symbols of one window are sent in so many parts. */
const SLICES = 90;

/** A window whose symbols are being sent, slice after slice. */
class Cursor {
  /** Start of the window, seconds since 1970. */
  start: number;
  slice = 0;
  readonly #length: number;
  readonly #delayMs: number;
  readonly #sliceMs: number;

  constructor(length: number, delayMs: number, spreadMs: number, fromMs: number) {
    this.#length = length;
    this.#delayMs = delayMs;
    this.#sliceMs = spreadMs / SLICES;
    const latest = fromMs - delayMs - length * 1000 - spreadMs;
    this.start = Math.floor(latest / (length * 1000)) * length;
    while (this.dueMs < fromMs) this.next();
  }

  get dueMs(): number {
    return (this.start + this.#length) * 1000 + this.#delayMs + this.slice * this.#sliceMs;
  }

  /** Whether a slice of a window has been sent. */
  isPast(start: number, slice: number): boolean {
    return start < this.start || (start === this.start && slice < this.slice);
  }

  next(): void {
    this.slice++;
    if (this.slice < SLICES) return;
    this.slice = 0;
    this.start += this.#length;
  }
}

/** Sends the bars of one market when they are due: in the same order whenever and however often it is asked to. */
export class MarketFeed {
  readonly #universe: Universe;
  readonly #bars: BarSource;
  readonly #late: LateTrades;
  readonly #days: DayTotals;
  readonly #sink: BarSink;
  readonly #seconds: Cursor;
  readonly #minutes: Cursor;
  readonly #bar = emptyBar();
  readonly #trade: Trade = { price: 0, volume: 0 };
  readonly #part = emptyBar();
  readonly #sum = { volume: 0, notional: 0 };

  constructor(
    universe: Universe,
    bars: BarSource,
    late: LateTrades,
    days: DayTotals,
    sink: BarSink,
    fromMs: number,
  ) {
    this.#universe = universe;
    this.#bars = bars;
    this.#late = late;
    this.#days = days;
    this.#sink = sink;
    this.#seconds = new Cursor(1, SECOND_DELAY_MS, SECOND_SPREAD_MS, fromMs);
    const minuteSpreadMs = MINUTE_SPREAD_MS * Math.max(1, universe.count / WHOLE_MARKET);
    this.#minutes = new Cursor(60, MINUTE_DELAY_MS, minuteSpreadMs, fromMs);
  }

  /** Market time (ms since 1970) at which the next bars are due. */
  get dueMs(): number {
    return Math.min(this.#seconds.dueMs, this.#minutes.dueMs);
  }

  /** Sends the bars that are due next. */
  step(): void {
    if (this.#seconds.dueMs <= this.#minutes.dueMs) {
      this.#sendSeconds(this.#seconds.start, this.#seconds.slice);
      this.#seconds.next();
    } else {
      this.#sendMinutes(this.#minutes.start, this.#minutes.slice);
      this.#minutes.next();
    }
    this.#sink.flush();
  }

  #sendSeconds(second: number, slice: number): void {
    this.#late.planThrough(second);
    this.#days.enter(second);
    const arriving = this.#late.arriving(second);
    const end = this.#sliceBegin(slice + 1);
    for (let symbol = this.#sliceBegin(slice); symbol < end; symbol++) {
      if (this.#bars.traded(symbol, second)) this.#sendSecond(symbol, second);
      for (const late of arriving) {
        if (this.#bars.lateTrade(symbol, late, this.#trade))
          this.#correct(symbol, late.target, second, slice);
      }
    }
  }

  #sendSecond(symbol: number, second: number): void {
    const bar = this.#bar;
    this.#bars.originalSecond(symbol, second, bar);
    this.#days.add(symbol, second, bar.volume, bar.notional);
    this.#send(SECOND_BAR, symbol, second);
  }

  /** A late trade changes its second, and its minute; a minute that has not been sent yet will have it. */
  #correct(symbol: number, target: number, arrival: number, slice: number): void {
    const { price, volume } = this.#trade;
    this.#days.add(symbol, target, volume, price * volume);
    if (this.#sink.wanted(SECOND_BAR, symbol)) {
      this.#bars.secondAsOf(symbol, target, arrival, this.#bar);
      this.#send(SECOND_BAR, symbol, target);
    }
    const minute = target - (target % 60);
    if (!this.#minutes.isPast(minute, slice) || !this.#sink.wanted(MINUTE_BAR, symbol)) return;
    this.#bars.minuteAsOf(symbol, minute, arrival, this.#bar);
    this.#send(MINUTE_BAR, symbol, minute);
  }

  #sendMinutes(minute: number, slice: number): void {
    const last = minute + 59;
    this.#late.planThrough(last);
    const unsent = this.#seconds.start + (slice < this.#seconds.slice ? 1 : 0);
    const known = Math.max(last, unsent - 1);
    const end = this.#sliceBegin(slice + 1);
    for (let symbol = this.#sliceBegin(slice); symbol < end; symbol++) {
      if (!this.#sink.wanted(MINUTE_BAR, symbol)) continue;
      if (!this.#bars.minuteAsOf(symbol, minute, known, this.#bar)) continue;
      const { volume, notional } = this.#tradedIn(symbol, unsent, last);
      this.#sink.bar(
        MINUTE_BAR,
        symbol,
        minute,
        this.#bar,
        this.#days.volume(symbol, minute) + volume,
        this.#days.notional(symbol, minute) + notional,
      );
    }
  }

  /**
   * What came in from second `first` to `last`, of the same day: a minute is sent at once, its last seconds later, and
   * only then are they in the day's totals.
   */
  #tradedIn(symbol: number, first: number, last: number): { volume: number; notional: number } {
    const sum = this.#sum;
    sum.volume = 0;
    sum.notional = 0;
    for (let second = first; second <= last; second++) {
      if (this.#bars.traded(symbol, second)) {
        this.#bars.originalSecond(symbol, second, this.#part);
        sum.volume += this.#part.volume;
        sum.notional += this.#part.notional;
      }
      for (const late of this.#late.arriving(second)) {
        if (!this.#days.sameDay(late.target, last) || !this.#bars.lateTrade(symbol, late, this.#trade))
          continue;
        sum.volume += this.#trade.volume;
        sum.notional += this.#trade.price * this.#trade.volume;
      }
    }
    return sum;
  }

  #send(kind: BarKind, symbol: number, second: number): void {
    if (!this.#sink.wanted(kind, symbol)) return;
    this.#sink.bar(
      kind,
      symbol,
      second,
      this.#bar,
      this.#days.volume(symbol, second),
      this.#days.notional(symbol, second),
    );
  }

  #sliceBegin(slice: number): number {
    return Math.floor((slice * this.#universe.count) / SLICES);
  }
}
