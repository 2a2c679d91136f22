import type { Batch } from '../batch.ts';
import type { HoldReason } from './state.ts';

/** Errors that q signals when the columns of a batch do not fit the table. */
const BATCH_SIGNALS: ReadonlySet<string> = new Set(['type', 'length', 'mismatch']);

/**
 * Whether an error is about the batch, which will then never be taken, or about the tickerplant's own state, which
 * will pass. A table that does not exist is signalled by its name.
 */
export function isAboutBatch(signal: string, batch: Batch): boolean {
  return BATCH_SIGNALS.has(signal) || signal === batch.table;
}

/** What q/tick.q signals of bars whose date has ended. */
const DATE_ENDED = 'ended';

/** Why nothing should be sent for a while after an error that is not about the batch. */
export function holdReasonOf(signal: string): HoldReason {
  return signal === DATE_ENDED ? 'date-ended' : 'tickerplant-error';
}
