import { systemClock } from '../../base/clock.ts';
import { memoryCounters } from '../../base/counters.ts';
import type { Logger } from '../../base/logger.ts';
import type { Configuration } from '../../config/schema.ts';
import type { Batch } from '../../kdb/batch.ts';
import { eventFiles, readEvents } from '../../massive/quarantined-events.ts';
import { FrameScanner } from '../../massive/scanner/frame-scanner.ts';
import { ReceiveClock } from '../../massive/scanner/receive-clock.ts';
import { BatchMaker } from '../../realtime/batch-maker.ts';
import type { Market } from '../../tables/markets.ts';
import { SessionCalendar } from '../../tables/session-calendar.ts';

/** What became of events that were scanned again. */
export interface RescanCounts {
  bars: number;
  stillRejected: number;
  /** Cut when they were kept, or from a file: scanning tells nothing about them. */
  notKept: number;
}

/** Events are scanned in groups of this many, so that batches are of some size and memory is bounded. */
const EVENTS_OF_A_GROUP = 10_000;

const LIMITS = { rows: 10_000, bytes: 1024 * 1024 };

/** The quarantined events of a market that are bars for the scanner of this release, as batches. Counts all of them. */
export async function* eventBatches(
  { quarantine }: Configuration,
  market: Market,
  logger: Logger,
  counts: RescanCounts,
): AsyncGenerator<Batch> {
  const scanner = new FrameScanner({
    market,
    calendar: new SessionCalendar(market),
    receiveClock: new ReceiveClock(systemClock),
    // It is in the quarantine already.
    quarantine: { put: () => void counts.stillRejected++ },
    logger,
    counters: memoryCounters(),
  });
  const maker = new BatchMaker({
    limits: LIMITS,
    allocate: byteCount => new Uint8Array(byteCount),
    after: 0,
  });
  let scanned = 0;
  for await (const event of readEvents(await eventFiles(quarantine.directory))) {
    if (event?.market !== market) continue;
    if (event.cutBytes !== undefined || event.file !== undefined) {
      counts.notKept++;
      continue;
    }
    scan(scanner, event.raw, counts);
    if (++scanned % EVENTS_OF_A_GROUP === 0) yield* drained(scanner, maker);
  }
  yield* drained(scanner, maker);
}

/** What was kept is an event, or a frame that was refused whole. */
function scan(scanner: FrameScanner, raw: string, counts: RescanCounts): void {
  const before = scanner.rowCount;
  scanner.scan(Buffer.from(raw.trimStart().startsWith('[') ? raw : `[${raw}]`));
  counts.bars += scanner.rowCount - before;
}

function* drained(scanner: FrameScanner, maker: BatchMaker): Generator<Batch> {
  const tables = scanner.drain();
  const batches = tables.flatMap(rows => maker.make(rows, systemClock.wallMs()));
  scanner.recycle(tables);
  yield* batches;
}
