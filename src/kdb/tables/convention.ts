import type { Convention } from '../../tables/conventions.ts';
import type { ColumnDefinition, ColumnType, TableDefinition } from '../../tables/definitions.ts';

/** A column as a convention has it. */
export interface ConventionColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** The columns that a table has inside a tickerplant of this convention. */
export function tickerplantColumns(definition: TableDefinition, convention: Convention): ConventionColumn[] {
  if (convention === 'kdb-tick') return [...definition.columns];
  return definition.columns.map(column =>
    isTime(column) ? { name: column.name, type: 'timestamp' } : column,
  );
}

/** Where a column that is sent comes from: a column of the rows, or, for TorQ's `time`, the trading date and time. */
export type WireColumn =
  | { readonly from: 'column'; readonly index: number }
  | { readonly from: 'date-and-time'; readonly timeIndex: number };

/**
 * The columns of a batch, in order. TorQ's `time` is `start`, the UTC start of the window; a table without `start`
 * gets its trading date and time as one timestamp, in the session's wall-clock time.
 */
export function wireColumns(definition: TableDefinition, convention: Convention): WireColumn[] {
  const startIndex = definition.columns.findIndex(column => column.name === 'start');
  return definition.columns.flatMap((column, index): WireColumn[] => {
    if (convention === 'kdb-tick' || !isTime(column)) return [{ from: 'column', index }];
    if (convention === 'torq-stp') return [];
    if (startIndex >= 0) return [{ from: 'column', index: startIndex }];
    return [{ from: 'date-and-time', timeIndex: index }];
  });
}

function isTime(column: ColumnDefinition): boolean {
  return column.name === 'time' && column.type === 'timespan';
}
