import type { Counters } from '../base/counters.ts';
import type { Logger } from '../base/logger.ts';
import type { Batch } from '../kdb/batch.ts';
import { isoDateOf } from '../tables/epoch.ts';

/** Why rows will not reach a target. */
export type LossReason = 'backlog-full' | 'refused' | 'stopped';

/** What has become of the rows of a target so far. */
export interface BacklogTotals {
  /** By table. */
  readonly deliveredRows: Readonly<Record<string, number>>;
  /** Handed to the network in a mode without answers. */
  readonly unverifiedRows: number;
  /** Of dates that the tickerplant had ended: they go to the database by way of the loader. */
  readonly lateRows: number;
  /** Of tables that the tickerplant need not have, and has not. */
  readonly leftOutRows: number;
  readonly lostRows: number;
}

/** Keeps account of the rows of one target: every batch that leaves its backlog is counted here, once. */
export class BacklogAccount {
  readonly #target: string;
  readonly #market: string;
  readonly #logger: Logger;
  readonly #counters: Counters;
  readonly #delivered: Record<string, number> = {};
  #unverifiedRows = 0;
  #lateRows = 0;
  #leftOutRows = 0;
  #lostRows = 0;
  readonly #unreported = new Map<LossReason, Pick<Batch, 'table' | 'tradingDate' | 'rowCount'>[]>();

  constructor(target: string, market: string, logger: Logger, counters: Counters) {
    this.#target = target;
    this.#market = market;
    this.#logger = logger;
    this.#counters = counters;
  }

  get totals(): BacklogTotals {
    return {
      deliveredRows: { ...this.#delivered },
      unverifiedRows: this.#unverifiedRows,
      lateRows: this.#lateRows,
      leftOutRows: this.#leftOutRows,
      lostRows: this.#lostRows,
    };
  }

  delivered(batch: Batch): void {
    this.#delivered[batch.table] = (this.#delivered[batch.table] ?? 0) + batch.rowCount;
    this.#count('rows_delivered', batch);
  }

  unverified(batch: Batch): void {
    this.#unverifiedRows += batch.rowCount;
    this.#count('rows_unverified', batch);
  }

  late(batch: Batch): void {
    this.#lateRows += batch.rowCount;
    this.#count('rows_late', batch);
  }

  leftOut(batch: Batch): void {
    this.#leftOutRows += batch.rowCount;
    this.#count('rows_left_out', batch);
  }

  /** Counts rows as lost; the log says so with the next `reportLosses`. */
  lost(batch: Batch, reason: LossReason): void {
    const { table, tradingDate, rowCount } = batch;
    this.#lostRows += rowCount;
    this.#count('rows_lost', batch, { reason });
    const unreported = this.#unreported.get(reason) ?? [];
    unreported.push({ table, tradingDate, rowCount });
    this.#unreported.set(reason, unreported);
  }

  /** Logs what was lost since the last call: one line for each reason. */
  reportLosses(): void {
    for (const [reason, batches] of this.#unreported) {
      const rows = batches.reduce((sum, batch) => sum + batch.rowCount, 0);
      const tables = [...new Set(batches.map(batch => batch.table))].join(', ');
      const dates = [...new Set(batches.map(batch => isoDateOf(batch.tradingDate)))].join(', ');
      this.#logger.error(
        `lost ${rows} rows of ${tables} (${dates}) for ${this.#target}: ${LOSS_TEXT[reason]}`,
      );
    }
    this.#unreported.clear();
  }

  #count(name: string, { table, rowCount }: Batch, labels: Readonly<Record<string, string>> = {}): void {
    const market = this.#market;
    const target = this.#target;
    this.#counters.counter(name, { market, target, table, ...labels }).add(rowCount);
  }
}

const LOSS_TEXT: Readonly<Record<LossReason, string>> = {
  'backlog-full':
    'the disk does not take them, and memory is full; bring the tickerplant or the disk of the spool back',
  refused: 'the tickerplant refuses them; the batch is in the quarantine directory',
  stopped: 'the process stopped while the disk did not take them, before the tickerplant had answered',
};
