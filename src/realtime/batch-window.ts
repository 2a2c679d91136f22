import type { Batch } from '../kdb/batch.ts';
import type { DateDays } from '../tables/epoch.ts';

/** A batch in memory. */
export interface WindowEntry {
  readonly batch: Batch;
  /** Whether the spool has it. */
  stored: boolean;
  place: 'waiting' | 'in-flight' | 'late';
}

/**
 * The batches of one target that are in memory, ascending by sequence. Those that wait can be had by date, so that those
 * of a date that has not come do not stand in the way.
 */
export class BatchWindow {
  readonly #entries = new Map<number, WindowEntry>();
  readonly #waiting = new Map<DateDays, WindowEntry[]>();
  readonly #inFlight = new Set<WindowEntry>();

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /** The lowest sequence. */
  get first(): number | undefined {
    return this.#entries.keys().next().value;
  }

  get all(): Iterable<WindowEntry> {
    return this.#entries.values();
  }

  get(sequence: number): WindowEntry | undefined {
    return this.#entries.get(sequence);
  }

  /** The batch that was taken with `takeWaiting` and is not settled. */
  inFlight({ sequence }: Batch): WindowEntry | undefined {
    const entry = this.#entries.get(sequence);
    return entry?.place === 'in-flight' ? entry : undefined;
  }

  /** Adds a waiting entry behind all others. */
  add(entry: WindowEntry): void {
    this.#entries.set(entry.batch.sequence, entry);
    this.#queueOf(entry).push(entry);
  }

  /** The first of a date that waits is in flight now. */
  takeWaiting(date: DateDays): WindowEntry | undefined {
    const entry = this.#waiting.get(date)?.shift();
    if (!entry) return undefined;
    entry.place = 'in-flight';
    this.#inFlight.add(entry);
    return entry;
  }

  /** What was in flight waits again, before all others of its date. */
  putBack(entry: WindowEntry): void {
    entry.place = 'waiting';
    this.#inFlight.delete(entry);
    this.#queueOf(entry).unshift(entry);
  }

  /**
   * The waiting entries of dates before `date`, which wait no more. Where one of a date is in flight the others of it
   * stay: it may come back, and is to go before them.
   */
  takeEnded(date: DateDays): WindowEntry[] {
    const ended: WindowEntry[] = [];
    for (const [waitingDate, queue] of this.#waiting) {
      if (waitingDate >= date || this.#isInFlight(waitingDate)) continue;
      this.#waiting.delete(waitingDate);
      ended.push(...queue);
    }
    for (const entry of ended) entry.place = 'late';
    return ended.sort((a, b) => a.batch.sequence - b.batch.sequence);
  }

  /** The entries from the last one back to the first that is not waiting. */
  waitingEnd(): WindowEntry[] {
    const reversed = [...this.#entries.values()].reverse();
    const end = reversed.findIndex(({ place }) => place !== 'waiting');
    return end < 0 ? reversed : reversed.slice(0, end);
  }

  /** The first that is nowhere else and waits. */
  firstUnstored(): WindowEntry | undefined {
    for (const entry of this.#entries.values()) {
      if (!entry.stored && entry.place === 'waiting') return entry;
    }
    return undefined;
  }

  remove(entry: WindowEntry): void {
    this.#entries.delete(entry.batch.sequence);
    this.#inFlight.delete(entry);
    if (entry.place !== 'waiting') return;
    const queue = this.#queueOf(entry);
    const at = queue.lastIndexOf(entry);
    if (at >= 0) queue.splice(at, 1);
  }

  clear(): void {
    this.#entries.clear();
    this.#waiting.clear();
    this.#inFlight.clear();
  }

  #isInFlight(date: DateDays): boolean {
    for (const { batch } of this.#inFlight) if (batch.tradingDate === date) return true;
    return false;
  }

  #queueOf({ batch }: WindowEntry): WindowEntry[] {
    let queue = this.#waiting.get(batch.tradingDate);
    if (!queue) {
      queue = [];
      this.#waiting.set(batch.tradingDate, queue);
    }
    return queue;
  }
}
