/**
 * What an operator is told of a daemon. Plain data, as `/api/status`, the page, `massive-kdb status` and the metrics take
 * it; times are ms since 1970, durations ms. No secret is ever in it, and nothing whose size grows with the symbols.
 */

import type { BackfillStatus } from '../../base/backfill-status.ts';

export type { BackfillStatus };

/** How bad it is: `bad` needs somebody, `warning` mends itself or is a choice. */
export type Severity = 'good' | 'warning' | 'bad';

/** One thing in one line that a person understands. */
export interface StatusLine {
  readonly severity: Severity;
  readonly text: string;
}

export interface DaemonStatus {
  readonly version: string;
  readonly nodeVersion: string;
  readonly pid: number;
  readonly startedMs: number;
  readonly nowMs: number;
  /** The worst of its feeds. */
  readonly line: StatusLine;
  readonly ready: boolean;
  /** Why it is not ready; empty if it is. */
  readonly reasons: readonly string[];
  readonly process: ProcessStatus;
  readonly feeds: readonly FeedStatus[];
  /** Backfills that run on this machine with the same state directory. */
  readonly backfills: readonly BackfillStatus[];
  /** Requests of REST that all processes of this machine share; null where gaps are not filled over REST. */
  readonly quota: QuotaStatus | null;
}

export interface ProcessStatus {
  readonly residentBytes: number;
  readonly cpuMs: number;
  /** Longest delay of the event loop since the status before. */
  readonly eventLoopDelayMs: number;
}

export interface FeedStatus {
  /** `stocks`, `futures-cme`: unique in a daemon. */
  readonly name: string;
  readonly market: string;
  readonly channels: readonly string[];
  readonly lines: {
    readonly session: StatusLine;
    /** Of the target in the worst state. */
    readonly tickerplant: StatusLine;
    readonly spool: StatusLine;
  };
  readonly ready: boolean;
  readonly reasons: readonly string[];
  readonly session: SessionStatus;
  /** Rows since the start, by table. */
  readonly receivedRows: Readonly<Record<string, number>>;
  readonly injectedRows: Readonly<Record<string, number>>;
  readonly receivedEvents: number;
  readonly lostRows: number;
  readonly targets: readonly TargetStatus[];
  readonly spool: SpoolStatus;
  readonly gaps: {
    /** How many are in each state. */
    readonly counts: Readonly<Record<string, number>>;
    /** Wanted by the feed and not there yet. */
    readonly missing: number;
  };
  readonly settled: { readonly settledMs: number | null; readonly correctedMs: number | null };
  readonly quarantine: { readonly events: number; readonly batches: number };
  readonly lastDrainMs: number | null;
  /** The last second, as the charts draw it. */
  readonly point: SeriesPoint;
}

export interface SessionStatus {
  readonly state: string;
  readonly sinceMs: number;
  /** When the next attempt is made; null unless it waits for one. */
  readonly retryMs: number | null;
  readonly error: string | null;
  readonly connections: number;
  readonly reconnects: number;
  readonly lastFrameMs: number | null;
  readonly marketOpen: boolean;
  /** By how much the service delays what it sends, by plan. */
  readonly delayMs: number;
  readonly subscriptions: number;
  /** How many of them Massive does not send. */
  readonly failedSubscriptions: number;
  /** Some of those, of each channel. */
  readonly failedPairs: readonly string[];
}

export interface TargetStatus {
  readonly name: string;
  readonly address: string;
  readonly state: string;
  /** Why it is in that state, where there is more to say. */
  readonly detail: string | null;
  /** Its date, as 2026-10-02; null before the first connection. */
  readonly date: string | null;
  readonly deliveredRows: Readonly<Record<string, number>>;
  readonly refusedRows: number;
  readonly lateRows: number;
  readonly lostRows: number;
  readonly unverifiedRows: number;
  /** On disk, not yet acknowledged, as last counted. */
  readonly waitingRows: number;
  readonly backlogBytes: number;
  readonly lagMs: LagStatus;
}

/** From the end of a window to its acknowledgement, the plan's delay taken off, since the start. */
export interface LagStatus {
  readonly p50: number | null;
  readonly p99: number | null;
  readonly sumMs: number;
  readonly count: number;
  /** How many were at most so long, cumulative; ascending bounds. */
  readonly buckets: readonly { readonly atMostMs: number; readonly count: number }[];
}

export interface SpoolStatus {
  readonly protection: string;
  readonly detail: string | null;
  readonly sinceMs: number | null;
  readonly usedBytes: number;
  readonly maxBytes: number;
  readonly waitingRows: number;
  /** Rows that wait for the loader. */
  readonly lateBytes: number;
}

/** What one feed did in one second. */
export interface SeriesPoint {
  readonly atMs: number;
  readonly eventsPerSecond: number;
  /** Acknowledged by the slowest target. */
  readonly rowsPerSecond: number;
  /** Of what was acknowledged in that second; null where nothing was. */
  readonly lagP50Ms: number | null;
  readonly lagP99Ms: number | null;
  readonly spoolRows: number;
  readonly eventLoopDelayMs: number;
  readonly residentBytes: number;
}

export interface QuotaStatus {
  readonly requestsPerMinute: number;
  readonly lastMinute: number;
  readonly today: number;
  readonly dailyRequests: number | null;
}

/** The newest version of a symbol's newest bar. Prices as they came; null where there is none. */
export interface LatestBar {
  readonly sym: string;
  readonly table: string;
  readonly startMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly vwap: number | null;
  readonly trades: number | null;
}

/** `GET /bars?search=AA&limit=50`: those whose symbol begins with it (else contains it), by symbol. */
export interface LatestBars {
  readonly symbols: number;
  readonly bars: readonly LatestBar[];
}

/** `GET /candles/SYM`: the newest bars of one symbol, oldest first; prices of all but the newest to seven digits. */
export interface Candles {
  readonly sym: string;
  readonly bars: readonly LatestBar[];
}

/** `GET /series`: oldest first, one a second, of the last half hour at most. */
export interface Series {
  readonly points: readonly SeriesPoint[];
}

/** `GET /coverage`: how many symbols of each group had a bar, by minute of the session so far. */
export interface Coverage {
  /** Trading date, as 2026-10-02; null before the first bar. */
  readonly date: string | null;
  readonly beginMs: number;
  readonly minutes: number;
  /** Groups by first characters, such as A-AAP. */
  readonly groups: readonly {
    readonly name: string;
    readonly symbols: number;
    /** For each minute how many of its symbols had a bar that begins in it. */
    readonly seen: readonly number[];
  }[];
  /** Stretches of the session without a stream, with the state of their gap. */
  readonly gaps: readonly {
    readonly beginMs: number;
    readonly endMs: number | null;
    readonly state: string;
  }[];
}

/** `GET /subscriptions`, and the answer to `POST /subscriptions/add` and `/remove` with `{symbols: [...]}`. */
export interface Subscriptions {
  readonly channels: readonly string[];
  /** At most 2,000 of them. */
  readonly symbols: readonly string[];
  readonly count: number;
  readonly failedPairs: readonly string[];
  /** After a change: how long it holds. */
  readonly note?: string;
}

/** `GET /quarantine`: the newest, newest first. */
export interface QuarantineList {
  readonly events: readonly { readonly atMs: number; readonly reason: string; readonly text: string }[];
  readonly batches: readonly {
    readonly atMs: number;
    readonly target: string;
    readonly table: string;
    readonly rows: number;
    readonly reason: string;
  }[];
}

/** `GET /configuration`: what is in force; a secret is shown by where it comes from. */
export interface ConfigurationList {
  readonly settings: readonly { readonly path: string; readonly value: string; readonly origin: string }[];
}
