import type { TableRows } from './table-rows.ts';

/** Appends all rows of a table to another of the same definition, with its own symbols. */
export function appendRows(from: TableRows, to: TableRows): void {
  to.reserve(from.rowCount);
  const ids = new Map<number, number>();
  from.columns.forEach((column, index) => {
    const target = to.columns[index]!;
    if (column.type === 'symbol' && target.type === 'symbol') {
      for (let row = 0; row < from.rowCount; row++) {
        const id = column.ids[row]!;
        let known = ids.get(id);
        if (known === undefined) {
          known = to.symbols.internText(from.symbols.nameOf(id));
          ids.set(id, known);
        }
        target.ids[to.rowCount + row] = known;
      }
    } else if (column.type === 'float' && target.type === 'float') {
      target.values.set(column.values.subarray(0, from.rowCount), to.rowCount);
    } else if ('words' in column && 'words' in target) {
      target.values.set(column.values.subarray(0, from.rowCount), to.rowCount);
    }
  });
  to.tradingDates.set(from.tradingDates.subarray(0, from.rowCount), to.rowCount);
  to.rowCount += from.rowCount;
}
