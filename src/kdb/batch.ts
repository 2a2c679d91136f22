import type { DateDays } from '../tables/epoch.ts';

/**
 * Rows of one table and one trading date, encoded once, as they go to a tickerplant. `columns` is the q IPC body
 * of a general list of column vectors; function name, table name and message header are put before it when it is
 * sent.
 */
export interface Batch {
  /** Ascending; holes are those that came to nothing. */
  readonly sequence: number;
  readonly table: string;
  readonly tradingDate: DateDays;
  readonly rowCount: number;
  readonly columns: Uint8Array;
  /** Wall clock (ms since 1970) of the drain that made it. */
  readonly drainedMs: number;
  /** End of the latest window in it (ms since 1970), for the lag; undefined where rows have no window. */
  readonly windowEndMs: number | undefined;
}

/** Where a publisher gets its batches. The source keeps what is not acknowledged; the publisher only borrows. */
export interface BatchSource {
  /**
   * Who numbers the batches: a tickerplant of ours takes a batch with this name and its sequence once, however often
   * it is sent.
   */
  readonly numberedBy: string;
  /** Whether more is being fetched and will come, though nothing waits now. */
  readonly fetching: boolean;
  /**
   * The next batch for a tickerplant whose own date is `tickerplantDate`; undefined when none waits. The source
   * keeps batches of a later date until the tickerplant has rolled, and never gives it those of an ended date.
   */
  take(tickerplantDate: DateDays): Batch | undefined;
  /** The connection was lost: these were taken and not answered; they come first again, in this order. */
  rewind(batches: readonly Batch[]): void;
  /** The tickerplant answered: the batch is in its log, and the source may forget it. */
  acknowledged(batch: Batch): void;
  /** Mode `async-unverified` only: the batch was handed to the network, and nobody will say what became of it. */
  sentUnverified(batch: Batch): void;
  /** The tickerplant said that it will never take this batch; the source puts it aside. */
  refused(batch: Batch, reason: string): void;
  /** The tickerplant has no such table and need not have it: the batch is not for this target. */
  leftOut(batch: Batch): void;
}
