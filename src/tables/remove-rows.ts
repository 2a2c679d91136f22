import type { TableRows } from './table-rows.ts';

/** Takes rows out of a table; the others keep their order. Returns how many were taken out. */
export function removeRows(rows: TableRows, isRemoved: (row: number) => boolean): number {
  let kept = 0;
  for (let row = 0; row < rows.rowCount; row++) {
    if (isRemoved(row)) continue;
    if (kept < row) moveRow(rows, row, kept);
    kept++;
  }
  const removed = rows.rowCount - kept;
  rows.truncate(kept);
  return removed;
}

function moveRow(rows: TableRows, from: number, to: number): void {
  for (const column of rows.columns) {
    if (column.type === 'symbol') column.ids[to] = column.ids[from]!;
    else column.values[to] = column.values[from]!;
  }
  rows.tradingDates[to] = rows.tradingDates[from]!;
}
