import { memoryCounters } from '../../src/base/counters.ts';
import { seededRandom } from '../../src/base/random.ts';
import type { Batch } from '../../src/kdb/batch.ts';
import { Spool } from '../../src/realtime/spool/spool.ts';
import { SpooledBacklog } from '../../src/realtime/spooled-backlog.ts';
import { CrashingFiles } from './crashing-files.ts';
import { ManualClock, settled } from './manual-clock.ts';
import { RecordingLogger } from './recording-logger.ts';
import { SPOOL_DATE, spoolBatch, spoolOptions, spoolParts } from './spool-harness.ts';

export const TODAY = SPOOL_DATE;

/** Bytes of the columns of a batch. */
const BATCH_BYTES = 100;

/** The backlog of one target over a spool in memory; what becomes of each batch is written down. */
export class BacklogHarness {
  readonly spool: Spool;
  readonly logger = new RecordingLogger();
  readonly counters = memoryCounters();
  readonly clock = new ManualClock();
  readonly acknowledged: number[] = [];
  readonly refused: number[] = [];
  readonly late: number[] = [];
  readonly left: number[] = [];
  readonly subject: SpooledBacklog;
  /** Set: the late lane takes nothing until it is called. */
  holdLate = false;
  readonly #heldLate: (() => void)[] = [];
  #sequence: number;
  /** The most memory that was used at any time. */
  mostBytes = 0;

  static async open(maxBytes = 1000, files = new CrashingFiles(seededRandom(1))): Promise<BacklogHarness> {
    const spool = await Spool.open(spoolOptions('/spool', { maxBytes: 1e9 }), spoolParts(files));
    return new BacklogHarness(spool, maxBytes);
  }

  private constructor(spool: Spool, maxBytes: number) {
    this.spool = spool;
    this.#sequence = spool.lastSequence;
    this.subject = new SpooledBacklog(
      { target: 'main', market: 'stocks', maxBytes },
      {
        spool,
        lateLane: { add: batch => this.#addLate(batch) },
        clock: this.clock,
        logger: this.logger,
        counters: this.counters,
        listener: {
          acknowledged: ({ sequence }) => this.acknowledged.push(sequence),
          refused: ({ sequence }) => this.refused.push(sequence),
          left: ({ sequence }) => this.left.push(sequence),
          ready: () => this.#measure(),
        },
      },
    );
  }

  /** The place of a sequence among those of this opening, from 1. */
  placeOf(sequence: number): number {
    return sequence % 1e9;
  }

  /** A batch that comes next, in the spool and with the backlog. */
  async stored(changes: Partial<Batch> = {}): Promise<Batch> {
    const batch = this.#next(changes);
    await this.spool.append([batch]);
    this.#append(batch, true);
    return batch;
  }

  /** A batch that comes next and that the disk did not take. */
  unstored(changes: Partial<Batch> = {}): Batch {
    const batch = this.#next(changes);
    this.#append(batch, false);
    return batch;
  }

  /** The disk takes what it did not take before. */
  async store(...batches: Batch[]): Promise<void> {
    await this.spool.append(batches);
    this.subject.nowStored(batches);
  }

  take(date = TODAY): Batch | undefined {
    const batch = this.subject.take(date);
    this.#measure();
    return batch;
  }

  /** Takes and acknowledges until nothing comes any more; returns their places. */
  async deliverAll(date = TODAY): Promise<number[]> {
    const places: number[] = [];
    for (let idle = 0; idle < 2; idle++) {
      for (let batch = this.take(date); batch; batch = this.take(date)) {
        idle = 0;
        places.push(this.placeOf(batch.sequence));
        this.subject.acknowledged(batch);
      }
      await this.idle();
    }
    return places;
  }

  /** Resolves when nothing that was begun goes on by itself. */
  async idle(): Promise<void> {
    for (let i = 0; i < 10; i++) await settled();
  }

  releaseLate(): void {
    this.holdLate = false;
    for (const release of this.#heldLate.splice(0)) release();
  }

  lost(reason: string): number {
    return this.counters.counter('rows_lost', { market: 'stocks', target: 'main', table: 'agg1s', reason })
      .total;
  }

  async close(): Promise<void> {
    this.subject.close();
    await this.spool.close();
  }

  #next(changes: Partial<Batch>): Batch {
    return spoolBatch(++this.#sequence, { bytes: BATCH_BYTES, rowCount: 1, ...changes });
  }

  #append(batch: Batch, stored: boolean): void {
    this.subject.append(batch, stored);
    this.#measure();
  }

  #measure(): void {
    this.mostBytes = Math.max(this.mostBytes, this.subject.bytes);
  }

  #addLate({ sequence }: Batch): Promise<void> {
    this.late.push(sequence);
    if (!this.holdLate) return Promise.resolve();
    return new Promise(release => this.#heldLate.push(release));
  }
}
