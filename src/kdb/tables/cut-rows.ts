import type { TableRows } from '../../tables/table-rows.ts';
import type { Convention } from './convention.ts';
import { encodedLength } from './encode-columns.ts';
import type { RowSelection } from './row-selection.ts';

/** How much one batch may hold, so that a burst of one feed does not keep the tickerplant from all others. */
export interface BatchLimits {
  readonly rows: number;
  readonly bytes: number;
}

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
    while (end - begin > 1 && encodedLength(rows, { ...selection, begin, end }, convention) > limits.bytes) {
      end = begin + ((end - begin) >>> 1);
    }
    cut.push({ ...selection, begin, end });
    begin = end;
  }
  return cut;
}
