import type { DateDays } from '../../tables/epoch.ts';
import { KdbMalformedError } from '../errors.ts';
import { NULL_INT32, type QTable, type QValue, rowCountOf, textOf } from '../ipc/values.ts';

/** What became of the staged rows of one date. */
export interface MergedDate {
  /** Undefined for a table that is not parted by date. */
  readonly date: DateDays | undefined;
  /** Rows that waited, rows that the database now holds, and versions of bars that were superseded. */
  readonly staged: number;
  readonly rows: number;
  readonly superseded: number;
}

/** A staged unit's part of one partition. */
export interface WaitingPart {
  readonly unit: string;
  readonly table: string;
  readonly date: DateDays | undefined;
}

/** The answer of `.feed.hello`. */
export interface LoaderFacts {
  readonly protocol: number;
  readonly market: string;
  /** Its database: the directory as that machine names it, and what tells it from another one in the same place. */
  readonly root: string;
  readonly identity: string;
}

export function mergedDatesOf(value: QValue): MergedDate[] {
  return rowsOf(value).map(row => ({
    date: dateIn(row, 'date'),
    staged: numberIn(row, 'staged'),
    rows: numberIn(row, 'rows'),
    superseded: numberIn(row, 'superseded'),
  }));
}

export function waitingPartsOf(value: QValue): WaitingPart[] {
  return rowsOf(value).map(row => ({
    unit: textIn(row, 'unit'),
    table: textIn(row, 'table'),
    date: dateIn(row, 'date'),
  }));
}

/** Undefined where the value is no such answer. */
export function loaderFactsOf(value: QValue): LoaderFacts | undefined {
  if (value.kind !== 'dict' || value.keys.kind !== 'vector' || value.keys.type !== 'symbol') return undefined;
  if (value.values.kind !== 'list') return undefined;
  const { items } = value.values;
  const entries = new Map(value.keys.values.map((name, i) => [name, items[i]!]));
  const protocol = entries.get('protocol');
  const market = entries.get('market');
  const root = entries.get('root');
  if (protocol?.kind !== 'atom' || typeof protocol.value !== 'bigint') return undefined;
  const identity = entries.get('identity');
  if (market === undefined || root === undefined || identity === undefined) return undefined;
  return {
    protocol: Number(protocol.value),
    market: textOf(market) ?? '',
    root: textOf(root) ?? '',
    identity: textOf(identity) ?? '',
  };
}

type Row = ReadonlyMap<string, string | number | bigint>;

/** A table's rows. */
function rowsOf(value: QValue): Row[] {
  if (value.kind !== 'table') throw new KdbMalformedError('the loader answered no table');
  const [first] = value.columns;
  const count = first === undefined ? 0 : rowCountOf(first.values);
  return Array.from({ length: count }, (_, at) => rowAt(value, at));
}

function rowAt({ columns }: QTable, at: number): Row {
  return new Map(
    columns.map(({ name, values }) => {
      if (values.kind !== 'vector')
        throw new KdbMalformedError(`column ${name} of the loader's answer is no vector`);
      return [name, values.values[at]!];
    }),
  );
}

function numberIn(row: Row, name: string): number {
  return Number(row.get(name));
}

function textIn(row: Row, name: string): string {
  return String(row.get(name));
}

function dateIn(row: Row, name: string): DateDays | undefined {
  const date = Number(row.get(name));
  return date === NULL_INT32 ? undefined : date;
}
