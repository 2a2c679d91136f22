import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { Counters } from '../../base/counters.ts';
import type { Logger } from '../../base/logger.ts';
import type { Random } from '../../base/random.ts';
import type { Configuration, FeedConfiguration } from '../../config/schema.ts';
import { LATE_READER } from '../../realtime/late-lane.ts';
import { SharedBuffers } from '../../realtime/shared-buffers.ts';
import { lockSpool } from '../../realtime/spool/lock.ts';
import { Spool } from '../../realtime/spool/spool.ts';
import { systemSpoolFiles } from '../../realtime/spool/system-files.ts';

/** What a feed keeps on disk: rows for its targets, and those of ended dates for the loader. */
export interface FeedSpool {
  readonly spool: Spool;
  readonly late: Spool;
  /** The targets, by name. */
  readonly readers: readonly string[];
  /** Where the memory of batches comes from, of those that are read as well. */
  readonly buffers: SharedBuffers;
  close(): Promise<void>;
}

export interface FeedSpoolParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly counters: Counters;
}

/** The directory of a feed's spool. */
export function spoolDirectory({ market, exchange }: FeedConfiguration, { spool }: Configuration): string {
  return join(spool.directory, exchange === null ? market : `${market}-${exchange}`);
}

/** Opens both for this process alone. @throws SpoolError; nothing stays open then */
export async function openFeedSpool(
  feed: FeedConfiguration,
  configuration: Configuration,
  { clock, random, logger, counters }: FeedSpoolParts,
): Promise<FeedSpool> {
  const { market, targets } = feed;
  const { sync, syncIntervalMs, maxBytes, segmentBytes, keepDates } = configuration.spool;
  const buffers = new SharedBuffers();
  const options = { market, sync, syncIntervalMs, maxBytes, segmentBytes };
  const parts = { files: systemSpoolFiles, lock: lockSpool, clock, random, logger, counters };
  const directory = spoolDirectory(feed, configuration);
  const spool = await Spool.open(
    { ...options, directory, readers: targets, keepDates },
    { ...parts, allocate: buffers.take },
  );
  try {
    const late = await Spool.open(
      { ...options, directory: join(directory, 'late'), readers: [LATE_READER], keepDates: 0 },
      // The loader's client reads them, and lets the garbage collector have them.
      { ...parts, allocate: byteCount => new Uint8Array(byteCount) },
    );
    const close = async (): Promise<void> => {
      await Promise.all([spool.close(), late.close()]);
    };
    return { spool, late, readers: targets, buffers, close };
  } catch (error) {
    await spool.close();
    throw error;
  }
}
