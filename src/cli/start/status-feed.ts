import type { Clock } from '../../base/clock.ts';
import type { Configuration, FeedConfiguration, TargetConfiguration } from '../../config/schema.ts';
import { feedDelayMs } from '../../massive/hosts.ts';
import type { SessionState } from '../../massive/session-state.ts';
import { ALL_TICKERS, type Subscription } from '../../massive/subscription.ts';
import type { FeedStatus, SeriesPoint, TargetStatus } from '../../ops/status/report.ts';
import type { Feed } from '../../realtime/feed.ts';
import type { FeedListener } from '../../realtime/feed-listener.ts';
import type { FeedTarget, TargetTotals } from '../../realtime/feed-target.ts';
import { isMissing } from '../../realtime/gaps/gap.ts';
import { LATE_READER } from '../../realtime/late-lane.ts';
import type { MarketHours } from '../../realtime/market-hours.ts';
import type { FeedObservation } from '../../realtime/observation/feed-observation.ts';
import { Series } from '../../realtime/observation/series.ts';
import { type FeedSummary, lostRows, sumOfRows } from '../../realtime/summary.ts';
import { manyText } from '../format/quantities.ts';
import { clusterOf } from './feed-assembly.ts';
import type { FeedSpool } from './feed-spool.ts';
import { feedName, type GapsOfFeed } from './gaps.ts';
import { sessionFinding, spoolFinding } from './status-lines.ts';
import { worstOf } from './status-overall.ts';
import { someOfEach } from './status-subscriptions.ts';
import { type TargetReport, targetReport, unreadyReasons } from './status-target.ts';

/** Of pairs that Massive does not send; they are looked for now and then, for there may be many pairs. */
const MOST_FAILED_PAIRS = 20;
const PAIRS_EVERY_MS = 5_000;
/** Rows that wait in each of so many points are behind. */
const BEHIND_POINTS = 5;
const BEHIND_ROWS = 1_000;

/** What the process as a whole was like in the last second. */
export interface ProcessSecond {
  readonly eventLoopDelayMs: number;
  readonly residentBytes: number;
}

export interface FeedReportParts {
  readonly feed: Feed;
  readonly gaps: GapsOfFeed;
  readonly files: FeedSpool;
  readonly hours: MarketHours;
  readonly observation: FeedObservation;
  readonly clock: Clock;
  readonly lastSecond: () => ProcessSecond;
  /** Rows that each target had in the spool at the start of the process, by name. */
  readonly rowsAtStart: Readonly<Record<string, number>>;
}

/** What is told of one feed, and its series of points. */
export class FeedReport implements FeedListener {
  readonly name: string;
  readonly series: Series<SeriesPoint>;
  readonly #configuration: FeedConfiguration;
  readonly #targets: readonly TargetConfiguration[];
  readonly #spool: Configuration['spool'];
  readonly #parts: FeedReportParts;
  #awaySinceMs: number | undefined;
  #hasStreamed = false;
  /** What ended the last connection, until there is a stream again. */
  #error: string | undefined;
  #before: { readonly monotonicMs: number; readonly events: number; readonly rows: number };
  #failedPairs:
    | { readonly atMs: number; readonly pairs: readonly string[]; readonly some: readonly string[] }
    | undefined;
  #subject: { readonly of: readonly Subscription[]; readonly text: string } | undefined;

  constructor(configured: FeedConfiguration, { targets, spool }: Configuration, parts: FeedReportParts) {
    this.name = feedName(configured);
    this.#configuration = configured;
    this.#targets = targets;
    this.#spool = spool;
    this.#parts = parts;
    this.#awaySinceMs = parts.clock.wallMs();
    this.#before = { monotonicMs: parts.clock.monotonicMs(), events: 0, rows: 0 };
    this.series = new Series(parts.clock, nowMs => this.#point(nowMs));
    parts.feed.addOnlooker(this);
  }

  sessionChanged(state: SessionState, previous: SessionState): void {
    this.#failedPairs = undefined;
    if (state.name === 'streaming') {
      this.#awaySinceMs = undefined;
      this.#hasStreamed = true;
      this.#error = undefined;
    } else if (previous.name === 'streaming') {
      this.#awaySinceMs = this.#parts.clock.wallMs();
    }
    if (state.name === 'backing-off') this.#error = state.error.message;
  }

  /** Pairs that Massive does not send, as of some seconds ago. */
  get failedPairs(): readonly string[] {
    return this.#knownFailedPairs().pairs;
  }

  #knownFailedPairs() {
    const { clock, feed } = this.#parts;
    const nowMs = clock.monotonicMs();
    if (!this.#failedPairs || nowMs - this.#failedPairs.atMs > PAIRS_EVERY_MS) {
      const pairs = feed.failedPairs;
      const some = someOfEach(this.#configuration.channels, pairs, MOST_FAILED_PAIRS);
      this.#failedPairs = { atMs: nowMs, pairs, some };
    }
    return this.#failedPairs;
  }

  status(): FeedStatus {
    const { feed, gaps, observation, clock } = this.#parts;
    const summary = feed.summary();
    const nowMs = clock.wallMs();
    const point = this.series.latest ?? this.#emptyPoint(nowMs);
    const session = this.#session(nowMs);
    const targets = feed.targets.map((target, index) =>
      this.#target(target, summary, summary.targets[index]!),
    );
    const tickerplants = targets.map(({ finding }) => finding);
    const spool = this.#spoolStatus(targets, nowMs);
    const notReady = [session.finding.notReady, ...unreadyReasons(targets), spool.finding.notReady];
    const reasons = notReady.filter(reason => reason !== undefined);
    const { settledMs, correctedMs } = gaps.settled();
    const refusedBatches = feed.targets.reduce((sum, { refused }) => sum + refused.batches, 0);
    return {
      name: this.name,
      market: this.#configuration.market,
      channels: this.#configuration.channels,
      lines: {
        session: session.finding.line,
        tickerplant: worstOf(tickerplants.map(({ line }) => line)),
        spool: spool.finding.line,
      },
      ready: reasons.length === 0,
      reasons,
      session: {
        ...session.status,
        connections: summary.connections,
        reconnects: Math.max(0, summary.connections - 1),
      },
      receivedRows: summary.receivedRows,
      injectedRows: summary.injectedRows,
      receivedEvents: feed.receivedEvents,
      lostRows: lostRows(summary),
      targets: targets.map(({ status }) => status),
      spool: spool.status,
      gaps: countsOf(gaps),
      settled: { settledMs: settledMs ?? null, correctedMs: correctedMs ?? null },
      quarantine: { events: summary.quarantinedEvents, batches: refusedBatches },
      lastDrainMs: observation.lastDrainMs ?? null,
      point,
    };
  }

  #session(nowMs: number) {
    const { feed, hours } = this.#parts;
    const { session: state, lastFrameMs, subscriptions } = feed;
    const marketOpen = hours.isOpen(nowMs);
    const finding = sessionFinding({
      subject: this.#subjectText(),
      state,
      awaySinceMs: this.#awaySinceMs,
      hasStreamed: this.#hasStreamed,
      lastFrameMs,
      marketOpen,
      failedPairs: this.failedPairs.length,
      nowMs,
    });
    const status = {
      state: state.name,
      sinceMs: state.sinceMs,
      retryMs: state.name === 'backing-off' ? state.retryMs : null,
      error: this.#error ?? null,
      lastFrameMs: lastFrameMs ?? null,
      marketOpen,
      delayMs: feedDelayMs(this.#configuration.host, clusterOf(this.#configuration)),
      subscriptions: subscriptions.length,
      failedSubscriptions: this.failedPairs.length,
      failedPairs: this.#knownFailedPairs().some,
    };
    return { finding, status };
  }

  #target(target: FeedTarget, summary: FeedSummary, totals: TargetTotals): TargetReport {
    const { clock, feed } = this.#parts;
    const waitingRows = this.#waitingRows(summary, totals);
    return targetReport(target, this.#targets.find(({ name }) => name === target.name)!, totals, {
      waitingRows,
      isBehind: waitingRows > BEHIND_ROWS && this.#rowsWait(),
      isProtected: feed.protection.name === 'protected',
      nowMs: clock.wallMs(),
    });
  }

  #spoolStatus(targets: readonly { readonly status: TargetStatus }[], nowMs: number) {
    const { feed, files } = this.#parts;
    const { protection } = feed;
    const { usedBytes } = files.spool;
    const { maxBytes, sync } = this.#spool;
    const waitingRows = Math.max(0, ...targets.map(({ status }) => status.waitingRows));
    const lateWaits = files.late.position(LATE_READER) < files.late.lastSequence;
    const lateBytes = lateWaits ? files.late.usedBytes : 0;
    const isSynced = sync === 'each-drain';
    const facts = { protection, isSynced, usedBytes, maxBytes, waitingRows, lateBytes, nowMs };
    const status = {
      protection: protection.name,
      detail: protection.name === 'protected' ? null : protection.detail,
      sinceMs: protection.name === 'protected' ? null : protection.sinceMs,
      usedBytes,
      maxBytes,
      waitingRows,
      lateBytes,
    };
    return { finding: spoolFinding(facts), status };
  }

  /** Every row that came in and has not left the target's backlog. */
  #waitingRows({ receivedRows, injectedRows }: FeedSummary, totals: TargetTotals): number {
    const came =
      (this.#parts.rowsAtStart[totals.name] ?? 0) + sumOfRows(receivedRows) + sumOfRows(injectedRows);
    const { deliveredRows, unverifiedRows, lateRows, leftOutRows, lostRows: lost } = totals;
    return Math.max(0, came - sumOfRows(deliveredRows) - unverifiedRows - lateRows - leftOutRows - lost);
  }

  /** Rows have waited for some seconds. */
  #rowsWait(): boolean {
    const points = this.series.latestMany(BEHIND_POINTS);
    return points.length === BEHIND_POINTS && points.every(({ spoolRows }) => spoolRows > BEHIND_ROWS);
  }

  #subjectText(): string {
    const { subscriptions } = this.#parts.feed;
    if (this.#subject?.of !== subscriptions) {
      this.#subject = { of: subscriptions, text: subjectOf(this.#configuration.market, subscriptions) };
    }
    return this.#subject.text;
  }

  #point(nowMs: number): SeriesPoint {
    const { feed, clock, lastSecond } = this.#parts;
    const summary = feed.summary();
    const { targets } = summary;
    const before = this.#before;
    const now = {
      monotonicMs: clock.monotonicMs(),
      events: feed.receivedEvents,
      rows: Math.min(...targets.map(target => sumOfRows(target.deliveredRows) + target.unverifiedRows)),
    };
    this.#before = now;
    const perSecond = 1000 / Math.max(1, now.monotonicMs - before.monotonicMs);
    const lags = feed.targets.map(target => target.takeRecentLag());
    return {
      atMs: Math.round(nowMs),
      eventsPerSecond: Math.round((now.events - before.events) * perSecond),
      rowsPerSecond: Math.round((now.rows - before.rows) * perSecond),
      lagP50Ms: longest(lags.map(({ p50 }) => p50)),
      lagP99Ms: longest(lags.map(({ p99 }) => p99)),
      spoolRows: Math.max(...targets.map(totals => this.#waitingRows(summary, totals))),
      ...lastSecond(),
    };
  }

  #emptyPoint(atMs: number): SeriesPoint {
    const none = { eventsPerSecond: 0, rowsPerSecond: 0, lagP50Ms: null, lagP99Ms: null, spoolRows: 0 };
    return { atMs: Math.round(atMs), ...none, ...this.#parts.lastSecond() };
  }
}

/** `AAPL of stocks`, `12,000 symbols of stocks`, `all stocks`. */
function subjectOf(market: string, subscriptions: readonly Subscription[]): string {
  const tickers = new Set(subscriptions.map(({ ticker }) => ticker));
  if (tickers.has(ALL_TICKERS)) return `all ${market}`;
  const [only] = tickers;
  return `${tickers.size === 1 ? only : manyText(tickers.size, 'symbol')} of ${market}`;
}

function countsOf({ book }: GapsOfFeed): FeedStatus['gaps'] {
  const counts: Record<string, number> = {};
  let missing = 0;
  for (const gap of book.gaps) {
    counts[gap.state.name] = (counts[gap.state.name] ?? 0) + 1;
    if (isMissing(gap)) missing++;
  }
  return { counts, missing };
}

function longest(lagsMs: readonly (number | undefined)[]): number | null {
  const known = lagsMs.filter(lagMs => lagMs !== undefined);
  return known.length === 0 ? null : Math.max(...known);
}
