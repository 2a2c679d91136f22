/**
 * Puts batches into the spool before anybody sends them, and does without it where the disk does not take them.
 *
 * - Batches are handed over in order, once: `stored` when the spool has them, or not where it fails, is full, or takes
 *   longer than `stallMs`. From then on they are handed over at once.
 * - What was handed over without being stored is put into the spool when the disk takes it again, as far as somebody
 *   still waits for it. Only when nothing of it is left are new batches stored first again.
 */
import { Backoff, type BackoffLimits } from '../base/backoff.ts';
import type { Clock, Timer } from '../base/clock.ts';
import { seconds } from '../base/durations.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Random } from '../base/random.ts';
import type { Batch } from '../kdb/batch.ts';
import type { DiskTrouble, Protection } from './protection.ts';
import { SpoolError } from './spool/errors.ts';
import type { Spool } from './spool/spool.ts';

export interface SpoolWriterOptions {
  /** An append that takes longer is a disk that stalls. */
  readonly stallMs: number;
  /** Between attempts to store what the disk did not take. */
  readonly retry: BackoffLimits;
}

export const DEFAULT_SPOOL_WRITER_OPTIONS: SpoolWriterOptions = {
  stallMs: 2_000,
  retry: { baseMs: 1_000, capMs: 30_000 },
};

export interface SpoolWriterParts {
  readonly spool: Pick<Spool, 'append'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly listener: SpoolWriterListener;
}

export interface SpoolWriterListener {
  /** These may be sent. */
  handOver(batches: readonly Batch[], stored: boolean): void;
  /** The spool has these after all. */
  nowStored(batches: readonly Batch[]): void;
  /** The spool is done with the bytes of this batch, or will not ask for them any more. */
  released(batch: Batch): void;
  protectionChanged(): void;
}

/** Batches of one drain. */
interface Drain {
  readonly batches: readonly Batch[];
  readonly done: (stored: boolean) => void;
}

type WriterProtection = Exclude<Protection, { readonly name: 'suspended' }>;

/** An append that is under way. */
interface Append {
  readonly batches: readonly Batch[];
  /** What waits for it; nothing where its batches were handed over before. */
  drains: readonly Drain[];
}

export class SpoolWriter {
  readonly #options: SpoolWriterOptions;
  readonly #parts: SpoolWriterParts;
  readonly #backoff: Backoff;
  #protection: WriterProtection = { name: 'protected' };
  /** They wait for the append that is under way. */
  #queue: Drain[] = [];
  #append: Append | undefined;
  /** Handed over and not in the spool, ascending, as far as somebody waits for it. */
  readonly #unstored = new Map<number, Batch>();
  #retryTimer: Timer | undefined;
  #retryDue = false;
  #unprotectedMs = 0;
  #tellIdle = () => {};

  constructor(options: SpoolWriterOptions, parts: SpoolWriterParts) {
    this.#options = options;
    this.#parts = parts;
    this.#backoff = new Backoff(options.retry, parts.random);
  }

  get protection(): WriterProtection {
    return this.#protection;
  }

  /** Takes the batches of a drain, whose bytes are this one's until `released`. `done` is called when they are handed over. */
  write(batches: readonly Batch[], done: (stored: boolean) => void): void {
    const drain = { batches, done };
    if (this.#protection.name === 'protected') {
      this.#queue.push(drain);
      this.#next();
    } else {
      this.#handOverUnstored([drain]);
      if (this.#retryDue) this.#storeUnstored();
    }
  }

  /** Nobody waits for this batch any more. */
  settled({ sequence }: Batch): void {
    const batch = this.#unstored.get(sequence);
    if (!batch) return;
    this.#unstored.delete(sequence);
    if (!this.#append?.batches.includes(batch)) this.#parts.listener.released(batch);
  }

  /** Tries once more to store what is not, if anything; waits for the disk, but `limitMs` at most. */
  async stop(limitMs: number): Promise<void> {
    this.#retryTimer?.cancel();
    this.#retryDue = false;
    if (!this.#append) this.#storeUnstored();
    if (!this.#append) return;
    await new Promise<void>(resolve => {
      const limit = this.#parts.clock.after(limitMs, resolve);
      this.#tellIdle = () => {
        limit.cancel();
        resolve();
      };
    });
    this.#retryTimer?.cancel();
  }

  /** Stores what comes next, if nothing is under way. */
  #next(): void {
    if (this.#append) return;
    if (this.#protection.name !== 'protected') {
      this.#storeUnstored();
      return;
    }
    const drains = this.#queue.splice(0);
    const batches = drains.flatMap(drain => drain.batches);
    if (batches.length > 0) void this.#store({ batches, drains });
    else for (const { done } of drains) done(true);
  }

  #storeUnstored(): void {
    const batches = [...this.#unstored.values()];
    this.#retryDue = batches.length === 0;
    if (batches.length > 0 && !this.#append) void this.#store({ batches, drains: [] });
  }

  async #store(append: Append): Promise<void> {
    const { clock, spool } = this.#parts;
    this.#append = append;
    const stall = clock.after(this.#options.stallMs, () => this.#stalled(append));
    try {
      await spool.append(append.batches);
      this.#append = undefined;
      this.#stored(append);
    } catch (error) {
      this.#append = undefined;
      this.#failed(append, error);
    } finally {
      stall.cancel();
    }
    if (!this.#append) this.#tellIdle();
  }

  #stored({ batches, drains }: Append): void {
    const { listener } = this.#parts;
    const late = batches.filter(({ sequence }) => this.#unstored.delete(sequence));
    if (late.length > 0) listener.nowStored(late);
    for (const drain of drains) this.#handOver(drain, true);
    for (const batch of batches) listener.released(batch);
    if (this.#protection.name === 'unprotected' && this.#unstored.size === 0) this.#protect();
    this.#next();
  }

  #failed({ batches, drains }: Append, error: unknown): void {
    const { clock, listener } = this.#parts;
    this.#unprotect(troubleOf(error), messageOf(error));
    this.#handOverUnstored([...drains, ...this.#queue.splice(0)]);
    for (const batch of batches) if (!this.#unstored.has(batch.sequence)) listener.released(batch);
    this.#retryTimer = clock.after(this.#backoff.next(), () => this.#next());
  }

  #stalled(append: Append): void {
    const { drains } = append;
    if (drains.length === 0) return;
    append.drains = [];
    this.#unprotect('stalled', `it has taken longer than ${seconds(this.#options.stallMs)}`);
    this.#handOverUnstored([...drains, ...this.#queue.splice(0)]);
  }

  #handOverUnstored(drains: readonly Drain[]): void {
    for (const drain of drains) {
      for (const batch of drain.batches) this.#unstored.set(batch.sequence, batch);
      this.#handOver(drain, false);
    }
  }

  #handOver({ batches, done }: Drain, stored: boolean): void {
    this.#parts.listener.handOver(batches, stored);
    done(stored);
  }

  #unprotect(reason: DiskTrouble, detail: string): void {
    const { clock, logger, listener } = this.#parts;
    const before = this.#protection;
    if (before.name === 'unprotected' && before.reason === reason) return;
    if (before.name === 'protected') this.#unprotectedMs = clock.monotonicMs();
    this.#protection = { name: 'unprotected', reason, detail, sinceMs: clock.wallMs() };
    logger.error(`unprotected: rows go to the tickerplants without being on disk first: ${detail}`);
    listener.protectionChanged();
  }

  #protect(): void {
    const { clock, logger, listener } = this.#parts;
    this.#protection = { name: 'protected' };
    this.#backoff.reset();
    const lastedMs = clock.monotonicMs() - this.#unprotectedMs;
    logger.info(`protected again after ${seconds(lastedMs)}: every row is on disk before it is sent`);
    listener.protectionChanged();
  }
}

function troubleOf(error: unknown): DiskTrouble {
  if (!(error instanceof SpoolError)) return 'failed';
  switch (error.code) {
    case 'SPOOL_FULL':
    case 'SPOOL_DISK_FULL':
      return 'full';
    case 'SPOOL_STALLED':
      return 'stalled';
    default:
      return 'failed';
  }
}
