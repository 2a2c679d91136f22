/** Column types, by their q names. Both ends agree on this list; q/schema.q says the same in q. */
export type ColumnType = 'timespan' | 'timestamp' | 'symbol' | 'float' | 'long';

export interface ColumnDefinition {
  readonly name: string;
  readonly type: ColumnType;
  /** Meaning and unit, for the table reference. */
  readonly meaning: string;
}

export interface TableDefinition {
  readonly name: string;
  readonly meaning: string;
  readonly columns: readonly ColumnDefinition[];
  /** The columns that identify a row: a row seen again replaces the earlier one. Empty: rows have no identity. */
  readonly identity: readonly string[];
}

/** The columns of every aggregate table, in order. */
export const AGGREGATE_COLUMNS = [
  {
    name: 'time',
    type: 'timespan',
    meaning:
      'start of the window as wall-clock time of the trading date in the session zone; before its midnight negative',
  },
  { name: 'sym', type: 'symbol', meaning: "Massive's ticker, case-sensitive, one canonical form per market" },
  { name: 'start', type: 'timestamp', meaning: 'start of the window, UTC' },
  { name: 'open', type: 'float', meaning: 'first price, in quote currency' },
  { name: 'high', type: 'float', meaning: 'highest price, in quote currency' },
  { name: 'low', type: 'float', meaning: 'lowest price, in quote currency' },
  { name: 'close', type: 'float', meaning: 'last price, in quote currency' },
  {
    name: 'volume',
    type: 'float',
    meaning: 'units traded in the window, fractional where Massive says so; in forex quotes counted',
  },
  { name: 'vwap', type: 'float', meaning: 'volume-weighted average price; null where the source has none' },
  { name: 'trades', type: 'long', meaning: 'number of trades; null where the source has none' },
  { name: 'avgsize', type: 'float', meaning: 'average trade size; live stream only' },
  { name: 'dayvol', type: 'float', meaning: "the day's volume so far; live stream only" },
  {
    name: 'dayvwap',
    type: 'float',
    meaning: "the day's volume-weighted average price so far; live stream only",
  },
  { name: 'dayopen', type: 'float', meaning: "the day's official open; live stream only" },
  { name: 'mkt', type: 'symbol', meaning: 'market: stocks options indices forex crypto futures' },
  { name: 'src', type: 'symbol', meaning: 'source: ws, rest, flat' },
  {
    name: 'recv',
    type: 'timestamp',
    meaning: 'when this process received it, UTC, monotonic within the process',
  },
] as const satisfies readonly ColumnDefinition[];

export type AggregateColumnName = (typeof AGGREGATE_COLUMNS)[number]['name'];

const IDENTITY = ['mkt', 'sym', 'start'] as const;

function aggregateTable(name: string, window: string): TableDefinition {
  return { name, meaning: `bars of one ${window}`, columns: AGGREGATE_COLUMNS, identity: IDENTITY };
}

export const AGGREGATE_TABLES = {
  agg1s: aggregateTable('agg1s', 'second'),
  agg1m: aggregateTable('agg1m', 'minute'),
  agg1d: aggregateTable('agg1d', 'trading date'),
} as const;

export type AggregateTableName = keyof typeof AGGREGATE_TABLES;

/** Length of a window of the tables that the stream feeds. */
export const WINDOW_MS = { agg1s: 1_000, agg1m: 60_000 } as const satisfies Partial<
  Record<AggregateTableName, number>
>;

export type StreamTableName = keyof typeof WINDOW_MS;

/** Tables that say how the feed itself fares; in both, sym is the market. */
export const STATUS_TABLES = {
  gap: {
    name: 'gap',
    meaning: 'intervals in which the feed could not listen, and what became of them',
    columns: [
      {
        name: 'time',
        type: 'timespan',
        meaning: 'when this state was entered, wall-clock time of the session zone',
      },
      { name: 'sym', type: 'symbol', meaning: 'market' },
      { name: 'mkt', type: 'symbol', meaning: 'market' },
      { name: 'channel', type: 'symbol', meaning: "Massive's channel" },
      { name: 'begin', type: 'timestamp', meaning: 'start of the interval in event time, UTC' },
      { name: 'end', type: 'timestamp', meaning: 'end of the interval in event time, UTC' },
      { name: 'state', type: 'symbol', meaning: 'open filling filled verified deferred unfillable' },
      {
        name: 'cause',
        type: 'symbol',
        meaning: 'disconnect silence restart crash suspended refused overflow',
      },
      { name: 'rows', type: 'long', meaning: 'bars that were brought for it so far' },
    ],
    identity: ['mkt', 'channel', 'begin'],
  },
  feedstat: {
    name: 'feedstat',
    meaning: 'the feed each minute',
    columns: [
      { name: 'time', type: 'timespan', meaning: 'end of the minute, wall-clock time of the session zone' },
      { name: 'sym', type: 'symbol', meaning: 'market' },
      { name: 'rows', type: 'long', meaning: 'rows published in the minute' },
      { name: 'lag', type: 'timespan', meaning: 'median time from window end to acknowledgement' },
      { name: 'spool', type: 'long', meaning: 'bytes that wait for the tickerplant' },
      {
        name: 'settled',
        type: 'timestamp',
        meaning: 'windows that end by then have their first versions in, UTC; a heuristic',
      },
      {
        name: 'corrected',
        type: 'timestamp',
        meaning: 'windows that end by then have their corrections in, UTC; a heuristic',
      },
    ],
    identity: [],
  },
} as const satisfies Readonly<Record<string, TableDefinition>>;

/** Every table that a tickerplant of this feed holds; q/schema.q mirrors it. */
export const TICKERPLANT_TABLES: readonly TableDefinition[] = [
  ...Object.values(AGGREGATE_TABLES),
  ...Object.values(STATUS_TABLES),
];
