import type { DateDays } from '../../tables/epoch.ts';
import {
  charVector,
  listOf,
  NULL_INT32,
  NULL_INT64,
  type QColumn,
  type QTable,
  type QVector,
  symbolVector,
} from '../ipc/values.ts';

/** A split as table `split` has it (q/reference.q): for `before` old shares `after` new ones. */
export interface SplitRow {
  readonly id: string;
  readonly sym: string;
  readonly day: DateDays;
  readonly kind: string;
  readonly before: number;
  readonly after: number;
}

/** A dividend as table `dividend` has it. */
export interface DividendRow {
  readonly id: string;
  readonly sym: string;
  readonly day: DateDays;
  readonly kind: string;
  readonly cash: number;
  readonly currency: string;
  readonly frequency: number | undefined;
  readonly declared: DateDays | undefined;
  readonly recorded: DateDays | undefined;
  readonly paid: DateDays | undefined;
}

/** @param recvNs when they were received, ns since 2000 */
export function splitTable(rows: readonly SplitRow[], recvNs: bigint): QTable {
  return tableOf([
    ...identity(rows),
    column('before', floats(rows.map(({ before }) => before))),
    column('after', floats(rows.map(({ after }) => after))),
    received(rows, recvNs),
  ]);
}

/** @param recvNs when they were received, ns since 2000 */
export function dividendTable(rows: readonly DividendRow[], recvNs: bigint): QTable {
  return tableOf([
    ...identity(rows),
    column('cash', floats(rows.map(({ cash }) => cash))),
    column('currency', symbolVector(rows.map(({ currency }) => currency))),
    column('frequency', longs(rows.map(({ frequency }) => frequency))),
    column('declared', dates(rows.map(({ declared }) => declared))),
    column('recorded', dates(rows.map(({ recorded }) => recorded))),
    column('paid', dates(rows.map(({ paid }) => paid))),
    received(rows, recvNs),
  ]);
}

function identity(rows: readonly (SplitRow | DividendRow)[]): QColumn[] {
  return [
    column('sym', symbolVector(rows.map(({ sym }) => sym))),
    { name: 'id', values: listOf(rows.map(({ id }) => charVector(id))) },
    column('day', dates(rows.map(({ day }) => day))),
    column('kind', symbolVector(rows.map(({ kind }) => kind))),
  ];
}

function received(rows: readonly unknown[], recvNs: bigint): QColumn {
  const values = new BigInt64Array(rows.length).fill(recvNs);
  return column('recv', { kind: 'vector', type: 'timestamp', attribute: 'none', values });
}

function tableOf(columns: readonly QColumn[]): QTable {
  return { kind: 'table', attribute: 'none', columns };
}

function column(name: string, values: QVector): QColumn {
  return { name, values };
}

function floats(values: readonly number[]): QVector {
  return { kind: 'vector', type: 'float', attribute: 'none', values: Float64Array.from(values) };
}

function longs(values: readonly (number | undefined)[]): QVector {
  const exact = values.map(value => (value === undefined ? NULL_INT64 : BigInt(Math.round(value))));
  return { kind: 'vector', type: 'long', attribute: 'none', values: BigInt64Array.from(exact) };
}

function dates(values: readonly (DateDays | undefined)[]): QVector {
  return {
    kind: 'vector',
    type: 'date',
    attribute: 'none',
    values: Int32Array.from(values, value => value ?? NULL_INT32),
  };
}
