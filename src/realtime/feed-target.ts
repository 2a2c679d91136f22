import type { Clock } from '../base/clock.ts';
import type { Counters } from '../base/counters.ts';
import type { Logger } from '../base/logger.ts';
import type { Batch } from '../kdb/batch.ts';
import type { PublisherOptions, PublisherParts } from '../kdb/publisher/options.ts';
import { Publisher } from '../kdb/publisher/publisher.ts';
import { isReady, type PublisherState } from '../kdb/publisher/state.ts';
import { type StreamTableName, WINDOW_MS } from '../tables/definitions.ts';
import type { DateDays } from '../tables/epoch.ts';
import type { BacklogTotals } from './backlog-account.ts';
import { LagHistogram } from './lag.ts';
import type { RefusedBatches } from './refused-batches.ts';
import { type BacklogParts, SpooledBacklog } from './spooled-backlog.ts';

/** One tickerplant of a feed, as configured. */
export interface FeedTargetOptions {
  readonly name: string;
  readonly market: string;
  readonly publisher: Omit<PublisherOptions, 'source'>;
  readonly backlogBytes: number;
  /** By how much the service delays the stream: it is not counted as lag. */
  readonly delayMs: number;
  /** The tables of the stream. */
  readonly tables: readonly StreamTableName[];
}

export interface FeedTargetParts extends Omit<PublisherParts, 'listener' | 'logger'> {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
  readonly refusedBatches: RefusedBatches;
  /** A batch was answered, so long after it was sent. */
  readonly answered?: (answerMs: number) => void;
}

/** What all targets of a feed share, and who hears of them. */
export interface FeedTargetSurroundings extends Pick<BacklogParts, 'spool' | 'lateLane'> {
  /** The target has failed for good. */
  failed(error: Error): void;
  /** The target is done with a batch and reads its bytes no more. */
  left(batch: Batch): void;
  /** The tickerplant has come to another date. */
  dateChanged(): void;
}

/** Where the batches of one target stand. */
export interface TargetTotals extends BacklogTotals {
  readonly name: string;
  readonly state: PublisherState['name'];
  /** In memory. */
  readonly backlogBytes: number;
  /** On disk, as last counted. */
  readonly waitingRows: number;
  readonly lagMs: { readonly p50: number | undefined; readonly p99: number | undefined };
}

/** A tickerplant with all that is its own: backlog, publisher and lag. */
export class FeedTarget {
  readonly #options: FeedTargetOptions;
  readonly #clock: Clock;
  readonly #backlog: SpooledBacklog;
  readonly #publisher: Publisher;
  readonly #lag = new LagHistogram();
  readonly #recentLag = new LagHistogram();
  readonly #shortestWindowMs: number;
  /** End of the latest window that was acknowledged. */
  #streamTimeMs = 0;
  #awaySinceMs: number | undefined;
  #refusedRows = 0;
  #refusedBatches = 0;

  constructor(options: FeedTargetOptions, parts: FeedTargetParts, surroundings: FeedTargetSurroundings) {
    const { name, market, publisher, backlogBytes, tables } = options;
    const { clock, counters } = parts;
    const logger = parts.logger.child({ target: name });
    this.#options = options;
    this.#clock = clock;
    this.#awaySinceMs = clock.wallMs();
    this.#shortestWindowMs = Math.min(...tables.map(table => WINDOW_MS[table]));
    this.#backlog = new SpooledBacklog(
      { target: name, market, maxBytes: backlogBytes },
      {
        spool: surroundings.spool,
        lateLane: surroundings.lateLane,
        clock,
        logger,
        counters,
        listener: {
          acknowledged: batch => this.#recordLag(batch),
          refused: (batch, reason) => {
            this.#refusedBatches++;
            this.#refusedRows += batch.rowCount;
            parts.refusedBatches.keep(name, batch, reason);
          },
          left: batch => surroundings.left(batch),
          ready: () => this.#publisher.wake(),
        },
      },
    );
    this.#publisher = new Publisher(
      { ...publisher, source: this.#backlog },
      {
        ...parts,
        logger,
        listener: {
          failed: error => surroundings.failed(error),
          acknowledged: (_batch, answerMs) => parts.answered?.(answerMs),
          dateChanged: () => surroundings.dateChanged(),
          stateChanged: state => this.#stateChanged(state),
        },
      },
    );
  }

  get state(): PublisherState {
    return this.#publisher.state;
  }

  get name(): string {
    return this.#options.name;
  }

  /** The tickerplant's date as last read. */
  get date(): DateDays | undefined {
    return this.#publisher.date;
  }

  /** What is wrong with the tickerplant's date or zone, and what to do about it. */
  get calendarDifference(): string | undefined {
    return this.#publisher.calendarDifference;
  }

  /** Since when no row reaches a tickerplant that keeps it, ms since 1970; undefined while they do. */
  get awaySinceMs(): number | undefined {
    return this.#awaySinceMs;
  }

  /** What the tickerplant has refused for good. */
  get refused(): { readonly rows: number; readonly batches: number } {
    return { rows: this.#refusedRows, batches: this.#refusedBatches };
  }

  /** From the end of windows to their acknowledgement, since the start. */
  get lag(): LagHistogram {
    return this.#lag;
  }

  /** The same since the last call. */
  takeRecentLag(): { readonly p50: number | undefined; readonly p99: number | undefined } {
    const recent = { p50: this.#recentLag.quantileMs(0.5), p99: this.#recentLag.quantileMs(0.99) };
    this.#recentLag.clear();
    return recent;
  }

  /** How much of its memory is used by rows that are nowhere else, from 0 to 1. */
  get unstoredShare(): number {
    return this.#backlog.unstoredBytes / this.#options.backlogBytes;
  }

  start(): void {
    this.#publisher.start();
  }

  /** Takes batches of a drain, `stored` in the spool or not, and sends them. */
  append(batches: readonly Batch[], stored: boolean): void {
    for (const batch of batches) this.#backlog.append(batch, stored);
    this.#backlog.reportLosses();
    this.#publisher.wake();
  }

  /** The spool has taken these after all. */
  nowStored(batches: readonly Batch[]): void {
    this.#backlog.nowStored(batches);
  }

  /**
   * Sends what is left and waits for the answers, at most `limitMs`; a tickerplant that is away is waited for only where
   * rows are nowhere else.
   */
  async stop(limitMs: number): Promise<void> {
    const isWorthIt = !this.#backlog.isEmpty && (this.#publisher.ready || this.#backlog.unstoredBytes > 0);
    await this.#publisher.stop(isWorthIt ? limitMs : 0);
  }

  /** Ends the target after its stop: what is neither delivered nor in the spool is lost. */
  close(): void {
    this.#backlog.close();
  }

  totals(): Omit<TargetTotals, 'waitingRows'> {
    return {
      name: this.#options.name,
      state: this.#publisher.state.name,
      ...this.#backlog.totals,
      backlogBytes: this.#backlog.bytes,
      lagMs: { p50: this.#lag.quantileMs(0.5), p99: this.#lag.quantileMs(0.99) },
    };
  }

  /**
   * From the end of the window to the acknowledgement, less what the service delays, in the table with the shortest
   * windows, and there only for windows that reach as far as any before: a bar that is sent again after a late trade is
   * a correction, not a delay.
   */
  #recordLag({ table, windowEndMs, rowCount }: Batch): void {
    if (windowEndMs === undefined || windowEndMs < this.#streamTimeMs) return;
    if (WINDOW_MS[table as StreamTableName] !== this.#shortestWindowMs) return;
    this.#streamTimeMs = windowEndMs;
    const lagMs = this.#clock.wallMs() - windowEndMs - this.#options.delayMs;
    this.#lag.record(lagMs, rowCount);
    this.#recentLag.record(lagMs, rowCount);
  }

  #stateChanged(state: PublisherState): void {
    if (isReady(state)) this.#awaySinceMs = undefined;
    else if (state.name !== 'stopped') this.#awaySinceMs ??= this.#clock.wallMs();
  }
}
