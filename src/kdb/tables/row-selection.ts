/**
 * Rows of a table, in the order in which they are sent: the rows `begin` to `end` (exclusive), or, with `indexes`,
 * the rows that stand at these places of the list.
 */
export interface RowSelection {
  readonly begin: number;
  readonly end: number;
  readonly indexes?: Int32Array;
}

/** How many rows are selected. */
export function rowCountOf({ begin, end }: RowSelection): number {
  return end - begin;
}
