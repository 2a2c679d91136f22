import type { Logger } from '../base/logger.ts';
import type { SessionState } from '../massive/session-state.ts';
import type { TargetTotals } from './feed-target.ts';
import type { Protection } from './protection.ts';

/** What a feed has done since its start. */
export interface FeedSummary {
  readonly market: string;
  readonly session: SessionState['name'];
  /** How often the stream was established; every further one is a reconnect. */
  readonly connections: number;
  /** Rows drained, by table. */
  readonly receivedRows: Readonly<Record<string, number>>;
  /** Rows of another origin than the stream, by table. */
  readonly injectedRows: Readonly<Record<string, number>>;
  readonly quarantinedEvents: number;
  /** Rows that found no room between two drains. */
  readonly overflowedRows: number;
  readonly protection: Protection['name'];
  readonly targets: readonly TargetTotals[];
}

/** Rows that did not reach a target, and never will. */
export function lostRows({ overflowedRows, targets }: FeedSummary): number {
  return targets.reduce((sum, target) => sum + target.lostRows, overflowedRows);
}

/** Says in one line each minute, and at exit, what a feed does. */
export class SummaryLines {
  readonly #logger: Logger;
  readonly #market: string;
  #previous: FeedSummary | undefined;

  constructor(logger: Logger, market: string) {
    this.#logger = logger;
    this.#market = market;
  }

  /** The last minute. */
  minute(summary: FeedSummary): void {
    this.#log('last minute', summary, this.#previous);
    this.#previous = summary;
  }

  /** The whole run. */
  exit(summary: FeedSummary): void {
    this.#log('in all', summary, undefined);
  }

  #log(period: string, summary: FeedSummary, previous: FeedSummary | undefined): void {
    const received = sumOfRows(summary.receivedRows) - sumOfRows(previous?.receivedRows ?? {});
    const injected = sumOfRows(summary.injectedRows) - sumOfRows(previous?.injectedRows ?? {});
    const parts = [
      `${received} rows received`,
      ...(injected > 0 ? [`${injected} of other origin`] : []),
      ...summary.targets.map((target, index) => targetText(target, previous?.targets[index])),
    ];
    const quarantined = summary.quarantinedEvents - (previous?.quarantinedEvents ?? 0);
    if (quarantined > 0) parts.push(`${quarantined} events quarantined`);
    if (summary.connections > 1) parts.push(`${summary.connections - 1} reconnects since the start`);
    const lost = lostRows(summary) - (previous ? lostRows(previous) : 0);
    if (summary.protection !== 'protected') parts.push(summary.protection.toUpperCase());
    if (lost > 0) parts.push(`${lost} ROWS LOST`);
    this.#logger[lost > 0 ? 'error' : 'info'](
      `${this.#market}, ${period}: ${parts.join('; ')}; session ${summary.session}`,
    );
  }
}

function targetText(target: TargetTotals, previous: TargetTotals | undefined): string {
  const delivered = sumOfRows(target.deliveredRows) - sumOfRows(previous?.deliveredRows ?? {});
  const unverified = target.unverifiedRows - (previous?.unverifiedRows ?? 0);
  const rows = unverified > 0 ? `${unverified} sent unverified` : `${delivered} delivered`;
  const { p50, p99 } = target.lagMs;
  const lag = p50 === undefined ? '' : `, lag p50 ${p50} ms p99 ${p99} ms`;
  const late = target.lateRows - (previous?.lateRows ?? 0);
  const lateText = late > 0 ? `, ${late} late` : '';
  const waiting = target.waitingRows > 0 ? `, ${target.waitingRows} wait on disk` : '';
  return `${rows} to ${target.name} (${target.state}${lag}${lateText}${waiting})`;
}

/** Of rows by table. */
export function sumOfRows(rows: Readonly<Record<string, number>>): number {
  return Object.values(rows).reduce((sum, count) => sum + count, 0);
}
