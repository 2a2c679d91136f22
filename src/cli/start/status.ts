import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { BackfillStatus } from '../../base/backfill-status.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { effectiveSettings } from '../../config/effective.ts';
import { systemSources } from '../../config/system-sources.ts';
import { readBackfills } from '../../historical/progress-file.ts';
import { channelsNamed } from '../../massive/channels.ts';
import { feedDelayMs } from '../../massive/hosts.ts';
import type { RequestBudget } from '../../massive/rest/request-budget.ts';
import type { ControlRoute, StreamRoute } from '../../ops/control/server.ts';
import type { ConfigurationList, DaemonStatus, QuotaStatus } from '../../ops/status/report.ts';
import type { StatusSource } from '../../ops/status/source.ts';
import type { Feed } from '../../realtime/feed.ts';
import { FeedObservation } from '../../realtime/observation/feed-observation.ts';
import { requestsPerMinuteOf } from '../open-rest.ts';
import { packageFacts } from '../package-facts.ts';
import { clusterOf, type SharedParts } from './feed-assembly.ts';
import type { FeedSpool } from './feed-spool.ts';
import { feedName, type WatchedGaps } from './gaps.ts';
import type { Reloadable } from './reload.ts';
import { FeedReport, type ProcessSecond } from './status-feed.ts';
import { daemonLine, named } from './status-overall.ts';
import { feedRoutes, socketRoutes } from './status-routes.ts';
import { SubscriptionDesk } from './status-subscriptions.ts';

const LOOP_SAMPLE_MS = 10;
/** How often files are looked at: the count of requests, and the backfills of this machine. */
const FILES_EVERY_MS = 2_000;
const QUOTA_SAMPLES = 60_000 / FILES_EVERY_MS;

const { version } = packageFacts();

interface ReportedFeed {
  readonly report: FeedReport;
  readonly observation: FeedObservation;
  readonly routes: readonly ControlRoute[];
}

export interface DaemonReportParts extends Pick<SharedParts, 'clock' | 'logger' | 'hoursOf'> {
  readonly current: Reloadable;
  readonly feeds: readonly Feed[];
  readonly spools: readonly FeedSpool[];
  readonly gaps: WatchedGaps;
}

/** What is told of a running daemon. */
export class DaemonReport implements StatusSource {
  readonly #current: Reloadable;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #budget: RequestBudget | undefined;
  readonly #feeds: ReadonlyMap<string, ReportedFeed>;
  readonly #startedMs: number;
  readonly #loop = monitorEventLoopDelay({ resolution: LOOP_SAMPLE_MS });
  #second: ProcessSecond = { eventLoopDelayMs: 0, residentBytes: process.memoryUsage.rss() };
  #backfills: readonly BackfillStatus[] = [];
  /** Requests of today, as counted at the last looks. */
  #requests: number[] = [];
  #secondTimer: Timer | undefined;
  #filesTimer: Timer | undefined;
  #toldQuota = false;
  #stopped = false;

  /** Before the feeds run. */
  static async create(parts: DaemonReportParts): Promise<DaemonReport> {
    const rows = await Promise.all(parts.spools.map(rowsIn));
    return new DaemonReport(parts, rows);
  }

  private constructor(parts: DaemonReportParts, rowsAtStart: readonly Readonly<Record<string, number>>[]) {
    const { current, clock, logger, feeds, spools, gaps, hoursOf } = parts;
    this.#current = current;
    this.#clock = clock;
    this.#logger = logger;
    this.#budget = gaps.budget;
    this.#startedMs = clock.wallMs();
    const reported = current.configuration.feeds.map((configured, index) => {
      const { market, host, channels } = configured;
      const feed = feeds[index]!;
      const { book } = gaps.feeds[index]!;
      const hours = hoursOf(market);
      const feedLogger = logger.child({ market });
      const observation = new FeedObservation({
        tables: channelsNamed(market, channels).map(({ table }) => table),
        calendar: () => hours.calendar,
        logger: feedLogger,
      });
      feed.addOnlooker(observation);
      const report = new FeedReport(configured, current.configuration, {
        feed,
        gaps: gaps.feeds[index]!,
        files: spools[index]!,
        hours,
        observation,
        clock,
        lastSecond: () => this.#second,
        rowsAtStart: rowsAtStart[index]!,
      });
      const subscriptions = new SubscriptionDesk({
        market,
        feed,
        failedPairs: () => report.failedPairs,
        logger: feedLogger,
      });
      const routes = feedRoutes({
        market,
        book,
        report,
        observation,
        subscriptions,
        configuration: () => current.configuration,
        delayMs: feedDelayMs(host, clusterOf(configured)),
        clock,
      });
      return [feedName(configured), { report, observation, routes }] as const;
    });
    this.#feeds = new Map(reported);
  }

  start(): void {
    this.#loop.enable();
    this.#everySecond();
    void this.#lookAtFiles();
    for (const { report } of this.#feeds.values()) report.series.start();
  }

  stop(): void {
    this.#stopped = true;
    this.#loop.disable();
    this.#secondTimer?.cancel();
    this.#filesTimer?.cancel();
    for (const { report } of this.#feeds.values()) report.series.stop();
  }

  status(): DaemonStatus {
    const feeds = [...this.#feeds.values()].map(({ report }) => report.status());
    const { user, system } = process.cpuUsage();
    return {
      version,
      nodeVersion: process.versions.node,
      pid: process.pid,
      startedMs: Math.round(this.#startedMs),
      nowMs: Math.round(this.#clock.wallMs()),
      line: daemonLine(feeds),
      ready: feeds.every(({ ready }) => ready),
      reasons: feeds.flatMap(({ name, reasons }) => reasons.map(reason => named(name, reason, feeds.length))),
      process: { ...this.#second, cpuMs: Math.round((user + system) / 1000) },
      feeds,
      backfills: this.#backfills,
      quota: this.#quota(),
    };
  }

  configuration(): ConfigurationList {
    const { configuration, origins } = this.#current;
    const settings = effectiveSettings(configuration, origins, systemSources);
    return { settings: settings.map(({ setting: path, value, origin }) => ({ path, value, origin })) };
  }

  routesOf(feedName: string): readonly ControlRoute[] | undefined {
    return this.#feeds.get(feedName)?.routes;
  }

  /** What the control socket of a feed answers. */
  socketRoutesOf(feedName: string): readonly (ControlRoute | StreamRoute)[] {
    const { routes, observation } = this.#feeds.get(feedName)!;
    return [...routes, ...socketRoutes(this, observation)];
  }

  #everySecond(): void {
    this.#second = {
      eventLoopDelayMs: Math.max(0, Math.round(this.#loop.max / 1e6 - LOOP_SAMPLE_MS)),
      residentBytes: process.memoryUsage.rss(),
    };
    this.#loop.reset();
    this.#secondTimer = this.#clock.after(1000, () => this.#everySecond(), false);
  }

  /** Again and again, each time when the time before is done: a disk that stalls holds up nothing else. */
  async #lookAtFiles(): Promise<void> {
    this.#backfills = await readBackfills(this.#current.configuration.state.directory);
    await this.#lookAtBudget();
    if (this.#stopped) return;
    this.#filesTimer = this.#clock.after(FILES_EVERY_MS, () => void this.#lookAtFiles(), false);
  }

  async #lookAtBudget(): Promise<void> {
    try {
      const today = await this.#budget?.today();
      if (today) this.#requests = [...this.#requests.slice(-QUOTA_SAMPLES), today.requests];
    } catch (error) {
      if (!this.#toldQuota) this.#logger.warn(messageOf(error));
      this.#toldQuota = true;
    }
  }

  #quota(): QuotaStatus | null {
    if (!this.#budget) return null;
    const { rest } = this.#current.configuration.history;
    const today = this.#requests.at(-1) ?? 0;
    const earlier = this.#requests[0] ?? 0;
    return {
      requestsPerMinute: requestsPerMinuteOf(rest),
      // The count begins anew at midnight, UTC.
      lastMinute: today < earlier ? today : today - earlier,
      today,
      dailyRequests: rest.dailyRequests,
    };
  }
}

/** The rows that each target has in the spool; none is counted where the disk does not give them. */
async function rowsIn({ spool, readers }: FeedSpool): Promise<Record<string, number>> {
  const rows: Record<string, number> = {};
  for (const name of readers) rows[name] = await spool.rowsAfter(spool.position(name)).catch(() => 0);
  return rows;
}
