import { memoryCounters } from '../../src/base/counters.ts';
import { seededRandom } from '../../src/base/random.ts';
import type { Batch } from '../../src/kdb/batch.ts';
import type { SpoolFiles } from '../../src/realtime/spool/files.ts';
import type { SpoolLock, SpoolOptions, SpoolParts } from '../../src/realtime/spool/options.ts';
import { dateDaysOf } from '../../src/tables/epoch.ts';
import { ManualClock } from './manual-clock.ts';
import { RecordingLogger } from './recording-logger.ts';

export const SPOOL_DATE = dateDaysOf('2026-10-02');

/** A spool's parts, each of which a test can look into. */
export interface SpoolTestParts extends SpoolParts {
  readonly clock: ManualClock;
  readonly logger: RecordingLogger;
}

export function spoolParts(
  files: SpoolFiles,
  lock: (directory: string) => Promise<SpoolLock> = async () => ({ release: async () => {} }),
): SpoolTestParts {
  return {
    files,
    lock,
    clock: new ManualClock(),
    random: seededRandom(1),
    logger: new RecordingLogger(),
    counters: memoryCounters(),
    allocate: byteCount => new Uint8Array(byteCount),
  };
}

export function spoolOptions(directory: string, changes: Partial<SpoolOptions> = {}): SpoolOptions {
  return {
    directory,
    market: 'stocks',
    readers: ['main'],
    sync: 'each-drain',
    syncIntervalMs: 1000,
    maxBytes: 1024 * 1024,
    segmentBytes: 64 * 1024,
    keepDates: 0,
    ...changes,
  };
}

/** A batch whose columns are some bytes made of its sequence. */
export function spoolBatch(
  sequence: number,
  changes: Partial<Batch> & { readonly bytes?: number } = {},
): Batch {
  const { bytes = 100, ...rest } = changes;
  const random = seededRandom(sequence);
  return {
    sequence,
    table: 'agg1s',
    tradingDate: SPOOL_DATE,
    rowCount: 3,
    columns: Uint8Array.from({ length: bytes }, () => random() * 256),
    drainedMs: 1_790_000_000_000 + sequence,
    windowEndMs: sequence % 2 === 0 ? undefined : 1_790_000_000_000 + sequence - 1,
    ...rest,
  };
}

export function spoolBatches(from: number, count: number): Batch[] {
  return Array.from({ length: count }, (_, i) => spoolBatch(from + i));
}
