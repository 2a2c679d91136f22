import type { Market } from '../../tables/markets.ts';
import { type Channel, channelsOf } from '../channels.ts';

/** How the value of a field is read. Numbers, so that the hot path switches on them. */
export const FieldKind = {
  /** Number, or string that holds one: a slot of the draft. */
  decimal: 0,
  /** Number of things: an exact int64, column `trades`. */
  count: 1,
  /** Text: the symbol. */
  ticker: 2,
  /** Start of the window since 1970: 13 digits are ms, 16 µs, 19 ns. */
  start: 3,
  /** Known and without a column. */
  ignored: 4,
  /** Names the channel of the event. */
  channel: 5,
} as const;

export type FieldKind = (typeof FieldKind)[keyof typeof FieldKind];

/** Where a draft keeps the decimal fields of an event. */
export const Slot = {
  open: 0,
  high: 1,
  low: 2,
  close: 3,
  /** Window and day volume as numbers, and as the decimal strings that replace them. */
  volume: 4,
  exactVolume: 5,
  dayvol: 6,
  exactDayvol: 7,
  vwap: 8,
  avgsize: 9,
  dayvwap: 10,
  dayopen: 11,
} as const;

export type Slot = (typeof Slot)[keyof typeof Slot];

export const SLOT_COUNT = 12;

/** Bits of a draft's `present` beside those of the slots. */
export const PRESENT_TICKER = 1 << 12;
export const PRESENT_START = 1 << 13;
export const PRESENT_TRADES = 1 << 14;

/** A field of an event: its key on the wire, how it is read, and where a decimal goes. */
export interface EventField {
  readonly key: string;
  readonly kind: FieldKind;
  readonly slot: Slot;
}

const decimal = (key: string, slot: Slot): EventField => ({ key, kind: FieldKind.decimal, slot });
const other = (key: string, kind: FieldKind): EventField => ({ key, kind, slot: Slot.open });

const PRICES: readonly EventField[] = [
  decimal('o', Slot.open),
  decimal('c', Slot.close),
  decimal('h', Slot.high),
  decimal('l', Slot.low),
];

const EQUITY_FIELDS: readonly EventField[] = [
  decimal('v', Slot.volume),
  decimal('dv', Slot.exactVolume),
  decimal('av', Slot.dayvol),
  decimal('dav', Slot.exactDayvol),
  decimal('op', Slot.dayopen),
  decimal('vw', Slot.vwap),
  ...PRICES,
  decimal('a', Slot.dayvwap),
  decimal('z', Slot.avgsize),
  other('otc', FieldKind.ignored),
];

/**
 * The fields of an aggregate, market by market, without ticker, start and end, which all have. A field that is not
 * listed is skipped.
 *
 * - stocks and options: `dv` and `dav` are decimal strings and replace the integers `v` and `av`.
 * - forex: `v` counts the quotes that made the bar; it goes to volume, as in Massive's REST and flat files, because
 *   the market reports no trades.
 * - futures: `dv` is the value in US dollars, not a volume.
 */
const MARKET_FIELDS: Readonly<Record<Market, readonly EventField[]>> = {
  stocks: EQUITY_FIELDS,
  options: EQUITY_FIELDS,
  indices: [decimal('op', Slot.dayopen), ...PRICES],
  forex: [...PRICES, decimal('v', Slot.volume)],
  crypto: [...PRICES, decimal('v', Slot.volume), decimal('vw', Slot.vwap), decimal('z', Slot.avgsize)],
  futures: [
    decimal('v', Slot.volume),
    other('dv', FieldKind.ignored),
    ...PRICES,
    other('n', FieldKind.count),
  ],
};

/** A channel and the fields of its events, in the order in which Massive sends them. */
export interface ChannelFields extends Channel {
  readonly fields: readonly EventField[];
}

export function channelFieldsOf(market: Market): readonly ChannelFields[] {
  return channelsOf(market).map(channel => ({
    ...channel,
    fields: [
      other('ev', FieldKind.channel),
      other(channel.tickerField, FieldKind.ticker),
      ...MARKET_FIELDS[market],
      other('s', FieldKind.start),
      other('e', FieldKind.ignored),
    ],
  }));
}
