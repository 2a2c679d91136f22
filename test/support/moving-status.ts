import { type Random, seededRandom } from '../../src/base/random.ts';
import type { DaemonStatus, FeedStatus, SeriesPoint, StatusLine } from '../../src/ops/status/report.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const SERIES_SECONDS = 1_800;
const MIB = 1024 * 1024;

/** Friday, half past twelve in New York. */
export const FIXTURE_NOW_MS = Date.UTC(2026, 9, 2, 16, 30);

/** How a feed of a test moves. */
export interface MovingFeedOptions {
  readonly name: string;
  readonly market: string;
  readonly channels: readonly string[];
  readonly eventsPerSecond: number;
}

/** A feed without sockets: each second its numbers move, and a test says what state it is in. Seeded. */
export class MovingFeed {
  readonly options: MovingFeedOptions;
  readonly points: SeriesPoint[] = [];
  lines: FeedStatus['lines'];
  session: FeedStatus['session'];
  gapCounts: Readonly<Record<string, number>> = {
    open: 1,
    filled: 1,
    unfillable: 1,
    deferred: 1,
    verified: 1,
  };
  missing = 1;
  readonly #random: Random;
  #events = 41_250_310;

  constructor(options: MovingFeedOptions, nowMs: number, seed: number) {
    this.options = options;
    this.#random = seededRandom(seed);
    this.lines = {
      session: good(`Streaming 1,200 symbols of ${options.market} since 09:30:00, last bar 0.3 s ago`),
      tickerplant: good(
        'The tickerplant main (:5010) acknowledges every row, half of them within 0.5 s of the end of their window',
      ),
      spool: good('Every row is on disk before it is sent; 412 MiB of 20 GiB are used'),
    };
    this.session = {
      state: 'streaming',
      sinceMs: nowMs - 3 * 3_600_000,
      retryMs: null,
      error: null,
      connections: 4,
      reconnects: 3,
      lastFrameMs: nowMs - 320,
      marketOpen: true,
      delayMs: 0,
      subscriptions: 2_400,
      failedSubscriptions: 0,
      failedPairs: [],
    };
    for (let second = SERIES_SECONDS; second > 0; second--) this.#move(nowMs - second * SECOND_MS);
  }

  /** One second later. */
  tick(nowMs: number): void {
    this.#move(nowMs);
    if (this.points.length > SERIES_SECONDS) this.points.shift();
    if (this.session.state === 'streaming') this.session = { ...this.session, lastFrameMs: nowMs - 320 };
  }

  status(nowMs: number): FeedStatus {
    const { name, market, channels } = this.options;
    const rows = Math.round(this.#events * 0.96);
    return {
      name,
      market,
      channels,
      lines: this.lines,
      ready: true,
      reasons: [],
      session: this.session,
      receivedRows: { agg1s: rows, agg1m: Math.round(rows / 45) },
      injectedRows: { agg1m: 1_204 },
      receivedEvents: this.#events,
      lostRows: 0,
      targets: [this.#target('main', '127.0.0.1:5010', 1), this.#target('standby', 'standby:5010', 1.6)],
      spool: {
        protection: 'protected',
        detail: null,
        sinceMs: null,
        usedBytes: 412 * MIB,
        maxBytes: 20_480 * MIB,
        waitingRows: this.points.at(-1)!.spoolRows,
        lateBytes: 84_112,
      },
      gaps: { counts: this.gapCounts, missing: this.missing },
      settled: { settledMs: nowMs - 2 * MINUTE_MS, correctedMs: nowMs - 17 * MINUTE_MS },
      quarantine: { events: 3, batches: 1 },
      lastDrainMs: nowMs - 140,
      point: this.points.at(-1)!,
    };
  }

  #target(name: string, address: string, slowness: number): FeedStatus['targets'][number] {
    const delivered = Math.round(this.#events * 0.96);
    return {
      name,
      address,
      state: 'publishing',
      detail: null,
      date: '2026-10-02',
      deliveredRows: { agg1s: delivered, agg1m: Math.round(delivered / 45) },
      refusedRows: 0,
      lateRows: 311,
      lostRows: 0,
      unverifiedRows: 0,
      waitingRows: Math.round(slowness * 40),
      backlogBytes: 9_120,
      lagMs: {
        p50: 520 * slowness,
        p99: 1_130 * slowness,
        sumMs: 520 * slowness * 40_000,
        count: 40_000,
        buckets: [
          { atMostMs: 500, count: 18_000 },
          { atMostMs: 1_000, count: 38_100 },
        ],
      },
    };
  }

  #move(atMs: number): void {
    const wave = 1 + 0.18 * Math.sin(atMs / 140_000) + 0.1 * (this.#random() - 0.5);
    const burst = atMs % MINUTE_MS < SECOND_MS ? 1.9 : 1;
    const events = Math.round(this.options.eventsPerSecond * wave * burst);
    const quiet = this.session.state !== 'streaming';
    const lagP50Ms = 480 + 90 * this.#random() + (burst > 1 ? 120 : 0);
    this.#events += quiet ? 0 : events;
    this.points.push({
      atMs,
      eventsPerSecond: quiet ? 0 : events,
      rowsPerSecond: quiet ? 0 : Math.round(events * 0.98),
      lagP50Ms: quiet ? null : lagP50Ms,
      lagP99Ms: quiet ? null : lagP50Ms + 420 + 260 * this.#random(),
      spoolRows: Math.round(events * (0.4 + 0.3 * this.#random())),
      eventLoopDelayMs: 11 + 5 * this.#random() + (burst > 1 ? 14 : 0),
      residentBytes: Math.round(188 * MIB + 14 * MIB * Math.sin(atMs / 300_000) + 2 * MIB * this.#random()),
    });
  }
}

/** A daemon of such feeds. */
export class MovingDaemon {
  nowMs: number;
  readonly feeds: readonly MovingFeed[];
  line: StatusLine = good('2 feeds stream and deliver');
  backfills: DaemonStatus['backfills'] = [];

  constructor(feeds: readonly MovingFeedOptions[], nowMs = FIXTURE_NOW_MS) {
    this.nowMs = nowMs;
    this.feeds = feeds.map((options, index) => new MovingFeed(options, nowMs, index + 1));
    this.backfills = [runningBackfill(nowMs)];
  }

  tick(): void {
    this.nowMs += SECOND_MS;
    for (const feed of this.feeds) feed.tick(this.nowMs);
  }

  status(): DaemonStatus {
    const { nowMs } = this;
    return {
      version: '0.1.0',
      nodeVersion: process.version,
      pid: 4_182,
      startedMs: nowMs - 26 * 3_600_000,
      nowMs,
      line: this.line,
      ready: true,
      reasons: [],
      process: { residentBytes: 190 * MIB, cpuMs: 1_204_000, eventLoopDelayMs: 14 },
      feeds: this.feeds.map(feed => feed.status(nowMs)),
      backfills: this.backfills,
      quota: { requestsPerMinute: 300, lastMinute: 41, today: 2_204, dailyRequests: 50_000 },
    };
  }
}

export function good(text: string): StatusLine {
  return { severity: 'good', text };
}

function runningBackfill(nowMs: number): DaemonStatus['backfills'][number] {
  const states = [
    'published',
    'published',
    'published',
    'failed',
    'merging',
    'fetching',
    'fetching',
  ] as const;
  return {
    pid: 5_110,
    market: 'stocks',
    table: 'agg1m',
    startedMs: nowMs - 12 * MINUTE_MS,
    changedMs: nowMs - 400,
    units: { total: 21, finished: 6, failed: 1 },
    rows: 9_214_880,
    rowsPerSecond: 48_200,
    remainingMs: 31 * MINUTE_MS,
    dates: Array.from({ length: 14 }, (_, index) => ({
      name: `2026-09-${String(index + 1).padStart(2, '0')}`,
      state: states[index] ?? 'waiting',
      rows: index < 3 ? 1_830_000 : index < 7 ? 402_000 : 0,
    })),
  };
}
