/**
 * The batches of one target, from their drain until it is done with them: a window in memory over the spool.
 *
 * - What is drained goes into the window at once, and is sent from there. What finds no room is read from the spool
 *   again, ahead of need, so that memory stays within its limit however long the target is away.
 * - Every sequence up to the cursor is either settled or in the window. Every one beyond it is in the spool, or, where
 *   the disk did not take it, among the unstored batches that wait behind it.
 * - The target's position in the spool is before the first batch that is not settled: acknowledged, sent unverified,
 *   refused (and put aside), left out, or handed to the late lane. On start all after it comes first, in order.
 * - Batches of one table and date leave in the order of their sequences. Those of a date that the tickerplant has not
 *   come to yet wait in the window, and those of its date pass them: but where they fill the window nothing is read
 *   ahead any more until it rolls. Those of a date that it has ended leave for the late lane, whatever came before them.
 * - Only batches that are not in the spool can be lost: the oldest first where they alone exceed the limit.
 */
import type { Clock, Timer } from '../base/clock.ts';
import type { Counters } from '../base/counters.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Batch, BatchSource } from '../kdb/batch.ts';
import type { DateDays } from '../tables/epoch.ts';
import { BacklogAccount, type BacklogTotals } from './backlog-account.ts';
import { BatchWindow, type WindowEntry } from './batch-window.ts';
import type { Spool } from './spool/spool.ts';

/** Most bytes that are read from the spool at once. */
const MOST_READ_BYTES = 8 * 1024 * 1024;

const READ_RETRY_MS = 5_000;

export interface BacklogOptions {
  /** The target's name, for messages and counters; also who it is in the spool. */
  readonly target: string;
  readonly market: string;
  /** Most memory of encoded rows kept. */
  readonly maxBytes: number;
}

export interface BacklogParts {
  readonly spool: Pick<Spool, 'source' | 'lastSequence' | 'read' | 'position' | 'acknowledge'>;
  readonly lateLane: { add(batch: Batch): Promise<void> };
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
  readonly listener: BacklogListener;
}

export interface BacklogListener {
  acknowledged(batch: Batch): void;
  /** The tickerplant will never take this batch: put it aside. Called before the rows are counted as lost. */
  refused(batch: Batch, reason: string): void;
  /** The batch is gone from here, for whatever reason; nothing here reads its bytes any more. */
  left(batch: Batch): void;
  /** Batches have been read from the spool. */
  ready(): void;
}

export class SpooledBacklog implements BatchSource {
  readonly numberedBy: string;
  readonly #options: BacklogOptions;
  readonly #parts: BacklogParts;
  readonly #account: BacklogAccount;
  readonly #window = new BatchWindow();
  /** Beyond the cursor and not in the spool, ascending. */
  #unstored: WindowEntry[] = [];
  #cursor: number;
  /** The highest sequence there is. */
  #last: number;
  #position: number;
  #tickerplantDate: DateDays = Number.NEGATIVE_INFINITY;
  #bytes = 0;
  #unstoredBytes = 0;
  #reading = false;
  #retry: Timer | undefined;
  #closed = false;

  constructor(options: BacklogOptions, parts: BacklogParts) {
    const { spool, logger, counters } = parts;
    this.numberedBy = spool.source;
    this.#options = options;
    this.#parts = parts;
    this.#account = new BacklogAccount(options.target, options.market, logger, counters);
    this.#position = spool.position(options.target);
    this.#cursor = this.#position;
    this.#last = Math.max(this.#cursor, spool.lastSequence);
  }

  /** Memory of every batch that is here. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Memory of those that are nowhere else. */
  get unstoredBytes(): number {
    return this.#unstoredBytes;
  }

  get totals(): BacklogTotals {
    return this.#account.totals;
  }

  /** Whether anything is left for the target. */
  get isEmpty(): boolean {
    return this.#window.isEmpty && !this.#isBehind;
  }

  get fetching(): boolean {
    return this.#isBehind && !this.#closed;
  }

  get #isBehind(): boolean {
    return this.#cursor < this.#last;
  }

  /** Takes a batch that was drained, `stored` or not; it comes after all that were taken before. */
  append(batch: Batch, stored: boolean): void {
    if (batch.sequence <= this.#cursor) {
      // It has been read from the spool meanwhile.
      this.#parts.listener.left(batch);
      return;
    }
    const isNext = !this.#isBehind;
    this.#last = batch.sequence;
    if (!stored) {
      this.#appendUnstored(batch, isNext);
    } else if (isNext && this.#bytes + memoryOf(batch) <= this.#options.maxBytes) {
      this.#cursor = batch.sequence;
      this.#enter(this.#counted(batch, true));
    } else {
      this.#parts.listener.left(batch);
    }
  }

  /** The spool has taken these after all. */
  nowStored(batches: readonly Batch[]): void {
    const sequences = new Set(batches.map(({ sequence }) => sequence));
    for (const sequence of sequences) {
      const entry = this.#window.get(sequence);
      if (!entry || entry.stored) continue;
      entry.stored = true;
      this.#unstoredBytes -= memoryOf(entry.batch);
    }
    const [stored, unstored] = partition(this.#unstored, ({ batch }) => sequences.has(batch.sequence));
    this.#unstored = unstored;
    // They are read in their turn.
    for (const entry of stored) this.#forget(entry);
  }

  take(tickerplantDate: DateDays): Batch | undefined {
    if (tickerplantDate !== this.#tickerplantDate) {
      this.#tickerplantDate = tickerplantDate;
      this.#sendLate();
    }
    void this.#fetch();
    return this.#window.takeWaiting(tickerplantDate)?.batch;
  }

  rewind(batches: readonly Batch[]): void {
    for (const batch of [...batches].reverse()) {
      const entry = this.#window.inFlight(batch);
      if (entry) this.#window.putBack(entry);
    }
    this.#sendLate();
  }

  acknowledged(batch: Batch): void {
    if (!this.#window.inFlight(batch)) return;
    this.#account.delivered(batch);
    this.#parts.listener.acknowledged(batch);
    this.#settle(batch);
  }

  sentUnverified(batch: Batch): void {
    if (!this.#window.inFlight(batch)) return;
    this.#account.unverified(batch);
    this.#settle(batch);
  }

  refused(batch: Batch, reason: string): void {
    if (!this.#window.inFlight(batch)) return;
    this.#parts.listener.refused(batch, reason);
    this.#account.lost(batch, 'refused');
    this.#settle(batch);
  }

  leftOut(batch: Batch): void {
    if (!this.#window.inFlight(batch)) return;
    this.#account.leftOut(batch);
    this.#settle(batch);
  }

  /** Logs what was lost since the last call. */
  reportLosses(): void {
    this.#account.reportLosses();
  }

  /** Ends the backlog: what the spool has stays there, the rest is lost, and said so. */
  close(): void {
    this.#closed = true;
    this.#retry?.cancel();
    for (const entry of [...this.#window.all, ...this.#unstored]) {
      if (!entry.stored) this.#account.lost(entry.batch, 'stopped');
      this.#forget(entry);
    }
    this.#window.clear();
    this.#unstored = [];
    this.#account.reportLosses();
  }

  #appendUnstored(batch: Batch, isNext: boolean): void {
    const isWindowWhole = this.#unload(memoryOf(batch));
    const entry = this.#counted(batch, false);
    if (isNext && isWindowWhole) {
      this.#cursor = batch.sequence;
      this.#enter(entry);
    } else {
      this.#unstored.push(entry);
    }
    while (this.#bytes > this.#options.maxBytes) {
      const oldest = this.#window.firstUnstored() ?? this.#unstored[0];
      if (!oldest) return;
      this.#lose(oldest);
    }
  }

  /**
   * Makes room for what is nowhere else: lets go of the end of the window, as far as it waits and can be read again.
   * Returns whether the window is what it was.
   */
  #unload(bytes: number): boolean {
    const { maxBytes } = this.#options;
    if (this.#bytes + bytes <= maxBytes) return true;
    const waiting = this.#window.waitingEnd();
    if (!waiting.some(({ stored }) => stored)) return true;
    for (const entry of waiting) {
      // More than is needed now, so that it is not to be done for every batch.
      if (this.#bytes + bytes <= maxBytes * (7 / 8)) break;
      this.#window.remove(entry);
      this.#cursor = entry.batch.sequence - 1;
      if (entry.stored) this.#forget(entry);
      else this.#unstored.unshift(entry);
    }
    return false;
  }

  #lose(entry: WindowEntry): void {
    this.#account.lost(entry.batch, 'backlog-full');
    if (entry === this.#unstored[0]) this.#unstored.shift();
    else this.#window.remove(entry);
    this.#forget(entry);
  }

  /** Reads on in the spool while less than half of the memory is used. */
  async #fetch(): Promise<void> {
    const { spool, clock, logger, listener } = this.#parts;
    const { maxBytes, target } = this.#options;
    if (this.#reading || this.#closed || !this.#isBehind) return;
    // What is not in the spool may take most of the memory, and can only be sent after what is read.
    if (this.#bytes > maxBytes / 2 && !this.#window.isEmpty) return;
    this.#reading = true;
    const last = this.#last;
    try {
      // Buffers are up to twice as long as what is in them.
      const roomBytes = Math.max(0, maxBytes - this.#bytes) / 2;
      const batches = await spool.read(this.#cursor, Math.min(roomBytes, MOST_READ_BYTES));
      this.#read(batches, batches.at(-1)?.sequence ?? last);
    } catch (error) {
      logger.error(`rows for ${target} wait: ${messageOf(error)}`);
      this.#retry = clock.after(READ_RETRY_MS, () => {
        this.#reading = false;
        void this.#fetch();
      });
      return;
    }
    this.#reading = false;
    if (this.#closed) return;
    listener.ready();
    void this.#fetch();
  }

  /** Takes what was read, up to and with sequence `end`, and the unstored batches that stand in between. */
  #read(batches: readonly Batch[], end: number): void {
    if (this.#closed) {
      for (const batch of batches) this.#parts.listener.left(batch);
      return;
    }
    const sequences = new Set(this.#unstored.map(({ batch }) => batch.sequence));
    const read: WindowEntry[] = [];
    for (const batch of batches) {
      // It was stored only after it had been taken as unstored, and that is not known here yet.
      if (sequences.has(batch.sequence)) this.#parts.listener.left(batch);
      else read.push(this.#counted(batch, true));
    }
    const [due, later] = partition(this.#unstored, ({ batch }) => batch.sequence <= end);
    this.#unstored = later;
    this.#cursor = end;
    this.#last = Math.max(this.#last, end);
    for (const entry of [...read, ...due].sort(bySequence)) this.#window.add(entry);
    this.#sendLate();
    this.#moveOn();
  }

  #enter(entry: WindowEntry): void {
    this.#window.add(entry);
    this.#sendLate();
  }

  /** Hands what waits of dates that the tickerplant has ended to the late lane. */
  #sendLate(): void {
    for (const entry of this.#window.takeEnded(this.#tickerplantDate)) void this.#sendEntryLate(entry);
  }

  async #sendEntryLate({ batch }: WindowEntry): Promise<void> {
    await this.#parts.lateLane.add(batch);
    if (this.#closed) return;
    this.#account.late(batch);
    this.#settle(batch);
  }

  #settle({ sequence }: Batch): void {
    const entry = this.#window.get(sequence)!;
    this.#window.remove(entry);
    this.#forget(entry);
    this.#sendLate();
    this.#moveOn();
    void this.#fetch();
  }

  /** Tells the spool how far the target is. */
  #moveOn(): void {
    const { first } = this.#window;
    const position = first === undefined ? this.#cursor : first - 1;
    if (position <= this.#position) return;
    this.#position = position;
    this.#parts.spool.acknowledge(this.#options.target, position);
  }

  #counted(batch: Batch, stored: boolean): WindowEntry {
    this.#bytes += memoryOf(batch);
    if (!stored) this.#unstoredBytes += memoryOf(batch);
    return { batch, stored, place: 'waiting' };
  }

  #forget({ batch, stored }: WindowEntry): void {
    this.#bytes -= memoryOf(batch);
    if (!stored) this.#unstoredBytes -= memoryOf(batch);
    this.#parts.listener.left(batch);
  }
}

/** What a batch keeps from being used otherwise: the buffer, of which its columns may use a part. */
function memoryOf({ columns }: Batch): number {
  return columns.buffer.byteLength;
}

function bySequence(one: WindowEntry, other: WindowEntry): number {
  return one.batch.sequence - other.batch.sequence;
}

function partition<Item>(items: readonly Item[], belongs: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(belongs), items.filter(item => !belongs(item))];
}
