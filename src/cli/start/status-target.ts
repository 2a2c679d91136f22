import { addressText } from '../../base/address.ts';
import type { TargetConfiguration } from '../../config/schema.ts';
import type { PublisherState } from '../../kdb/publisher/state.ts';
import type { LagStatus, TargetStatus } from '../../ops/status/report.ts';
import type { FeedTarget, TargetTotals } from '../../realtime/feed-target.ts';
import { isoDateOf } from '../../tables/epoch.ts';
import { type Finding, type TargetFacts, targetFinding } from './status-lines.ts';

const LAG_BOUNDS_MS = [
  10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 900_000,
] as const;

/** What is told of one tickerplant of a feed. */
export interface TargetReport {
  readonly finding: Finding;
  readonly status: TargetStatus;
}

/** What its feed knows of it. */
export type TargetSurroundings = Pick<TargetFacts, 'waitingRows' | 'isBehind' | 'isProtected' | 'nowMs'>;

export function targetReport(
  target: FeedTarget,
  { host, port, mode }: TargetConfiguration,
  totals: TargetTotals,
  surroundings: TargetSurroundings,
): TargetReport {
  const { name, state, date, calendarDifference, awaySinceMs, refused } = target;
  const address = addressText({ host, port });
  const lagMs = lagOf(target, totals);
  const { deliveredRows, lateRows, lostRows, unverifiedRows, backlogBytes } = totals;
  return {
    finding: targetFinding({
      ...surroundings,
      name,
      address,
      state,
      isVerified: mode !== 'async-unverified',
      awaySinceMs,
      hasPublished: date !== undefined,
      lagP50Ms: lagMs.p50,
      calendarDifference,
    }),
    status: {
      name,
      address,
      state: state.name,
      detail: detailOf(state) ?? calendarDifference ?? null,
      date: date === undefined ? null : isoDateOf(date),
      deliveredRows,
      refusedRows: refused.rows,
      lateRows,
      lostRows,
      unverifiedRows,
      waitingRows: surroundings.waitingRows,
      backlogBytes,
      lagMs,
    },
  };
}

/**
 * Why a feed is not ready by its tickerplants. One that needs somebody is told of; one that is merely away only where no
 * other takes the rows.
 */
export function unreadyReasons(targets: readonly TargetReport[]): string[] {
  const noneIsReady = targets.every(({ finding }) => finding.notReady !== undefined);
  return targets
    .filter(({ status }) => noneIsReady || status.state === 'unlogged' || status.state === 'holding')
    .map(({ finding }) => finding.notReady)
    .filter(reason => reason !== undefined);
}

function lagOf({ lag }: FeedTarget, { lagMs }: TargetTotals): LagStatus {
  const counts = lag.countsUpTo(LAG_BOUNDS_MS);
  return {
    p50: lagMs.p50 ?? null,
    p99: lagMs.p99 ?? null,
    sumMs: Math.round(lag.sumMs),
    count: lag.total,
    buckets: LAG_BOUNDS_MS.map((atMostMs, index) => ({ atMostMs, count: counts[index]! })),
  };
}

function detailOf(state: PublisherState): string | undefined {
  switch (state.name) {
    case 'backing-off':
    case 'failed':
      return state.error.message;
    case 'holding':
      return state.detail;
    default:
      return undefined;
  }
}
