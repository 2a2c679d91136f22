import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Random } from '../base/random.ts';
import type { Batch } from '../kdb/batch.ts';
import type { BatchLimits } from '../kdb/tables/cut-rows.ts';
import type { TableRows } from '../tables/table-rows.ts';
import { BatchMaker } from './batch-maker.ts';
import type { FeedTarget, FeedTargetSurroundings, TargetTotals } from './feed-target.ts';
import type { LateLane } from './late-lane.ts';
import type { Protection } from './protection.ts';
import type { SharedBuffers } from './shared-buffers.ts';
import type { Spool } from './spool/spool.ts';
import { SpoolWriter, type SpoolWriterOptions } from './spool-writer.ts';

/** How often the positions of the targets are written to the disk: what is acknowledged in between may be sent again. */
const FLUSH_INTERVAL_MS = 5_000;

/** Shares of a target's memory that hold rows which are nowhere else: where the session is closed, and opened again. */
const SUSPEND_AT = 1 / 2;
const RESUME_AT = 1 / 4;

export interface FeedDeliveryOptions {
  /** The smallest of all targets: batches are made once for all of them. */
  readonly limits: BatchLimits;
  readonly writer: SpoolWriterOptions;
}

export interface FeedDeliveryParts {
  readonly spool: Spool;
  readonly lateLane: LateLane;
  /** Also gives the memory for what the spool reads. */
  readonly buffers: SharedBuffers;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly createTargets: (surroundings: FeedTargetSurroundings) => readonly FeedTarget[];
}

export interface FeedDeliveryListener {
  /** A target has failed for good. */
  failed(error: Error): void;
  protectionChanged(protection: Protection): void;
}

/**
 * The way of drained rows to the targets of a feed: batches, encoded once -> spool -> backlog and publisher of each target.
 * Keeps the feed's protection, which says what becomes of rows if the process dies.
 */
export class FeedDelivery {
  readonly #parts: FeedDeliveryParts;
  readonly #listener: FeedDeliveryListener;
  readonly #maker: BatchMaker;
  readonly #writer: SpoolWriter;
  readonly #targets: readonly FeedTarget[];
  /** How many targets are not done with a batch that is not in the spool, by sequence. */
  readonly #waitingTargets = new Map<number, number>();
  readonly #waitingRows = new Map<string, number>();
  #protection: Protection = { name: 'protected' };
  #flushedMs: number;

  constructor(options: FeedDeliveryOptions, parts: FeedDeliveryParts, listener: FeedDeliveryListener) {
    const { spool, lateLane, buffers } = parts;
    this.#parts = parts;
    this.#listener = listener;
    this.#flushedMs = parts.clock.monotonicMs();
    this.#maker = new BatchMaker({
      limits: options.limits,
      allocate: buffers.take,
      after: spool.lastSequence,
    });
    this.#writer = new SpoolWriter(options.writer, {
      ...parts,
      listener: {
        handOver: (batches, stored) => this.#handOver(batches, stored),
        nowStored: batches => this.#nowStored(batches),
        released: batch => buffers.release(batch.columns),
        protectionChanged: () => this.#lookAtProtection(),
      },
    });
    this.#targets = parts.createTargets({
      spool,
      lateLane,
      failed: error => listener.failed(error),
      left: batch => this.#left(batch),
      dateChanged: () => this.#endDates(),
    });
  }

  get protection(): Protection {
    return this.#protection;
  }

  get targets(): readonly FeedTarget[] {
    return this.#targets;
  }

  start(): void {
    this.#parts.lateLane.start();
    for (const target of this.#targets) target.start();
  }

  /** Encodes rows, which are the caller's again when this returns. The batches are to be delivered in this order. */
  encode(rows: TableRows, drainedMs: number): Batch[] {
    return this.#maker.make(rows, drainedMs);
  }

  /**
   * Takes the batches of a drain, also where there are none. `done` is called when the targets have them, and told
   * whether they are on disk.
   */
  deliver(batches: readonly Batch[], done: (stored: boolean) => void): void {
    this.#writer.write(batches, done);
    this.#lookAtProtection();
    if (this.#parts.clock.monotonicMs() - this.#flushedMs >= FLUSH_INTERVAL_MS) void this.#flush();
  }

  /** Brings the count of rows that wait on disk up to date. */
  async countWaiting(): Promise<void> {
    const { spool } = this.#parts;
    for (const { name } of this.#targets) {
      const rows = await spool.rowsAfter(spool.position(name)).catch(() => undefined);
      if (rows !== undefined) this.#waitingRows.set(name, rows);
    }
  }

  totals(): TargetTotals[] {
    return this.#targets.map(target => ({
      ...target.totals(),
      waitingRows: this.#waitingRows.get(target.name) ?? 0,
    }));
  }

  /**
   * Delivers what is left, `limitMs` at most. What is in the spool then waits there for the next process; what is not is
   * lost.
   */
  async stop(limitMs: number): Promise<void> {
    const { clock, lateLane } = this.#parts;
    const deadlineMs = clock.monotonicMs() + limitMs;
    const leftMs = () => Math.max(0, deadlineMs - clock.monotonicMs());
    await Promise.all(this.#targets.map(target => target.stop(leftMs())));
    await lateLane.stop(leftMs());
    await this.#writer.stop(leftMs());
    for (const target of this.#targets) target.close();
    await this.#flush();
    await this.countWaiting();
  }

  #handOver(batches: readonly Batch[], stored: boolean): void {
    for (const batch of batches) {
      if (!stored) this.#waitingTargets.set(batch.sequence, this.#targets.length);
      for (let i = 0; i < this.#targets.length; i++) this.#parts.buffers.share(batch.columns);
    }
    for (const target of this.#targets) target.append(batches, stored);
  }

  #nowStored(batches: readonly Batch[]): void {
    for (const { sequence } of batches) this.#waitingTargets.delete(sequence);
    for (const target of this.#targets) target.nowStored(batches);
  }

  #left(batch: Batch): void {
    this.#parts.buffers.release(batch.columns);
    const waiting = this.#waitingTargets.get(batch.sequence);
    if (waiting === undefined) return;
    if (waiting > 1) {
      this.#waitingTargets.set(batch.sequence, waiting - 1);
    } else {
      this.#waitingTargets.delete(batch.sequence);
      this.#writer.settled(batch);
    }
  }

  #lookAtProtection(): void {
    const { protection } = this.#writer;
    const next = this.#isSuspended(protection) ? { ...protection, name: 'suspended' as const } : protection;
    const before = this.#protection;
    if (next.name === before.name && (next.name === 'protected' || next.sinceMs === sinceMsOf(before)))
      return;
    this.#protection = next;
    if (next.name === 'suspended') {
      this.#parts.logger.error(
        `suspended: neither the disk nor any tickerplant takes rows and memory is full: ${next.detail}`,
      );
    }
    this.#listener.protectionChanged(next);
  }

  #isSuspended(protection: Protection): protection is Exclude<Protection, { readonly name: 'protected' }> {
    if (protection.name === 'protected') return false;
    const limit = this.#protection.name === 'suspended' ? RESUME_AT : SUSPEND_AT;
    return this.#targets.every(target => target.unstoredShare >= limit);
  }

  /** A date has ended when every tickerplant has gone on. */
  #endDates(): void {
    const { spool, logger } = this.#parts;
    const dates = this.#targets.map(target => target.date);
    if (!dates.every(date => date !== undefined)) return;
    spool.dateEnded(Math.min(...dates) - 1).catch(error => {
      logger.warn(`segments of an ended date stay in the spool: ${messageOf(error)}`);
    });
  }

  async #flush(): Promise<void> {
    const { spool, clock, logger } = this.#parts;
    this.#flushedMs = clock.monotonicMs();
    await spool.flush().catch(error => {
      logger.warn(`what is acknowledged may be sent again after a restart: ${messageOf(error)}`);
    });
  }
}

function sinceMsOf(protection: Protection): number | undefined {
  return protection.name === 'protected' ? undefined : protection.sinceMs;
}
