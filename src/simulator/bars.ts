import { hash3, rehash, unit } from './hash.ts';
import { type LateArrival, type LateSchedule, lateTradeDice } from './late-plan.ts';
import { pathAt } from './price-path.ts';
import type { Universe } from './universe.ts';

const EXISTS = 0x0e15;
const SHAPE = 0x5a9e;

/** So that the volume units of a busy minute stay exact integers. */
const MOST_COINS = 20_000;

/** What was traded in a window. Prices in price units, volume in volume units of the market (see MarketTraits). */
export interface Bar {
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  /** Sum of price times volume of its trades, in both units. */
  notional: number;
  trades: number;
}

/** One trade, in the same units. */
export interface Trade {
  price: number;
  volume: number;
}

export function emptyBar(): Bar {
  return { open: 0, high: 0, low: 0, close: 0, volume: 0, notional: 0, trades: 0 };
}

/**
 * The bars of one market, computed from the seed: any symbol, any window, as known at any moment. A minute is the
 * aggregation of its seconds.
 */
export class BarSource {
  readonly #universe: Universe;
  readonly #late: LateSchedule;
  readonly #path: (symbolSeed: number, second: number) => number;
  readonly #isOpen: (second: number) => boolean;
  readonly #second = emptyBar();
  /** The last price that was asked for: the close of one second is the open of the next. */
  #pricedSymbol = -1;
  #pricedSecond = -1;
  #price = 0;
  readonly #trade: Trade = { price: 0, volume: 0 };

  /**
   * @param path `pathAt`, or something that gives the same faster for seconds that follow each other
   * @param isOpen whether the market trades in a second; always without it
   */
  constructor(
    universe: Universe,
    late: LateSchedule,
    path = pathAt,
    isOpen: (second: number) => boolean = () => true,
  ) {
    this.#universe = universe;
    this.#late = late;
    this.#path = path;
    this.#isOpen = isOpen;
  }

  /** Whether a symbol has a bar of that second (since 1970). */
  traded(symbol: number, second: number): boolean {
    const { seeds, activity } = this.#universe;
    return unit(hash3(seeds[symbol]!, second, EXISTS)) < activity[symbol]! && this.#isOpen(second);
  }

  /** The first second from `from` on in which a symbol traded; `until` where there is none before it. */
  nextTraded(symbol: number, from: number, until: number): number {
    const seed = this.#universe.seeds[symbol]!;
    // Compares as `traded` does: scaling by a power of two is exact.
    const limit = this.#universe.activity[symbol]! * 0x100000000;
    let second = from;
    while (second < until && (hash3(seed, second, EXISTS) >>> 0 >= limit || !this.#isOpen(second))) second++;
    return second;
  }

  /** The price at the beginning of a second, in price units. */
  priceAt(symbol: number, second: number): number {
    if (symbol === this.#pricedSymbol && second === this.#pricedSecond) return this.#price;
    const { centerTicks, swingTicks, floorTicks, tickUnits, seeds } = this.#universe;
    const ticks = Math.round(centerTicks[symbol]! + swingTicks[symbol]! * this.#path(seeds[symbol]!, second));
    this.#pricedSymbol = symbol;
    this.#pricedSecond = second;
    // Adding zero makes zero of minus zero, which could not be written.
    this.#price = Math.max(ticks, floorTicks[symbol]!) * tickUnits[symbol]! + 0;
    return this.#price;
  }

  /** Fills `bar` with the bar of a second in which the symbol traded, with no late trades. */
  originalSecond(symbol: number, second: number, bar: Bar): void {
    const { seeds, activity, tickUnits } = this.#universe;
    const tick = tickUnits[symbol]!;
    let dice = hash3(seeds[symbol]!, second, SHAPE);
    const crowd = unit(dice);
    bar.trades = 1 + Math.floor(crowd * crowd * 40 * activity[symbol]!);
    bar.open = this.priceAt(symbol, second);
    dice = rehash(dice);
    if (bar.trades === 1) {
      bar.high = bar.low = bar.close = bar.open;
      bar.volume = this.#size(dice, bar.open);
      bar.notional = bar.open * bar.volume;
      return;
    }
    bar.close = this.priceAt(symbol, second + 1);
    const floor = this.#universe.floorTicks[symbol]! * tick;
    bar.high = Math.max(bar.open, bar.close) + (dice & 3) * tick;
    bar.low = Math.max(floor, Math.min(bar.open, bar.close) - ((dice >>> 2) & 3) * tick);
    bar.volume = this.#size(rehash(dice), bar.open) * bar.trades;
    const average = bar.low + Math.floor(unit(dice) * (bar.high - bar.low + 1));
    bar.notional = average * bar.volume;
  }

  /** The same with the late trades that had arrived by the end of second `known`. */
  secondAsOf(symbol: number, second: number, known: number, bar: Bar): void {
    this.originalSecond(symbol, second, bar);
    for (const late of this.#late.targeting(second)) {
      if (late.arrival > known) break;
      if (!this.lateTrade(symbol, late, this.#trade)) continue;
      const { price, volume } = this.#trade;
      // Reported late, it never was the first or the last trade of the window.
      bar.high = Math.max(bar.high, price);
      bar.low = Math.min(bar.low, price);
      bar.volume += volume;
      bar.notional += price * volume;
      bar.trades += 1;
    }
  }

  /**
   * Fills `bar` with the minute that begins at `second`, as known at the end of second `known`; false when the symbol
   * did not trade in it.
   *
   * @param until first second that does not count any more, within the minute
   */
  minuteAsOf(symbol: number, second: number, known: number, bar: Bar, until = second + 60): boolean {
    bar.trades = 0;
    const part = this.#second;
    for (
      let s = this.nextTraded(symbol, second, until);
      s < until;
      s = this.nextTraded(symbol, s + 1, until)
    ) {
      this.secondAsOf(symbol, s, known, part);
      mergeBar(bar, part);
    }
    return bar.trades > 0;
  }

  /** Fills `trade` with the late trade of a symbol; false when it has none, or no bar that could change. */
  lateTrade(symbol: number, late: LateArrival, trade: Trade): boolean {
    const dice = lateTradeDice(this.#universe.seeds[symbol]!, late);
    if (dice === 0 || !this.traded(symbol, late.target)) return false;
    const tick = this.#universe.tickUnits[symbol]!;
    const near = this.priceAt(symbol, late.target);
    const away = ((rehash(dice) >>> 0) % 9) - 4;
    trade.price = Math.max(this.#universe.floorTicks[symbol]! * tick, near + away * tick);
    trade.volume = this.#size(rehash(rehash(dice)), near);
    return true;
  }

  /** The size of one trade, in volume units: mostly round, often fractional where the market has fractions. */
  #size(dice: number, price: number): number {
    const luck = unit(dice);
    switch (this.#universe.traits.fields) {
      case 'equity': {
        const shares = 1 + Math.floor(luck * luck * luck * 400);
        const { unitsPerVolume, traits } = this.#universe;
        if (traits.market === 'options') return (1 + (shares % 20)) * unitsPerVolume;
        const fraction = (dice & 7) === 0 ? (dice >>> 3) % 1_000_000 : 0;
        return shares * unitsPerVolume + fraction;
      }
      case 'crypto': {
        const coins = (5 + luck * luck * luck * 20_000) / (price / this.#universe.unitsPerPrice);
        return Math.max(1, Math.round(Math.min(coins, MOST_COINS) * this.#universe.unitsPerVolume));
      }
      case 'futures':
        return 1 + Math.floor(luck * luck * 12);
      // A quote, or a value of an index: counted, not sized.
      case 'forex':
      case 'index':
        return 1;
    }
  }
}

/** Adds what was traded later to `bar`, which may still be empty. */
export function mergeBar(bar: Bar, later: Bar): void {
  if (bar.trades === 0) {
    bar.open = later.open;
    bar.high = later.high;
    bar.low = later.low;
    bar.volume = 0;
    bar.notional = 0;
  }
  bar.high = Math.max(bar.high, later.high);
  bar.low = Math.min(bar.low, later.low);
  bar.close = later.close;
  bar.volume += later.volume;
  bar.notional += later.notional;
  bar.trades += later.trades;
}
