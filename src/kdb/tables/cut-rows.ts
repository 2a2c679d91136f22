import type { Convention } from '../../tables/conventions.ts';
import type { TableRows } from '../../tables/table-rows.ts';
import { encodedLength } from './encode-columns.ts';
import { type RowSelection, rowCountOf } from './row-selection.ts';

/** How much one batch may hold, so that a burst of one feed does not keep the tickerplant from all others. */
export interface BatchLimits {
  readonly rows: number;
  readonly bytes: number;
}

/** An item that is no name, and what stands before the items of a column. */
const ITEM_BYTES = 8;
const HEADER_BYTES = 6;

export const DEFAULT_BATCH_LIMITS: BatchLimits = { rows: 10_000, bytes: 4 * 1024 * 1024 };

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
    while (end - begin > 1 && exceeds(rows, { ...selection, begin, end }, convention, limits.bytes)) {
      end = begin + ((end - begin) >>> 1);
    }
    cut.push({ ...selection, begin, end });
    begin = end;
  }
  return cut;
}

/** Names are only measured where the longest one in every place would not fit. */
function exceeds(rows: TableRows, selection: RowSelection, convention: Convention, bytes: number): boolean {
  const columns = rows.columns.length;
  const widestItem = Math.max(ITEM_BYTES, rows.symbols.longestBytes);
  if ((rowCountOf(selection) * widestItem + HEADER_BYTES) * (columns + 1) <= bytes) return false;
  return encodedLength(rows, selection, convention) > bytes;
}
