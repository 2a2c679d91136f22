import type { Int64Column } from '../../tables/columns.ts';
import type { TableDefinition } from '../../tables/definitions.ts';
import { TABLE_EPOCH_MS } from '../../tables/epoch.ts';
import type { SessionCalendar } from '../../tables/session-calendar.ts';
import { SymbolTable } from '../../tables/symbol-table.ts';
import { TableRows } from '../../tables/table-rows.ts';

const NS_PER_MS = 1_000_000n;
const NULL_INT64 = -(2n ** 63n);

/**
 * A value of a status table by the type of its column: symbols as text, timestamps as ms since 1970, timespans as ms,
 * other numbers as they are; undefined is null.
 */
export type StatusValue = string | number | undefined;

/** A row of a status table without `time`. */
export type StatusRow = Readonly<Record<string, StatusValue>>;

/** Rows of a status table, all of the same moment: `time` and trading date are those of `nowMs`, ms since 1970. */
export function statusRows(
  definition: TableDefinition,
  rows: readonly StatusRow[],
  calendar: SessionCalendar,
  nowMs: number,
): TableRows {
  const table = new TableRows(definition, new SymbolTable(), rows.length);
  const { date, timeShiftMs } = calendar.spanOf(nowMs);
  for (const [index, given] of rows.entries()) {
    const row: StatusRow = { ...given, time: nowMs + timeShiftMs };
    definition.columns.forEach(({ name }, column) => {
      setValue(table, column, index, row[name]);
    });
    table.tradingDates[index] = date;
  }
  table.rowCount = rows.length;
  return table;
}

function setValue(table: TableRows, index: number, row: number, value: StatusValue): void {
  const column = table.columns[index]!;
  if (column.type === 'symbol') column.ids[row] = table.symbols.internText(String(value ?? ''));
  else if (column.type === 'float') column.values[row] = Number(value ?? Number.NaN);
  else column.values[row] = value === undefined ? NULL_INT64 : int64Of(column.type, Number(value));
}

function int64Of(type: Int64Column['type'], value: number): bigint {
  if (type === 'long') return BigInt(Math.round(value));
  return BigInt(Math.floor(type === 'timestamp' ? value - TABLE_EPOCH_MS : value)) * NS_PER_MS;
}
