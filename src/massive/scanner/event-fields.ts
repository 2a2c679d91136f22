import type { Market } from '../../tables/markets.ts';
import { type Channel, channelsOf } from '../channels.ts';

/** How the value of a field is read. Numbers, so that the hot path switches on them. */
export const FieldKind = {
  /** Number, or string that holds one: a slot of the draft. */
  DECIMAL: 0,
  /** Number of things: an exact int64, column `trades`. */
  COUNT: 1,
  /** Text: the symbol. */
  TICKER: 2,
  /** Start of the window since 1970: 13 digits are ms, 16 µs, 19 ns. */
  START: 3,
  /** End of the window, which its start and channel say already. */
  END: 4,
  /** Known and without a column; most often `true`. */
  FLAG: 5,
  /** Known and without a column. */
  IGNORED: 6,
  /** Names the channel of the event. */
  CHANNEL: 7,
} as const;

export type FieldKind = (typeof FieldKind)[keyof typeof FieldKind];

/** Where a draft keeps the decimal fields of an event. */
export const Slot = {
  OPEN: 0,
  HIGH: 1,
  LOW: 2,
  CLOSE: 3,
  /** Window and day volume as numbers, and as the decimal strings that replace them. */
  VOLUME: 4,
  EXACT_VOLUME: 5,
  DAYVOL: 6,
  EXACT_DAYVOL: 7,
  VWAP: 8,
  AVGSIZE: 9,
  DAYVWAP: 10,
  DAYOPEN: 11,
} as const;

export type Slot = (typeof Slot)[keyof typeof Slot];

export const SLOT_COUNT = 12;

/** Bits of a draft's `present` beside those of the slots, which are 1 << slot. */
export const Present = {
  HAS_TICKER: 1 << SLOT_COUNT,
  HAS_START: 2 << SLOT_COUNT,
  HAS_TRADES: 4 << SLOT_COUNT,
} as const;

/** A field of an event: its key on the wire, how it is read, and where a decimal goes. */
export interface EventField {
  readonly key: string;
  readonly kind: FieldKind;
  readonly slot: Slot;
}

const decimal = (key: string, slot: Slot): EventField => ({ key, kind: FieldKind.DECIMAL, slot });
const other = (key: string, kind: FieldKind): EventField => ({ key, kind, slot: Slot.OPEN });

const PRICES: readonly EventField[] = [
  decimal('o', Slot.OPEN),
  decimal('c', Slot.CLOSE),
  decimal('h', Slot.HIGH),
  decimal('l', Slot.LOW),
];

const EQUITY_FIELDS: readonly EventField[] = [
  decimal('v', Slot.VOLUME),
  decimal('dv', Slot.EXACT_VOLUME),
  decimal('av', Slot.DAYVOL),
  decimal('dav', Slot.EXACT_DAYVOL),
  decimal('op', Slot.DAYOPEN),
  decimal('vw', Slot.VWAP),
  ...PRICES,
  decimal('a', Slot.DAYVWAP),
  decimal('z', Slot.AVGSIZE),
  other('otc', FieldKind.FLAG),
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
  indices: [decimal('op', Slot.DAYOPEN), ...PRICES],
  forex: [...PRICES, decimal('v', Slot.VOLUME)],
  crypto: [...PRICES, decimal('v', Slot.VOLUME), decimal('vw', Slot.VWAP), decimal('z', Slot.AVGSIZE)],
  futures: [
    decimal('v', Slot.VOLUME),
    other('dv', FieldKind.IGNORED),
    ...PRICES,
    other('n', FieldKind.COUNT),
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
      other('ev', FieldKind.CHANNEL),
      other(channel.tickerField, FieldKind.TICKER),
      ...MARKET_FIELDS[market],
      other('s', FieldKind.START),
      other('e', FieldKind.END),
    ],
  }));
}
