import type { Batch, BatchSource } from '../kdb/batch.ts';
import type { KdbError } from '../kdb/errors.ts';
import type { PublisherOptions, PublisherParts } from '../kdb/publisher/options.ts';
import { Publisher } from '../kdb/publisher/publisher.ts';
import type { DateDays } from '../tables/epoch.ts';

/** Batches are read ahead of the tickerplant up to this size. */
const AHEAD_BYTES = 16 * 1024 * 1024;

/** What became of batches that were sent again, in rows. */
export interface ReplayOutcome {
  readonly delivered: number;
  /** The tickerplant will never take them. */
  readonly refused: number;
  /** Of dates at which the tickerplant is not: it would file them under its own. */
  readonly otherDates: ReadonlyMap<DateDays, number>;
  /** Of tables that the tickerplant has not. */
  readonly withoutTable: number;
  /** Whether everything was read and answered. */
  readonly complete: boolean;
}

export interface ReplayListener {
  acknowledged?(batch: Batch): void;
  refused?(batch: Batch, reason: string): void;
}

export interface ReplayParts extends Omit<PublisherParts, 'listener'> {
  /** Ends it early. */
  readonly stop: AbortSignal;
  readonly listener?: ReplayListener;
}

/**
 * Sends batches to a tickerplant in their order and resolves when each is answered. A tickerplant of ours takes a batch
 * once for each `numberedBy` and sequence, so what it has already is not doubled.
 *
 * @throws KdbError where the tickerplant cannot be reached or is none, and what `batches` throws
 */
export async function replay(
  batches: AsyncIterable<Batch>,
  numberedBy: string,
  options: Omit<PublisherOptions, 'source' | 'failFast'>,
  { stop, listener = {}, ...parts }: ReplayParts,
): Promise<ReplayOutcome> {
  const source = new ReplaySource(numberedBy, listener);
  return new Promise((resolve, reject) => {
    const publisher = new Publisher(
      { ...options, source, failFast: true },
      { ...parts, listener: { failed: (error: KdbError) => end(() => reject(error)) } },
    );
    const onStop = (): void => end(() => resolve(source.outcome));
    let ended = false;
    const end = (settle: () => void): void => {
      if (ended) return;
      ended = true;
      stop.removeEventListener('abort', onStop);
      source.close();
      void publisher.stop(0).then(settle);
    };
    source.moved = () => {
      if (source.outcome.complete) end(() => resolve(source.outcome));
      else publisher.wake();
    };
    source.read(batches).catch(error => end(() => reject(error)));
    if (stop.aborted) onStop();
    else stop.addEventListener('abort', onStop);
    publisher.start();
  });
}

/** Batches that are read ahead, as a publisher takes them. */
class ReplaySource implements BatchSource {
  readonly numberedBy: string;
  /** Something has come or gone. */
  moved: () => void = () => {};
  readonly #listener: ReplayListener;
  #waiting: Batch[] = [];
  #bytes = 0;
  #inFlight = 0;
  #reading = true;
  #closed = false;
  #room: () => void = () => {};
  #delivered = 0;
  #refused = 0;
  #withoutTable = 0;
  readonly #otherDates = new Map<DateDays, number>();

  constructor(numberedBy: string, listener: ReplayListener) {
    this.numberedBy = numberedBy;
    this.#listener = listener;
  }

  get fetching(): boolean {
    return this.#reading;
  }

  get outcome(): ReplayOutcome {
    return {
      delivered: this.#delivered,
      refused: this.#refused,
      otherDates: this.#otherDates,
      withoutTable: this.#withoutTable,
      complete: !this.#reading && this.#waiting.length === 0 && this.#inFlight === 0,
    };
  }

  /** Reads to the end, never further ahead than its limit. */
  async read(batches: AsyncIterable<Batch>): Promise<void> {
    for await (const batch of batches) {
      this.#waiting.push(batch);
      this.#bytes += batch.columns.length;
      this.moved();
      while (this.#bytes >= AHEAD_BYTES && !this.#closed) {
        await new Promise<void>(resolve => {
          this.#room = resolve;
        });
      }
      if (this.#closed) return;
    }
    this.#reading = false;
    this.moved();
  }

  close(): void {
    this.#closed = true;
    this.#room();
  }

  take(tickerplantDate: DateDays): Batch | undefined {
    for (let batch = this.#waiting.shift(); batch; batch = this.#waiting.shift()) {
      if (batch.tradingDate === tickerplantDate) {
        this.#inFlight++;
        return batch;
      }
      const { tradingDate, rowCount } = batch;
      this.#otherDates.set(tradingDate, (this.#otherDates.get(tradingDate) ?? 0) + rowCount);
      this.#gone(batch);
    }
    return undefined;
  }

  rewind(batches: readonly Batch[]): void {
    this.#inFlight -= batches.length;
    this.#waiting = [...batches, ...this.#waiting];
  }

  acknowledged(batch: Batch): void {
    this.#delivered += batch.rowCount;
    this.#listener.acknowledged?.(batch);
    this.#answered(batch);
  }

  sentUnverified(batch: Batch): void {
    this.acknowledged(batch);
  }

  refused(batch: Batch, reason: string): void {
    this.#refused += batch.rowCount;
    this.#listener.refused?.(batch, reason);
    this.#answered(batch);
  }

  leftOut(batch: Batch): void {
    this.#withoutTable += batch.rowCount;
    this.#answered(batch);
  }

  #answered(batch: Batch): void {
    this.#inFlight--;
    this.#gone(batch);
  }

  #gone(batch: Batch): void {
    this.#bytes -= batch.columns.length;
    this.#room();
    // Not at once: the publisher is in the middle of something.
    queueMicrotask(() => this.moved());
  }
}
