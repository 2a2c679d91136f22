/**
 * The way of rows whose date the tickerplant has ended: a late bar after midnight, what waited while the day rolled, a
 * fill of an earlier date. There they would be filed under the wrong date, so the loader merges them into their own.
 *
 * - They are in a spool of their own before their target's position goes on, so none is lost between the two.
 * - A merge rewrites a partition, so they are collected: one merge a minute at most, unless `mergeBytes` wait.
 * - A unit is named by the sequences in it, and acknowledged after its merge. One that a crash cut short is staged and
 *   merged again, which the loader takes for the same rows.
 * - Several targets may hand in the same batch; it is taken once.
 */
import { Backoff, type BackoffLimits } from '../base/backoff.ts';
import type { Clock, Timer } from '../base/clock.ts';
import type { Counters } from '../base/counters.ts';
import { seconds } from '../base/durations.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Random } from '../base/random.ts';
import type { Batch } from '../kdb/batch.ts';
import type { Loader } from '../kdb/loader/loader.ts';
import { type DateDays, isoDateOf } from '../tables/epoch.ts';
import type { Spool } from './spool/spool.ts';

/** Who the late lane is in its spool. */
export const LATE_READER = 'loader';

/** Batches that are remembered as taken; of more, the oldest may be merged twice, to the same end. */
const MOST_REMEMBERED = 100_000;

export interface LateLaneOptions {
  readonly market: string;
  readonly mergeIntervalMs: number;
  /** So many bytes are merged without waiting for the interval; also the most of one unit. */
  readonly mergeBytes: number;
  /** At a stop no more than this is merged. */
  readonly stopBytes: number;
  readonly retry: BackoffLimits;
}

export const DEFAULT_LATE_LANE_OPTIONS: Omit<LateLaneOptions, 'market'> = {
  mergeIntervalMs: 60_000,
  mergeBytes: 64 * 1024 * 1024,
  stopBytes: 1024 * 1024,
  retry: { baseMs: 1_000, capMs: 60_000 },
};

export interface LateLaneParts {
  readonly spool: Pick<
    Spool,
    'source' | 'lastSequence' | 'append' | 'read' | 'position' | 'acknowledge' | 'flush' | 'dateEnded'
  >;
  /** Connects to the loader of this market. */
  readonly openLoader: () => Promise<Pick<Loader, 'stageBatches' | 'merge' | 'close'>>;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly counters: Counters;
}

interface Arrival {
  readonly batch: Batch;
  readonly taken: () => void;
}

export class LateLane {
  readonly #options: LateLaneOptions;
  readonly #parts: LateLaneParts;
  readonly #storeBackoff: Backoff;
  readonly #mergeBackoff: Backoff;
  readonly #remembered = new Set<number>();
  #sequence: number;
  #arrivals: Arrival[] = [];
  #storing = false;
  /** Bytes stored and not merged, as far as this process knows. */
  #waitingBytes = 0;
  #mayWait: boolean;
  #merging: Promise<void> | undefined;
  #mergeTimer: Timer | undefined;
  #storeTimer: Timer | undefined;
  #trouble: string | undefined;
  #stopped = false;

  constructor(options: LateLaneOptions, parts: LateLaneParts) {
    this.#options = options;
    this.#parts = parts;
    this.#storeBackoff = new Backoff(options.retry, parts.random);
    this.#mergeBackoff = new Backoff(options.retry, parts.random);
    this.#sequence = parts.spool.lastSequence;
    this.#mayWait = parts.spool.position(LATE_READER) < parts.spool.lastSequence;
  }

  /** Takes up what an earlier process left. */
  start(): void {
    if (this.#mayWait) this.#mergeAfter(0);
  }

  /** Takes a batch; resolves when it is on disk. Until then its bytes must stay as they are. */
  add(batch: Batch): Promise<void> {
    if (this.#remembered.has(batch.sequence)) return Promise.resolve();
    return new Promise(taken => {
      this.#arrivals.push({ batch, taken });
      void this.#store();
    });
  }

  /** Merges what waits if that is quick, `limitMs` at most. What is left is merged by the next process. */
  async stop(limitMs: number): Promise<void> {
    this.#stopped = true;
    this.#storeTimer?.cancel();
    this.#mergeTimer?.cancel();
    const isQuick =
      this.#mayWait && this.#trouble === undefined && this.#waitingBytes <= this.#options.stopBytes;
    if (isQuick) this.#merge();
    if (!this.#merging) return;
    let limit: Timer | undefined;
    const limited = new Promise<void>(resolve => {
      limit = this.#parts.clock.after(limitMs, resolve);
    });
    await Promise.race([this.#merging, limited]);
    limit?.cancel();
    this.#mergeTimer?.cancel();
  }

  /** Stores what has arrived; where the disk does not take it, it is tried again. */
  async #store(): Promise<void> {
    if (this.#storing) return;
    this.#storing = true;
    while (this.#arrivals.length > 0) {
      const arrivals = this.#arrivals;
      this.#arrivals = [];
      const fresh = arrivals.filter(({ batch }) => !this.#remembered.has(batch.sequence));
      try {
        await this.#parts.spool.append(fresh.map(({ batch }) => ({ ...batch, sequence: ++this.#sequence })));
      } catch (error) {
        this.#arrivals = [...arrivals, ...this.#arrivals];
        this.#tell(`rows of ended dates cannot be put aside for the loader: ${messageOf(error)}`);
        this.#storeTimer = this.#parts.clock.after(this.#storeBackoff.next(), () => {
          this.#storing = false;
          void this.#store();
        });
        return;
      }
      this.#storeBackoff.reset();
      for (const { batch, taken } of arrivals) this.#taken(batch, taken);
    }
    this.#storing = false;
    if (this.#mayWait && !this.#merging && !this.#stopped) {
      if (this.#waitingBytes >= this.#options.mergeBytes && this.#trouble === undefined) this.#mergeAfter(0);
      else if (!this.#mergeTimer) this.#mergeAfter(this.#options.mergeIntervalMs);
    }
  }

  #taken({ sequence, columns }: Batch, taken: () => void): void {
    this.#remembered.add(sequence);
    if (this.#remembered.size > MOST_REMEMBERED) {
      this.#remembered.delete(this.#remembered.values().next().value!);
    }
    this.#waitingBytes += columns.length;
    this.#mayWait = true;
    taken();
  }

  #mergeAfter(delayMs: number): void {
    this.#mergeTimer?.cancel();
    this.#mergeTimer = this.#parts.clock.after(delayMs, () => this.#merge());
  }

  #merge(): void {
    this.#mergeTimer?.cancel();
    this.#mergeTimer = undefined;
    this.#merging ??= this.#mergeAll()
      .then(
        () => {
          this.#mergeBackoff.reset();
          this.#trouble = undefined;
          if (this.#mayWait && !this.#stopped) this.#mergeAfter(this.#options.mergeIntervalMs);
        },
        error => {
          const retryMs = this.#mergeBackoff.next();
          this.#tell(
            `rows of ended dates wait on disk for the loader: ${messageOf(error)} Trying again in ${seconds(retryMs)}.`,
          );
          if (!this.#stopped) this.#mergeAfter(retryMs);
        },
      )
      .finally(() => {
        this.#merging = undefined;
      });
  }

  /** Merges what waits now, unit by unit. */
  async #mergeAll(): Promise<void> {
    const { spool, openLoader } = this.#parts;
    const last = this.#sequence;
    const loader = await openLoader();
    try {
      while (spool.position(LATE_READER) < last) {
        const batches = await spool.read(spool.position(LATE_READER), this.#options.mergeBytes);
        if (batches.length > 0) await this.#mergeUnit(loader, batches);
        spool.acknowledge(LATE_READER, batches.at(-1)?.sequence ?? last);
        await spool.flush();
        if (batches.length > 0) await spool.dateEnded(Math.max(...batches.map(batch => batch.tradingDate)));
      }
    } finally {
      loader.close();
    }
    this.#mayWait = this.#sequence > last;
    if (!this.#mayWait) this.#waitingBytes = 0;
  }

  async #mergeUnit(loader: Pick<Loader, 'stageBatches' | 'merge'>, batches: readonly Batch[]): Promise<void> {
    const { spool, logger, counters } = this.#parts;
    const { market } = this.#options;
    const unit = `live.${spool.source}.${batches[0]!.sequence}-${batches.at(-1)!.sequence}`;
    await loader.stageBatches(unit, inTurn(batches));
    for (const table of new Set(batches.map(batch => batch.table))) {
      const own = batches.filter(batch => batch.table === table);
      const dates = [...new Set(own.map(batch => batch.tradingDate))];
      await loader.merge(table, dates);
      const rows = own.reduce((sum, batch) => sum + batch.rowCount, 0);
      counters.counter('rows_merged_late', { market, table }).add(rows);
      logger.info(`${rows} late rows of ${table} (${datesText(dates)}) are in the database`);
    }
  }

  /** Says what is wrong, once until it is something else. */
  #tell(trouble: string): void {
    const kind = trouble.split(':')[0];
    if (this.#trouble === kind) return;
    this.#trouble = kind;
    this.#parts.logger.warn(trouble);
  }
}

async function* inTurn(batches: readonly Batch[]): AsyncGenerator<Batch> {
  yield* batches;
}

function datesText(dates: readonly DateDays[]): string {
  return [...dates]
    .sort((a, b) => a - b)
    .map(isoDateOf)
    .join(', ');
}
