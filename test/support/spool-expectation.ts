import type { Batch } from '../../src/kdb/batch.ts';
import type { SyncPolicy } from '../../src/realtime/spool/options.ts';
import type { Spool } from '../../src/realtime/spool/spool.ts';

/** What a spool has promised so far, kept apart from it. */
export class SpoolExpectation {
  /** Everything that was ever given to `append`, whatever became of it. */
  readonly appended: Map<number, Batch>;
  /** On the disk for certain. */
  readonly promised: Set<number>;
  /** Taken, and not on the disk for certain. */
  readonly taken: Set<number>;
  /** By reader, whether it is configured now or not. */
  readonly acknowledged: Map<string, number>;
  /**
   * A sync failed while a spool was opened, and that process ended: the next one cannot know of it, so what it finds
   * beyond what was promised before is not on the disk for certain.
   */
  syncFailedAtOpening: boolean;
  /** Up to here every reader of some time had acknowledged everything: it may have been deleted. */
  #mayBeGone: number;

  constructor(other?: SpoolExpectation) {
    this.appended = new Map(other?.appended);
    this.promised = new Set(other?.promised);
    this.taken = new Set(other?.taken);
    this.acknowledged = new Map(other?.acknowledged);
    this.syncFailedAtOpening = other?.syncFailedAtOpening ?? false;
    this.#mayBeGone = other ? other.#mayBeGone : 0;
  }

  clone(): SpoolExpectation {
    return new SpoolExpectation(this);
  }

  /** The highest sequence that was ever used. */
  get lastSequence(): number {
    return [...this.appended.keys()].reduce((last, sequence) => Math.max(last, sequence), 0);
  }

  /** `append` has resolved for these. */
  take(batches: readonly Batch[], sync: SyncPolicy): void {
    for (const { sequence } of batches) (sync === 'each-drain' ? this.promised : this.taken).add(sequence);
  }

  /** Everything that was taken is on the disk for certain. */
  promiseTaken(): void {
    for (const sequence of this.taken) this.promised.add(sequence);
  }

  acknowledge(reader: string, upTo: number): void {
    this.acknowledged.set(reader, Math.max(this.acknowledged.get(reader) ?? 0, upTo));
  }

  /** What these readers have all acknowledged may be deleted from now on. */
  allow(readers: readonly string[]): void {
    const byAll = Math.min(...readers.map(reader => this.acknowledged.get(reader) ?? 0));
    this.#mayBeGone = Math.max(this.#mayBeGone, byAll);
  }

  /** Compares with what an opened spool has. Everything that it has is promised from then on, but see above. */
  async compare(spool: Spool, readers: readonly string[], pieceBytes: number): Promise<void> {
    const kept = new Set<number>();
    for (let last = 0; ; ) {
      const batches = await spool.read(last, pieceBytes);
      if (batches.length === 0) break;
      for (const batch of batches) {
        if (batch.sequence <= last) throw new Error(`${batch.sequence} comes after ${last}`);
        last = batch.sequence;
        this.#requireAppended(batch);
        kept.add(batch.sequence);
      }
    }
    for (const sequence of this.promised) {
      if (!kept.has(sequence) && sequence > this.#mayBeGone) throw new Error(`${sequence} is lost`);
    }
    if (spool.lastSequence < this.lastSequence) {
      throw new Error(`sequences after ${spool.lastSequence} are used again, up to ${this.lastSequence}`);
    }
    for (const reader of readers) this.#comparePosition(reader, spool.position(reader), kept);
    this.taken.clear();
    if (this.syncFailedAtOpening) return;
    for (const sequence of kept) this.promised.add(sequence);
  }

  #requireAppended(found: Batch): void {
    const given = this.appended.get(found.sequence);
    if (!given) throw new Error(`${found.sequence} is invented`);
    const { columns: foundColumns, ...foundRest } = found;
    const { columns, ...rest } = given;
    const isSame =
      Buffer.compare(foundColumns, columns) === 0 &&
      Object.entries(rest).every(([key, value]) => foundRest[key as keyof typeof rest] === value);
    if (!isSame) throw new Error(`${found.sequence} is altered`);
  }

  #comparePosition(reader: string, position: number, kept: ReadonlySet<number>): void {
    const acknowledged = this.acknowledged.get(reader) ?? 0;
    for (const sequence of kept) {
      if (sequence <= position && sequence > acknowledged) {
        throw new Error(`${reader} is at ${position}, though it has acknowledged up to ${acknowledged} only`);
      }
    }
    this.acknowledge(reader, Math.min(position, this.lastSequence));
  }
}
