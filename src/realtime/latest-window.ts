import type { Int64Column } from '../tables/columns.ts';
import { WINDOW_MS } from '../tables/definitions.ts';
import { TABLE_EPOCH_MS } from '../tables/epoch.ts';
import type { TableRows } from '../tables/table-rows.ts';

const NS_PER_MS = 1e6;
const WORD = 0x1_0000_0000;

/** End of the latest window among rows of the stream's tables, ms since 1970; undefined where there are no rows. */
export function latestWindowEndMs(tables: readonly TableRows[]): number | undefined {
  let latestMs: number | undefined;
  for (const rows of tables) {
    const windowMs = WINDOW_MS[rows.definition.name as keyof typeof WINDOW_MS];
    if (windowMs === undefined || rows.rowCount === 0) continue;
    const { words } = rows.column('start') as Int64Column;
    const endMs = Math.round(latestNs(words, rows.rowCount) / NS_PER_MS) + TABLE_EPOCH_MS + windowMs;
    if (latestMs === undefined || endMs > latestMs) latestMs = endMs;
  }
  return latestMs;
}

function latestNs(words: Int32Array, rowCount: number): number {
  let latest = Number.NEGATIVE_INFINITY;
  let low = 0;
  let high = 0;
  for (let row = 0; row < rowCount; row++) {
    // Nearly all rows of a drain have the start of the row before.
    if (row > 0 && words[row * 2] === low && words[row * 2 + 1] === high) continue;
    low = words[row * 2]!;
    high = words[row * 2 + 1]!;
    latest = Math.max(latest, high * WORD + (low >>> 0));
  }
  return latest;
}
