import type { Bar } from './bars.ts';
import { hash3 } from './hash.ts';

/** Which of the two tables a bar belongs to. */
export const SECOND_BAR = 0;
export const MINUTE_BAR = 1;
export type BarKind = typeof SECOND_BAR | typeof MINUTE_BAR;

export const WINDOW_MS = [1000, 60_000] as const;

/**
 * One bar as it goes out, before it is written: whole numbers in the market's units. NaN: the field is left out.
 * What a market does not have at all is ignored by its layout.
 */
export interface BarEvent {
  kind: BarKind;
  symbol: number;
  startMs: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  vwap: number;
  /** Sum of price times volume, in both units. */
  notional: number;
  trades: number;
  /** Hundredths. */
  averageSize: number;
  /** Written as `12.0` instead of `12`, as the real service does at times. */
  averageSizeAsDecimal: boolean;
  dayVolume: number;
  dayVwap: number;
  dayOpen: number;
  /** Whether the exact volumes go along, or only the whole ones. */
  exactVolumes: boolean;
}

export function emptyEvent(): BarEvent {
  return {
    kind: SECOND_BAR,
    symbol: 0,
    startMs: 0,
    open: 0,
    high: 0,
    low: 0,
    close: 0,
    volume: 0,
    vwap: 0,
    notional: 0,
    trades: 0,
    averageSize: 0,
    averageSizeAsDecimal: false,
    dayVolume: 0,
    dayVwap: 0,
    dayOpen: 0,
    exactVolumes: true,
  };
}

const WHIMS = 0x3b1d;

/**
 * Fills the values of `event` from a bar and its day. Now and then a field is left out or written in another form:
 * Massive promises neither.
 *
 * @param whim seed of the symbol, so that it is the same for the same bar
 */
export function describeBar(
  event: BarEvent,
  bar: Bar,
  dayVolume: number,
  dayNotional: number,
  unitsPerVolume: number,
  whim: number,
): void {
  const dice = hash3(whim, event.startMs / 1000, WHIMS + event.kind) >>> 0;
  event.open = bar.open;
  event.high = bar.high;
  event.low = bar.low;
  event.close = bar.close;
  event.volume = bar.volume;
  event.notional = bar.notional;
  event.trades = bar.trades;
  event.vwap = (dice & 0x1ff) === 1 ? Number.NaN : Math.round(bar.notional / bar.volume);
  event.dayVolume = dayVolume;
  event.dayVwap = (dice & 0xff) === 2 ? Number.NaN : Math.round(dayNotional / dayVolume);
  event.exactVolumes = (dice & 0x7f) !== 3;
  const size = bar.volume / bar.trades / unitsPerVolume;
  const fine = (dice & 0x3f) === 4 || size < 1;
  event.averageSize = fine ? Math.round(size * 100) : Math.round(size) * 100;
  event.averageSizeAsDecimal = (dice & 0x3f) === 5;
  if ((dice & 0x7f) === 6) event.averageSize = Number.NaN;
}
