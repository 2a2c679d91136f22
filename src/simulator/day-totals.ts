import { DateTime } from 'luxon';
import { type Bar, type BarSource, emptyBar } from './bars.ts';
import type { MarketTraits } from './markets.ts';
import type { Universe } from './universe.ts';

const SECONDS_PER_DAY = 86_400;
/** Bars from which the part of the day before the start is estimated. */
const SAMPLES = 8;

/** The bounds of one day of a market, in seconds since 1970. */
export interface MarketDay {
  readonly start: number;
  readonly end: number;
  /** When its official open is made; undefined where there is none. */
  readonly officialOpen: number | undefined;
}

/** The day of a market that contains a second. */
export function marketDayOf(traits: MarketTraits, second: number): MarketDay {
  const local = DateTime.fromSeconds(second, { zone: traits.zone });
  const date = local.minus({ hours: traits.dayStartHour }).startOf('day');
  const startOf = (day: DateTime): number => dayStart(day, traits.dayStartHour);
  const days = [date.minus({ days: 1 }), date, date.plus({ days: 1 })];
  // On the day of a clock change the hours of the date are not those of the clock: take the bounds as they are.
  const day = days.findLast(candidate => startOf(candidate) <= second) ?? date;
  const open = traits.officialOpenMinute;
  return {
    start: startOf(day),
    end: startOf(day.plus({ days: 1 })),
    officialOpen:
      open === undefined
        ? undefined
        : day.set({ hour: Math.floor(open / 60), minute: open % 60 }).toUnixInteger(),
  };
}

function dayStart(day: DateTime, hour: number): number {
  if (hour >= 0) return day.set({ hour }).toUnixInteger();
  return day
    .minus({ days: 1 })
    .set({ hour: 24 + hour })
    .toUnixInteger();
}

/** What a day has come to so far, by symbol: volume and notional as in `Bar`, and the official open once it is known. */
class Totals {
  readonly volume: Float64Array;
  readonly notional: Float64Array;
  readonly officialOpen: Float64Array;

  constructor(count: number) {
    this.volume = new Float64Array(count);
    this.notional = new Float64Array(count);
    this.officialOpen = new Float64Array(count).fill(Number.NaN);
  }

  clear(): void {
    this.volume.fill(0);
    this.notional.fill(0);
    this.officialOpen.fill(Number.NaN);
  }
}

/**
 * The accumulated volume and value of the current and the previous day. They start with what the part of the day
 * before the start of the simulator would have brought on average, and are exact sums from there on.
 */
export class DayTotals {
  readonly #universe: Universe;
  readonly #bars: BarSource;
  #today: Totals;
  #yesterday: Totals;
  #day: MarketDay;
  #dayBefore: MarketDay;

  constructor(universe: Universe, bars: BarSource, startSecond: number) {
    this.#universe = universe;
    this.#bars = bars;
    this.#today = new Totals(universe.count);
    this.#yesterday = new Totals(universe.count);
    this.#day = marketDayOf(universe.traits, startSecond);
    this.#dayBefore = marketDayOf(universe.traits, this.#day.start - 1);
    this.#estimate(this.#today, startSecond - this.#day.start);
    this.#estimate(this.#yesterday, SECONDS_PER_DAY);
  }

  /** Must be called before the first bar of each second, in order. */
  enter(second: number): void {
    if (second < this.#day.end) return;
    [this.#today, this.#yesterday] = [this.#yesterday, this.#today];
    this.#today.clear();
    this.#dayBefore = this.#day;
    this.#day = marketDayOf(this.#universe.traits, second);
  }

  /** Adds what was traded at `second`. */
  add(symbol: number, second: number, volume: number, notional: number): void {
    const totals = this.#of(second);
    totals.volume[symbol]! += volume;
    totals.notional[symbol]! += notional;
  }

  volume(symbol: number, second: number): number {
    return this.#of(second).volume[symbol]!;
  }

  notional(symbol: number, second: number): number {
    return this.#of(second).notional[symbol]!;
  }

  /** The official open as known at the end of a window that begins at `second`; NaN before it is made. */
  officialOpen(symbol: number, second: number): number {
    const { officialOpen } = second < this.#day.start ? this.#dayBefore : this.#day;
    if (officialOpen === undefined || second < officialOpen) return Number.NaN;
    const known = this.#of(second).officialOpen;
    if (Number.isNaN(known[symbol]!)) known[symbol] = this.#bars.priceAt(symbol, officialOpen);
    return known[symbol]!;
  }

  /** Whether two moments of today or yesterday are on the same day. */
  sameDay(second: number, other: number): boolean {
    return this.#of(second) === this.#of(other);
  }

  #of(second: number): Totals {
    return second < this.#day.start ? this.#yesterday : this.#today;
  }

  #estimate(totals: Totals, seconds: number): void {
    const sample: Bar = emptyBar();
    for (let symbol = 0; symbol < this.#universe.count; symbol++) {
      const bars = this.#universe.activity[symbol]! * seconds;
      for (let i = 0; i < SAMPLES; i++) {
        this.#bars.originalSecond(symbol, this.#day.start + i * 7919, sample);
        totals.volume[symbol]! += Math.round((sample.volume * bars) / SAMPLES);
        totals.notional[symbol]! += Math.round((sample.notional * bars) / SAMPLES);
      }
    }
  }
}
