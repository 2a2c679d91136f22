import {
  type Column,
  type FloatColumn,
  type Int64Column,
  NULL_INT64_HIGH,
  NULL_INT64_LOW,
  type SymbolColumn,
} from '../../tables/columns.ts';
import type { DateDays } from '../../tables/epoch.ts';
import type { TableRows } from '../../tables/table-rows.ts';
import {
  NULL_INT32,
  type QAtom,
  type QDict,
  type QValue,
  type QVector,
  symbolAtom,
  symbolVector,
} from '../ipc/values.ts';

/** Columns that a chunk says once for all of its rows, in runs, or not at all because the loader derives them. */
const NOT_FULL_LENGTH = new Set(['time', 'sym', 'mkt', 'src', 'recv']);

/** Rows [begin, end) of one table that share trading date, market, source and time of receipt. */
export interface ChunkRange {
  readonly begin: number;
  readonly end: number;
  /** Undefined for a table that is not parted by date. */
  readonly date: DateDays | undefined;
}

/** The stretches of rows that go to one partition each, in the order in which they stand. */
export function chunkRanges(rows: TableRows, isParted: boolean): ChunkRange[] {
  if (!isParted) return rows.rowCount === 0 ? [] : [{ begin: 0, end: rows.rowCount, date: undefined }];
  const ranges: ChunkRange[] = [];
  const dates = rows.tradingDates;
  for (let begin = 0, row = 1; row <= rows.rowCount; row++) {
    if (row < rows.rowCount && dates[row] === dates[begin]) continue;
    ranges.push({ begin, end: row, date: dates[begin]! });
    begin = row;
  }
  return ranges;
}

/**
 * A chunk as the loader takes it (q/chunk.q): what repeats is said once, `time` is left to the loader, and of the other
 * columns only those that are not wholly null go along. The values are views of `rows`, to be encoded before these change.
 */
export function chunkOf(rows: TableRows, { begin, end, date }: ChunkRange): QDict {
  const entries: [string, QValue][] = [
    ['table', symbolAtom(rows.definition.name)],
    ['date', { kind: 'atom', type: 'date', value: date ?? NULL_INT32 }],
    ['mkt', symbolAtom(nameAt(rows, 'mkt', begin))],
    ['src', symbolAtom(nameAt(rows, 'src', begin))],
    ['recv', timestampAt(rows, 'recv', begin)],
    ...runsOf(rows, begin, end),
  ];
  for (const [index, { name }] of rows.definition.columns.entries()) {
    if (NOT_FULL_LENGTH.has(name)) continue;
    const vector = vectorOf(rows.columns[index]!, begin, end);
    if (vector !== undefined) entries.push([name, vector]);
  }
  return {
    kind: 'dict',
    sorted: false,
    keys: symbolVector(entries.map(([name]) => name)),
    values: { kind: 'list', attribute: 'none', items: entries.map(([, value]) => value) },
  };
}

/** Names, and how many rows in a row each has. */
function runsOf(rows: TableRows, begin: number, end: number): [string, QVector][] {
  const { ids } = rows.column('sym') as SymbolColumn;
  const names: string[] = [];
  const lengths: bigint[] = [];
  for (let from = begin, row = begin + 1; row <= end; row++) {
    if (row < end && ids[row] === ids[from]) continue;
    names.push(rows.symbols.nameOf(ids[from]!));
    lengths.push(BigInt(row - from));
    from = row;
  }
  const run: QVector = {
    kind: 'vector',
    type: 'long',
    attribute: 'none',
    values: BigInt64Array.from(lengths),
  };
  return [
    ['sym', symbolVector(names)],
    ['run', run],
  ];
}

/** The values of a column; undefined where all are null. */
function vectorOf(column: Column, begin: number, end: number): QVector | undefined {
  switch (column.type) {
    case 'float': {
      const values = (column as FloatColumn).values.subarray(begin, end);
      if (!hasNumber(values)) return undefined;
      return { kind: 'vector', type: 'float', attribute: 'none', values };
    }
    case 'symbol':
      return undefined;
    default: {
      const { type, values, words } = column as Int64Column;
      if (!hasValue(words, begin, end)) return undefined;
      return { kind: 'vector', type, attribute: 'none', values: values.subarray(begin, end) };
    }
  }
}

// Indexed loops: to call something for each value of the columns that a source lacks costs more than those that it has.
function hasNumber(values: Float64Array): boolean {
  for (let at = 0; at < values.length; at++) if (!Number.isNaN(values[at])) return true;
  return false;
}

function hasValue(words: Int32Array, begin: number, end: number): boolean {
  for (let at = begin * 2; at < end * 2; at += 2) {
    if (words[at] !== NULL_INT64_LOW || words[at + 1] !== NULL_INT64_HIGH) return true;
  }
  return false;
}

function nameAt(rows: TableRows, column: string, row: number): string {
  return rows.symbols.nameOf((rows.column(column) as SymbolColumn).ids[row]!);
}

function timestampAt(rows: TableRows, column: string, row: number): QAtom {
  return { kind: 'atom', type: 'timestamp', value: (rows.column(column) as Int64Column).values[row]! };
}
