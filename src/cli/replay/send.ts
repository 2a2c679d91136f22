import { systemClock } from '../../base/clock.ts';
import { memoryCounters } from '../../base/counters.ts';
import type { Logger } from '../../base/logger.ts';
import type { Batch } from '../../kdb/batch.ts';
import { type ReplayListener, type ReplayOutcome, replay } from '../../realtime/replay.ts';
import type { Market } from '../../tables/markets.ts';
import { tickerplantCalendar } from '../start/feed-assembly.ts';
import type { ReplayTarget } from './target.ts';

export interface Sending {
  /** A tickerplant of ours takes a batch once for each name and sequence. */
  readonly numberedBy: string;
  readonly market: Market;
  readonly target: ReplayTarget;
  readonly logger: Logger;
  /** Ends it early. */
  readonly stop: AbortSignal;
  readonly listener?: ReplayListener;
}

/** Sends batches of a market again. @throws KdbError, and what `batches` throws */
export function sendAgain(
  batches: AsyncIterable<Batch>,
  { numberedBy, market, target, ...parts }: Sending,
): Promise<ReplayOutcome> {
  return replay(batches, numberedBy, target.publisher, {
    ...parts,
    clock: systemClock,
    random: Math.random,
    counters: memoryCounters(),
    calendar: tickerplantCalendar(market),
  });
}
