/**
 * Batches on the disk, from their drain until every target has acknowledged them.
 *
 * Invariants, whatever crashes and whenever (test/unit/realtime/spool/crash.test.ts):
 *
 * 1. What `append` has resolved for (with `each-drain`) is given by `read` after any crash, as it was, until every
 *    reader has acknowledged it and its date has ended or room is needed.
 * 2. `read` gives nothing that was not appended, nothing twice, and everything in the order of the sequences.
 * 3. A position is never beyond what its reader has acknowledged. It may be before that after a crash: then more is
 *    sent again, never less.
 * 4. No sequence is used for two batches: each opening begins with sequences that none before it can have used, on the
 *    disk or without it. So sequences ascend, and leave a hole at each opening.
 * 5. Bytes that are no record are never deleted: they are kept aside, or left where they are.
 * 6. A file that failed is never written or synced again. What is not on the disk for certain goes to a new one.
 *
 * A directory holds `spool.json` (identity and version), `ledger.json` (positions; may be lost), segments
 * `000000000001.log` (kdb+ logs, see record.ts) and `corrupt/`. One process at a time has it.
 */
import type { Timer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Batch } from '../../kdb/batch.ts';
import type { DateDays } from '../../tables/epoch.ts';
import type { DamageKeeper } from './damage.ts';
import { SpoolError } from './errors.ts';
import { ledgerPath } from './ledger.ts';
import { type OpenedDirectory, openDirectory } from './opening.ts';
import type { SpoolLock, SpoolOptions, SpoolParts } from './options.ts';
import type { Positions } from './positions.ts';
import { countRows, readRecords } from './read.ts';
import { recordLength } from './record.ts';
import { Retention } from './retention.ts';
import type { Segment } from './segment.ts';
import { SegmentLog } from './segment-log.ts';

/** Most bytes of batches that wait for a disk that does not answer. */
const MOST_WAITING_BYTES = 64 * 1024 * 1024;

/** See above. Everything that writes takes turns; reading does not wait for it. */
export class Spool {
  /** Names this spool; with it and the sequence a tickerplant knows a batch again. */
  readonly source: string;
  readonly #options: SpoolOptions;
  readonly #parts: SpoolParts;
  readonly #lock: SpoolLock;
  readonly #log: SegmentLog;
  readonly #positions: Positions;
  readonly #retention: Retention;
  readonly #damage: DamageKeeper;
  #lastSequence: number;
  #waiting: WaitingAppend[] = [];
  #waitingBytes = 0;
  #turn: Promise<void> = Promise.resolve();
  #syncTimer: Timer | undefined;
  #closed = false;

  /**
   * Opens the spool in a directory, which is made if it does not exist. What a crash left is put in order: torn tails
   * are cut and damaged records skipped, both kept aside.
   *
   * @throws SpoolError where the directory cannot be used, is of another version, or belongs to another process
   */
  static async open(options: SpoolOptions, parts: SpoolParts): Promise<Spool> {
    const opened = await openDirectory(options, parts);
    const spool = new Spool(options, parts, opened);
    await spool.#retention.removeEnded();
    return spool;
  }

  private constructor(options: SpoolOptions, parts: SpoolParts, opened: OpenedDirectory) {
    const { directory, segmentBytes, sync, keepDates } = options;
    this.#options = options;
    this.#parts = parts;
    this.#lock = opened.lock;
    this.source = opened.source;
    this.#lastSequence = opened.lastSequence;
    this.#positions = opened.positions;
    this.#damage = opened.damage;
    this.#log = new SegmentLog(
      { directory, segmentBytes, syncAtEnd: sync !== 'never' },
      { files: parts.files, logger: parts.logger, damage: opened.damage },
      opened.segments,
    );
    this.#retention = new Retention(this.#log, this.#positions, keepDates, parts.logger);
  }

  /** The sequence of the latest batch; new batches go on after it. */
  get lastSequence(): number {
    return this.#lastSequence;
  }

  /** Bytes of all segments. */
  get usedBytes(): number {
    return this.#log.usedBytes;
  }

  /** Bytes of batches whose `append` has not been settled: a disk that stalls. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** The segments, oldest first. */
  get segments(): readonly Segment[] {
    return this.#log.segments;
  }

  /**
   * Appends batches, with sequences beyond all that are here. When it resolves they are on the disk as the sync policy
   * says, and `read` gives them. Until it is settled their bytes must not change.
   *
   * Where it rejects, these batches are not in the spool as far as `read` goes, though an opening after a crash may
   * find them. They may be appended again.
   *
   * @throws SpoolError SPOOL_FULL, SPOOL_DISK_FULL, SPOOL_WRITE, SPOOL_CLOSED
   */
  append(batches: readonly Batch[]): Promise<void> {
    if (this.#closed) return Promise.reject(SpoolError.closed(this.#options.directory));
    const bytes = batches.reduce((sum, batch) => sum + batch.columns.length, 0);
    if (this.#waitingBytes > 0 && this.#waitingBytes + bytes > MOST_WAITING_BYTES) {
      return Promise.reject(SpoolError.stalled(this.#options.directory, this.#waitingBytes));
    }
    this.#waitingBytes += bytes;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batches, bytes, resolve, reject });
      // Those that come before its turn share its sync.
      if (this.#waiting.length === 1) void this.#inTurn(() => this.#commitWaiting());
    });
  }

  /**
   * The records beyond a sequence, in order, until their columns have `maxBytes`; at least one if there is one.
   *
   * @throws SpoolError SPOOL_READ
   */
  read(after: number, maxBytes: number): Promise<readonly Batch[]> {
    const { files, allocate } = this.#parts;
    return readRecords(this.#log.segments, after, maxBytes, { files, allocate, damage: this.#damage });
  }

  /** How many rows `read` would give beyond a sequence. Throws SpoolError SPOOL_READ. */
  rowsAfter(after: number): Promise<number> {
    return countRows(this.#log.segments, after, this.#parts.files);
  }

  /** All up to this sequence is acknowledged by the reader. */
  position(reader: string): number {
    return this.#positions.of(reader);
  }

  /** Moves the reader's position on. It is on the disk with the next `flush`, and may be forgotten by a crash before. */
  acknowledge(reader: string, upTo: number): void {
    this.#positions.advance(reader, upTo);
  }

  /** Writes the positions to the disk. Throws SpoolError; they are written with the next flush then. */
  flush(): Promise<void> {
    return this.#inTurn(() => this.#savePositions());
  }

  /**
   * A trading date has ended: its acknowledged segments are not kept any longer than the setting says.
   *
   * @throws SpoolError; the date counts as ended all the same
   */
  dateEnded(date: DateDays): Promise<void> {
    this.#positions.end(date);
    return this.#inTurn(async () => {
      await this.#log.seal();
      await this.#savePositions();
      await this.#retention.removeEnded();
    });
  }

  /** Writes what is left to the disk and leaves the directory to the next process. Throws SpoolError. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#syncTimer?.cancel();
    try {
      await this.#inTurn(async () => {
        await this.#log.seal();
        await this.#savePositions();
      });
    } finally {
      await this.#lock.release();
    }
  }

  async #commitWaiting(): Promise<void> {
    const appends = this.#waiting.splice(0);
    try {
      await this.#commit(appends.flatMap(({ batches }) => batches));
      for (const { resolve } of appends) resolve();
    } catch (error) {
      for (const { reject } of appends) reject(error);
    } finally {
      this.#waitingBytes -= appends.reduce((sum, { bytes }) => sum + bytes, 0);
    }
  }

  async #commit(batches: readonly Batch[]): Promise<void> {
    if (batches.length === 0) return;
    this.#requireAscending(batches);
    const { directory, maxBytes, sync } = this.#options;
    const bytes = batches.reduce((sum, batch) => sum + recordLength(batch), 0);
    if (!(await this.#retention.makeRoom(bytes, maxBytes))) {
      throw SpoolError.full(directory, this.#log.usedBytes, maxBytes);
    }
    await this.#log.append(batches, sync === 'each-drain');
    this.#lastSequence = batches.at(-1)!.sequence;
    if (sync === 'interval') this.#syncLater();
  }

  #requireAscending(batches: readonly Batch[]): void {
    let last = this.#lastSequence;
    for (const { sequence } of batches) {
      if (sequence <= last) throw new RangeError(`batch ${sequence} comes after batch ${last}`);
      last = sequence;
    }
  }

  #syncLater(): void {
    if (this.#syncTimer || this.#log.isDurable) return;
    const sync = () => {
      this.#syncTimer = undefined;
      this.#inTurn(() => this.#log.sync()).catch(error => {
        this.#parts.logger.error(`${messageOf(error)} What was appended last may not survive a crash.`);
        if (!this.#closed) this.#syncLater();
      });
    };
    this.#syncTimer = this.#parts.clock.after(this.#options.syncIntervalMs, sync, false);
  }

  async #savePositions(): Promise<void> {
    await this.#positions.save().catch(error => {
      throw SpoolError.write(ledgerPath(this.#options.directory), error);
    });
  }

  /** After everything that was asked before. */
  #inTurn<Result>(action: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(action);
    this.#turn = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }
}

interface WaitingAppend {
  readonly batches: readonly Batch[];
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}
