import type { Batch } from '../batch.ts';

/** Errors that q signals when the columns of a batch do not fit the table. */
const BATCH_SIGNALS: ReadonlySet<string> = new Set(['type', 'length', 'mismatch']);

/**
 * Whether an error is about the batch, which will then never be taken, or about the tickerplant's own state, which
 * will pass. A table that does not exist is signalled by its name.
 */
export function isAboutBatch(signal: string, batch: Batch): boolean {
  return BATCH_SIGNALS.has(signal) || signal === batch.table;
}
