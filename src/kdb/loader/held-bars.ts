import { KdbMalformedError } from '../errors.ts';
import type { QColumn, QTable, QValue } from '../ipc/values.ts';

/** The columns of bars that a comparison reads, in this order; `trades` becomes a double as the others are. */
export const HELD_COLUMNS = ['open', 'high', 'low', 'close', 'volume', 'vwap', 'trades'] as const;

/** A symbol of a date, and how many rows the database has of it. */
export interface HeldSymbol {
  readonly sym: string;
  readonly rows: number;
}

/** Bars of some symbols as the database has them, and as they were captured live (q/reconcile.q). */
export interface HeldBars {
  /** Symbols in the order of the rows, each once, and how many rows in a row each has. */
  readonly symbols: readonly string[];
  readonly runs: readonly number[];
  /** Starts of windows in ns since 2000, ascending within a symbol; as doubles, exact to 128 ns. */
  readonly starts: Float64Array;
  /** Values by column, as in HELD_COLUMNS; NaN where there is none. */
  readonly values: readonly Float64Array[];
  /** The same as far as captured live, but for rows that `changed` names: the stream brings no number of trades. */
  readonly capturedValues: readonly Float64Array[];
  /** 1 where the stream or REST brought the row. */
  readonly captured: Uint8Array;
  /** By row whose last live version differs from what the database has now: where `live` has that version. */
  readonly changed: ReadonlyMap<number, number>;
  readonly live: readonly Float64Array[];
}

/** @throws KdbMalformedError where the answer is none of `.reconcile.open` */
export function heldSymbolsOf(value: QValue): HeldSymbol[] {
  const columns = columnsOf(value);
  const names = symbolsIn(columns, 'sym');
  const rows = longsIn(columns, 'rows');
  return names.map((sym, at) => ({ sym, rows: Number(rows[at]) }));
}

/** @throws KdbMalformedError where the answer is none of `.reconcile.rows` */
export function heldBarsOf(value: QValue): HeldBars {
  const columns = columnsOf(value);
  const live = columns.get('live');
  if (live === undefined) throw malformed('live');
  const liveColumns = columnsOf(live);
  const values = HELD_COLUMNS.map(name => floatsIn(columns, name));
  const changed = [...longsIn(columns, 'changed')].map((row, at) => [Number(row), at] as const);
  return {
    symbols: symbolsIn(columns, 'sym'),
    runs: [...longsIn(columns, 'run')].map(Number),
    starts: floatsIn(columns, 'start'),
    values,
    capturedValues: [...values.slice(0, HELD_COLUMNS.indexOf('trades')), floatsIn(columns, 'counted')],
    captured: bytesIn(columns, 'captured'),
    changed: new Map(changed),
    live: HELD_COLUMNS.map(name => floatsIn(liveColumns, name)),
  };
}

type Columns = ReadonlyMap<string, QValue>;

/** A table's columns, or the entries of a dictionary of lists. */
function columnsOf(value: QValue): Columns {
  if (value.kind === 'table') return tableColumns(value);
  if (value.kind === 'dict' && value.keys.kind === 'vector' && value.keys.type === 'symbol') {
    const { values } = value;
    if (values.kind === 'list')
      return new Map(value.keys.values.map((name, at) => [name, values.items[at]!]));
  }
  throw new KdbMalformedError('the loader answered neither a table nor a dictionary of lists');
}

function tableColumns({ columns }: QTable): Columns {
  return new Map(columns.map(({ name, values }: QColumn) => [name, values]));
}

function symbolsIn(columns: Columns, name: string): readonly string[] {
  const found = columns.get(name);
  if (found?.kind === 'vector' && found.type === 'symbol') return found.values;
  throw malformed(name);
}

function longsIn(columns: Columns, name: string): BigInt64Array {
  const found = columns.get(name);
  if (found?.kind === 'vector' && found.type === 'long') return found.values;
  throw malformed(name);
}

function bytesIn(columns: Columns, name: string): Uint8Array {
  const found = columns.get(name);
  if (found?.kind === 'vector' && found.type === 'boolean') return found.values;
  throw malformed(name);
}

const NULL_LONG = -(2n ** 63n);

/** Doubles as they are, 64-bit integers as doubles. */
function floatsIn(columns: Columns, name: string): Float64Array {
  const found = columns.get(name);
  if (found?.kind === 'vector') {
    if (found.type === 'float') return found.values;
    if (found.type === 'long' || found.type === 'timestamp') return Float64Array.from(found.values, doubleOf);
  }
  throw malformed(name);
}

function doubleOf(value: bigint): number {
  return value === NULL_LONG ? Number.NaN : Number(value);
}

function malformed(name: string): KdbMalformedError {
  return new KdbMalformedError(`column ${name} of the loader's answer is missing or of another type`);
}
