import type { Counters } from '../base/counters.ts';
import type { Logger } from '../base/logger.ts';
import type { Batch, BatchSource } from '../kdb/batch.ts';
import { type DateDays, isoDateOf } from '../tables/epoch.ts';

/** Why rows will not reach a target. */
export type LossReason = 'backlog-full' | 'ended-date' | 'refused' | 'stopped';

export interface BacklogListener {
  acknowledged(batch: Batch): void;
  /** The tickerplant will never take this batch: put it aside. Called before the rows are counted as lost. */
  refused(batch: Batch, reason: string): void;
  /** The batch is gone from here, for whatever reason; nothing here reads its bytes any more. */
  left(batch: Batch): void;
}

/** What has become of rows so far. */
export interface BacklogTotals {
  /** By table. */
  readonly deliveredRows: Readonly<Record<string, number>>;
  /** Handed to the network in a mode without answers. */
  readonly unverifiedRows: number;
  readonly lostRows: number;
}

export interface BacklogOptions {
  /** The target's name, for messages and counters. */
  readonly target: string;
  readonly market: string;
  /** Most memory of encoded rows kept: waiting, sent and not answered, and held for an ended date together. */
  readonly maxBytes: number;
}

/**
 * The batches of one target that it has not acknowledged, in memory.
 *
 * - A batch is in exactly one place: waiting, in flight (taken, not answered), or held (of a date that the
 *   tickerplant has ended, so that filing it there would put it under the wrong date).
 * - Batches of one table and date leave in the order in which they came.
 * - At the limit the oldest batch that is not in flight is dropped: counted at once, and logged as an error by the
 *   next `reportLosses`, which is due after each drain.
 */
export class MemoryBacklog implements BatchSource {
  readonly #options: BacklogOptions;
  readonly #logger: Logger;
  readonly #counters: Counters;
  readonly #listener: BacklogListener;
  #waiting: Batch[] = [];
  #held: Batch[] = [];
  readonly #inFlight = new Set<Batch>();
  #tickerplantDate: DateDays = Number.NEGATIVE_INFINITY;
  #bytes = 0;
  readonly #delivered: Record<string, number> = {};
  #unverifiedRows = 0;
  #lostRows = 0;
  readonly #unreported = new Map<LossReason, Pick<Batch, 'table' | 'tradingDate' | 'rowCount'>[]>();

  constructor(options: BacklogOptions, logger: Logger, counters: Counters, listener: BacklogListener) {
    this.#options = options;
    this.#logger = logger;
    this.#counters = counters;
    this.#listener = listener;
  }

  /** Memory of every batch that is here, wherever it stands. */
  get bytes(): number {
    return this.#bytes;
  }

  get totals(): BacklogTotals {
    return {
      deliveredRows: { ...this.#delivered },
      unverifiedRows: this.#unverifiedRows,
      lostRows: this.#lostRows,
    };
  }

  /** Batches that wait or are in flight; held ones do not count, nothing will take them. */
  get undelivered(): number {
    return this.#waiting.length + this.#inFlight.size;
  }

  append(batch: Batch): void {
    this.#bytes += memoryOf(batch);
    this.#waiting.push(batch);
    while (this.#bytes > this.#options.maxBytes) {
      const oldest = this.#held.shift() ?? this.#waiting.shift();
      if (!oldest) return;
      this.#lose(oldest, 'backlog-full');
    }
  }

  take(tickerplantDate: DateDays): Batch | undefined {
    if (tickerplantDate < this.#tickerplantDate) this.#unhold(tickerplantDate);
    this.#tickerplantDate = tickerplantDate;
    for (let i = 0; i < this.#waiting.length; ) {
      const batch = this.#waiting[i]!;
      if (batch.tradingDate === tickerplantDate) {
        this.#waiting.splice(i, 1);
        this.#inFlight.add(batch);
        return batch;
      }
      if (batch.tradingDate > tickerplantDate) {
        i++;
      } else {
        this.#waiting.splice(i, 1);
        this.#hold(batch, tickerplantDate);
      }
    }
    return undefined;
  }

  rewind(batches: readonly Batch[]): void {
    const own = batches.filter(batch => this.#inFlight.delete(batch));
    this.#waiting = [...own, ...this.#waiting];
  }

  acknowledged(batch: Batch): void {
    if (!this.#inFlight.delete(batch)) return;
    this.#delivered[batch.table] = (this.#delivered[batch.table] ?? 0) + batch.rowCount;
    this.#count('rows_delivered', batch);
    this.#listener.acknowledged(batch);
    this.#leave(batch);
  }

  sentUnverified(batch: Batch): void {
    if (!this.#inFlight.delete(batch)) return;
    this.#unverifiedRows += batch.rowCount;
    this.#count('rows_unverified', batch);
    this.#leave(batch);
  }

  refused(batch: Batch, reason: string): void {
    if (!this.#inFlight.delete(batch)) return;
    this.#listener.refused(batch, reason);
    this.#lose(batch, 'refused');
  }

  /** Logs what was lost since the last call: one line for each reason. */
  reportLosses(): void {
    for (const [reason, batches] of this.#unreported) {
      const rows = batches.reduce((sum, batch) => sum + batch.rowCount, 0);
      const tables = [...new Set(batches.map(batch => batch.table))].join(', ');
      const dates = [...new Set(batches.map(batch => isoDateOf(batch.tradingDate)))].join(', ');
      this.#logger.error(
        `lost ${rows} rows of ${tables} (${dates}) for ${this.#options.target}: ${LOSS_TEXT[reason]}`,
      );
    }
    this.#unreported.clear();
  }

  /** Ends the backlog: what is still here is lost, and said so. Returns the number of rows. */
  abandon(): number {
    const rest = [...this.#inFlight, ...this.#waiting, ...this.#held];
    this.#inFlight.clear();
    this.#waiting = [];
    const held = new Set(this.#held.splice(0));
    for (const batch of rest) this.#lose(batch, held.has(batch) ? 'ended-date' : 'stopped');
    this.reportLosses();
    return rest.reduce((rows, batch) => rows + batch.rowCount, 0);
  }

  #hold(batch: Batch, tickerplantDate: DateDays): void {
    this.#held.push(batch);
    this.#count('rows_held', batch);
    this.#logger.warn(
      `${batch.rowCount} rows of ${batch.table} belong to ${isoDateOf(batch.tradingDate)}, which ${this.#options.target} ` +
        `has ended (it is at ${isoDateOf(tickerplantDate)}): held in memory, not published under the wrong date`,
    );
  }

  /** The tickerplant has gone back to an earlier date, as when it was started anew in its market's zone. */
  #unhold(tickerplantDate: DateDays): void {
    const due = this.#held.filter(batch => batch.tradingDate >= tickerplantDate);
    if (due.length === 0) return;
    this.#held = this.#held.filter(batch => batch.tradingDate < tickerplantDate);
    this.#waiting = [...due, ...this.#waiting].sort((a, b) => a.sequence - b.sequence);
    const rows = due.reduce((sum, batch) => sum + batch.rowCount, 0);
    this.#logger.warn(
      `${rows} rows that were held are published after all: ${this.#options.target} is back at ${isoDateOf(tickerplantDate)}`,
    );
  }

  /** The last thing that happens to a batch: its bytes may be used again. */
  #leave(batch: Batch): void {
    this.#bytes -= memoryOf(batch);
    this.#listener.left(batch);
  }

  #lose(batch: Batch, reason: LossReason): void {
    this.#lostRows += batch.rowCount;
    this.#count('rows_lost', batch, { reason });
    const { table, tradingDate, rowCount } = batch;
    const lost = { table, tradingDate, rowCount };
    const unreported = this.#unreported.get(reason);
    if (unreported) unreported.push(lost);
    else this.#unreported.set(reason, [lost]);
    this.#leave(batch);
  }

  #count(name: string, { table, rowCount }: Batch, labels: Readonly<Record<string, string>> = {}): void {
    const { market, target } = this.#options;
    this.#counters.counter(name, { market, target, table, ...labels }).add(rowCount);
  }
}

/** What a batch keeps from being used otherwise: the buffer, of which its columns may use a part. */
function memoryOf({ columns }: Batch): number {
  return columns.buffer.byteLength;
}

const LOSS_TEXT: Readonly<Record<LossReason, string>> = {
  'backlog-full': 'the backlog is full; raise its limit or bring the tickerplant back',
  'ended-date': 'their date had ended on the tickerplant, and nothing took them before the stop',
  refused: 'the tickerplant refuses them; the batch is in the quarantine directory',
  stopped: 'the process stopped before the tickerplant had answered, or had come to their date',
};
