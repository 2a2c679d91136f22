import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Positions } from './positions.ts';
import type { Segment } from './segment.ts';
import type { SegmentLog } from './segment-log.ts';

/** Decides which segments go. A segment with a record that some reader has not acknowledged never does. */
export class Retention {
  readonly #log: SegmentLog;
  readonly #positions: Positions;
  readonly #keepDates: number;
  readonly #logger: Logger;

  constructor(log: SegmentLog, positions: Positions, keepDates: number, logger: Logger) {
    this.#log = log;
    this.#positions = positions;
    this.#keepDates = keepDates;
    this.#logger = logger;
  }

  /** Deletes the acknowledged segments whose dates have ended, but for the dates that are kept. */
  async removeEnded(): Promise<void> {
    const kept = this.#positions.endedDates.at(-1 - this.#keepDates) ?? Number.NEGATIVE_INFINITY;
    await this.#remove(segment => segment.latestDate <= kept);
  }

  /** Deletes the oldest acknowledged segments until there is room for `bytes`. False where that is not enough. */
  async makeRoom(bytes: number, maxBytes: number): Promise<boolean> {
    const fits = () => this.#log.usedBytes + bytes <= maxBytes;
    if (fits()) return true;
    const current = this.#log.segments.at(-1);
    if (current && this.#log.isWritten(current) && this.#isAcknowledged(current)) await this.#log.seal();
    const before = this.#log.usedBytes;
    await this.#remove(() => !fits());
    const freed = before - this.#log.usedBytes;
    if (freed > 0) {
      this.#logger.warn(
        `the spool has reached its limit: ${freed} bytes that every target has acknowledged were deleted before their date ended`,
      );
    }
    return fits();
  }

  async #remove(isDue: (segment: Segment) => boolean): Promise<void> {
    for (const segment of [...this.#log.segments]) {
      if (this.#log.isInUse(segment) || !this.#isAcknowledged(segment) || !isDue(segment)) continue;
      try {
        await this.#log.remove(segment);
      } catch (error) {
        this.#logger.warn(
          `${segment.path} is not needed any more and cannot be deleted: ${messageOf(error)}`,
        );
      }
    }
  }

  #isAcknowledged(segment: Segment): boolean {
    return segment.last <= this.#positions.acknowledgedByAll;
  }
}
