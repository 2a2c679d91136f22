/** The names of a bar's fields; what an endpoint does not have is null. */
export interface BarFields {
  /** Undefined where the bars of an answer are all of one symbol. */
  readonly ticker: string | undefined;
  /** Start of the window, in ms or ns since 1970; undefined where the answer is of one date. */
  readonly start: string | undefined;
  /** The trading date, where the answer says it. */
  readonly sessionDate: string | undefined;
  readonly decimals: readonly (readonly [column: DecimalColumn, field: string])[];
  readonly trades: string;
}

export type DecimalColumn = 'open' | 'high' | 'low' | 'close' | 'volume' | 'vwap';

const SHORT_DECIMALS: BarFields['decimals'] = [
  ['open', 'o'],
  ['high', 'h'],
  ['low', 'l'],
  ['close', 'c'],
  ['volume', 'v'],
  ['vwap', 'vw'],
];

/** Source: Massive's REST documentation, custom bars. */
export const CUSTOM_BAR_FIELDS: BarFields = {
  ticker: undefined,
  start: 't',
  sessionDate: undefined,
  decimals: SHORT_DECIMALS,
  trades: 'n',
};

/** `t` is the end of the window there: the date is the one that was asked for. */
export const GROUPED_BAR_FIELDS: BarFields = { ...CUSTOM_BAR_FIELDS, ticker: 'T', start: undefined };

export const FUTURES_BAR_FIELDS: BarFields = {
  ticker: undefined,
  start: 'window_start',
  sessionDate: 'session_end_date',
  decimals: [
    ['open', 'open'],
    ['high', 'high'],
    ['low', 'low'],
    ['close', 'close'],
    ['volume', 'volume'],
  ],
  trades: 'transactions',
};
