import type { Clock } from '../../base/clock.ts';
import type { Counters } from '../../base/counters.ts';
import type { Logger } from '../../base/logger.ts';
import type { Random } from '../../base/random.ts';
import type { SYNC_POLICIES } from '../../config/schema.ts';
import type { SpoolFiles } from './files.ts';

/**
 * When a record is on the disk.
 * - `each-drain`: when `append` resolves. Drains that come while a sync is under way share the next one.
 * - `interval`: within `syncIntervalMs` after it; a crash of the machine, not of the process, costs what is younger.
 * - `never`: when the operating system likes.
 */
export type SyncPolicy = (typeof SYNC_POLICIES)[number];

export interface SpoolOptions {
  readonly directory: string;
  readonly market: string;
  /** Who reads and acknowledges: the names of the targets. Others in the ledger are forgotten. */
  readonly readers: readonly string[];
  readonly sync: SyncPolicy;
  /** For `interval`. */
  readonly syncIntervalMs: number;
  /** Most bytes of all segments. */
  readonly maxBytes: number;
  /** A segment that has reached this size is followed by a new one. */
  readonly segmentBytes: number;
  /** Acknowledged segments of the date that has not ended are kept, and of this many dates that have. */
  readonly keepDates: number;
}

/** Keeps other processes out of a directory until it is released. */
export interface SpoolLock {
  release(): Promise<void>;
}

export interface SpoolParts {
  readonly files: SpoolFiles;
  /** Rejects with SpoolError SPOOL_LOCKED where another process has the directory. */
  readonly lock: (directory: string) => Promise<SpoolLock>;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly counters: Counters;
  /** Gives the memory for the columns of batches that are read. */
  readonly allocate: (byteCount: number) => Uint8Array;
}
