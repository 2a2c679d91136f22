import type { Clock } from '../base/clock.ts';
import type { Counters } from '../base/counters.ts';
import type { Logger } from '../base/logger.ts';
import type { Batch } from '../kdb/batch.ts';
import type { PublisherOptions, PublisherParts } from '../kdb/publisher/options.ts';
import { Publisher } from '../kdb/publisher/publisher.ts';
import type { PublisherState } from '../kdb/publisher/state.ts';
import { BufferPool } from '../kdb/tables/buffer-pool.ts';
import type { BatchLimits } from '../kdb/tables/cut-rows.ts';
import type { TableRows } from '../tables/table-rows.ts';
import { type BacklogTotals, MemoryBacklog } from './backlog.ts';
import { BatchMaker } from './batch-maker.ts';
import { LagHistogram } from './lag.ts';
import type { RefusedBatches } from './refused-batches.ts';

/** One tickerplant of a feed, as configured. */
export interface FeedTargetOptions {
  readonly name: string;
  readonly market: string;
  readonly publisher: Omit<PublisherOptions, 'source'>;
  readonly batchLimits: BatchLimits;
  readonly backlogBytes: number;
  /** Length of a row's window by table. */
  readonly windowMs: ReadonlyMap<string, number>;
}

export interface FeedTargetParts extends Omit<PublisherParts, 'listener' | 'logger'> {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
  readonly refusedBatches: RefusedBatches;
}

/** Where the batches of one target stand. */
export interface TargetTotals extends BacklogTotals {
  readonly name: string;
  readonly state: PublisherState['name'];
  readonly backlogBytes: number;
  readonly lagMs: { readonly p50: number | undefined; readonly p99: number | undefined };
}

/** A tickerplant with all that is its own: encoding, backlog, publisher and lag. */
export class FeedTarget {
  readonly #options: FeedTargetOptions;
  readonly #clock: Clock;
  readonly #pool = new BufferPool();
  readonly #maker: BatchMaker;
  readonly #backlog: MemoryBacklog;
  readonly #publisher: Publisher;
  readonly #lag = new LagHistogram();
  readonly #shortestWindowMs: number;
  /** End of the latest window that was acknowledged. */
  #streamTimeMs = 0;

  constructor(options: FeedTargetOptions, parts: FeedTargetParts, failed: (error: Error) => void) {
    const { name, market, publisher, batchLimits, backlogBytes, windowMs } = options;
    const logger = parts.logger.child({ target: name });
    this.#options = options;
    this.#clock = parts.clock;
    this.#shortestWindowMs = Math.min(...windowMs.values());
    this.#maker = new BatchMaker({
      convention: publisher.convention,
      limits: batchLimits,
      windowMs,
      allocate: this.#pool.take,
    });
    this.#backlog = new MemoryBacklog(
      { target: name, market, maxBytes: backlogBytes },
      logger,
      parts.counters,
      {
        acknowledged: batch => this.#recordLag(batch),
        refused: (batch, reason) => parts.refusedBatches.keep(name, batch, reason),
        left: batch => this.#pool.release(batch.columns),
      },
    );
    this.#publisher = new Publisher(
      { ...publisher, source: this.#backlog },
      { ...parts, logger, listener: { failed } },
    );
  }

  get state(): PublisherState {
    return this.#publisher.state;
  }

  get name(): string {
    return this.#options.name;
  }

  start(): void {
    this.#publisher.start();
  }

  /** Takes drained rows; they are encoded before this returns. */
  append(rows: TableRows, drainedMs: number): void {
    for (const batch of this.#maker.make(rows, drainedMs)) this.#backlog.append(batch);
    this.#backlog.reportLosses();
  }

  /** Batches were appended: send them. */
  wake(): void {
    this.#publisher.wake();
  }

  /**
   * Sends what waits and waits for the answers, at most `limitMs`, and not at all where nothing waits; what is left then
   * is counted as lost.
   */
  async stop(limitMs: number): Promise<void> {
    await this.#publisher.stop(this.#backlog.undelivered > 0 ? limitMs : 0);
    this.#backlog.abandon();
  }

  totals(): TargetTotals {
    return {
      name: this.#options.name,
      state: this.#publisher.state.name,
      ...this.#backlog.totals,
      backlogBytes: this.#backlog.bytes,
      lagMs: { p50: this.#lag.quantileMs(0.5), p99: this.#lag.quantileMs(0.99) },
    };
  }

  /**
   * From the end of the window to the acknowledgement, in the table with the shortest windows, and there only for
   * windows that reach as far as any before: a bar that is sent again after a late trade is a correction, not a delay.
   */
  #recordLag({ table, windowEndMs, rowCount }: Batch): void {
    if (windowEndMs === undefined || windowEndMs < this.#streamTimeMs) return;
    if (this.#options.windowMs.get(table) !== this.#shortestWindowMs) return;
    this.#streamTimeMs = windowEndMs;
    this.#lag.record(this.#clock.wallMs() - windowEndMs, rowCount);
  }
}
