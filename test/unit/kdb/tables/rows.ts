import type { TableDefinition } from '../../../../src/tables/definitions.ts';
import { SymbolTable } from '../../../../src/tables/symbol-table.ts';
import { TableRows } from '../../../../src/tables/table-rows.ts';

/** A row by column name: numbers, bigints and names; what is left out is null. */
export type Row = Readonly<Record<string, number | bigint | string>>;

/** Rows of a table as they would come from a feed. */
export function rowsOf(definition: TableDefinition, rows: readonly Row[], tradingDate = 9771): TableRows {
  const table = new TableRows(definition, new SymbolTable(), 1);
  table.reserve(rows.length);
  for (const row of rows) {
    definition.columns.forEach(({ name }, i) => {
      const column = table.columns[i]!;
      const value = row[name];
      if (column.type === 'symbol')
        column.ids[table.rowCount] = table.symbols.internText(String(value ?? ''));
      else if (column.type === 'float') column.values[table.rowCount] = Number(value ?? Number.NaN);
      else column.values[table.rowCount] = BigInt(value ?? -(2n ** 63n));
    });
    table.tradingDates[table.rowCount] = tradingDate;
    table.rowCount++;
  }
  return table;
}
