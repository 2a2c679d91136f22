import type { TableRows } from '../../tables/table-rows.ts';
import type { Convention } from './convention.ts';
import { encodedLength } from './encode-columns.ts';

/**
 * Rows of a table, in the order in which they are sent: the rows `begin` to `end` (exclusive), or, with `indexes`,
 * the rows that stand at these places of the list.
 */
export interface RowSelection {
  readonly begin: number;
  readonly end: number;
  readonly indexes?: Int32Array;
}

/** How much one batch may hold, so that a burst of one feed does not keep the tickerplant from all others. */
export interface BatchLimits {
  readonly rows: number;
  readonly bytes: number;
}

export const DEFAULT_BATCH_LIMITS: BatchLimits = { rows: 10_000, bytes: 4 * 1024 * 1024 };

export function rowCountOf({ begin, end }: RowSelection): number {
  return end - begin;
}

/**
 * Cuts a selection into selections that encode within `limits`, in order, without holes. A single row is never
 * cut, whatever its length.
 */
export function cutRows(
  rows: TableRows,
  selection: RowSelection,
  convention: Convention,
  limits: BatchLimits = DEFAULT_BATCH_LIMITS,
): RowSelection[] {
  const cut: RowSelection[] = [];
  let begin = selection.begin;
  while (begin < selection.end) {
    let end = Math.min(begin + limits.rows, selection.end);
    while (end - begin > 1 && encodedLength(rows, { ...selection, begin, end }, convention) > limits.bytes) {
      end = begin + ((end - begin) >>> 1);
    }
    cut.push({ ...selection, begin, end });
    begin = end;
  }
  return cut;
}
