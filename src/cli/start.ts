import { firstAborted } from '../base/abort.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { type Counters, memoryCounters } from '../base/counters.ts';
import { seconds } from '../base/durations.ts';
import { MassiveKdbError, messageOf } from '../base/errors.ts';
import { ExitCode } from '../base/exit-codes.ts';
import { guardedClock } from '../base/guarded-clock.ts';
import type { Logger } from '../base/logger.ts';
import type { ProcessLock } from '../base/process-lock.ts';
import { sharedLoaders } from '../config/loader-address.ts';
import type { Configuration } from '../config/schema.ts';
import { resolveSecrets } from '../config/secrets.ts';
import { systemSources } from '../config/system-sources.ts';
import { acquireConnectionLock } from '../massive/connection-lock.ts';
import { QuarantineFile } from '../massive/quarantine-file.ts';
import type { QuarantineSink } from '../massive/scanner/quarantine-sink.ts';
import { ReceiveClock } from '../massive/scanner/receive-clock.ts';
import { wsOpenSocket } from '../massive/socket.ts';
import type { ProcessLogger } from '../ops/logger.ts';
import { Metrics } from '../ops/metrics/metrics.ts';
import { ProcessHealthMeter } from '../ops/process-health.ts';
import type { Feed } from '../realtime/feed.ts';
import { RefusedBatches, systemRefusedBatchFiles } from '../realtime/refused-batches.ts';
import { type FeedSummary, lostRows } from '../realtime/summary.ts';
import { loaderTarget, openLoader } from './backfill/loader.ts';
import { type CommandContext, defineCommand } from './command.ts';
import { CONFIGURATION_FLAGS } from './configuration.ts';
import { reportOf } from './report-error.ts';
import { announce } from './start/announce.ts';
import { openControls } from './start/control.ts';
import { assembleFeed, clusterOf, type SharedParts, subscriptionsOf } from './start/feed-assembly.ts';
import { type FeedSpool, openFeedSpool } from './start/feed-spool.ts';
import { feedName, marketHours, type WatchedGaps, watchGaps } from './start/gaps.ts';
import { onHangup, type Reloadable } from './start/reload.ts';
import { DaemonReport } from './start/status.ts';
import { serveStatus } from './start/status-server.ts';
import { withConfiguration } from './with-configuration.ts';

/** `massive-kdb start` */
export const start = defineCommand({
  arguments: {},
  flags: {
    ...CONFIGURATION_FLAGS,
    json: { type: 'boolean', default: false, describe: 'print the summary at exit as one JSON object' },
  },
  examples: [
    ['start --market stocks --channels A,AM --symbols AAPL,MSFT --target :5010', 'Two stocks, no file'],
    ['start --config /etc/massive-kdb/massive-kdb.yaml', 'All feeds of a file'],
  ],
  endings: {
    [ExitCode.failed]: 'rows were lost',
    [ExitCode.schema]: "the tickerplant's tables are not what the feed publishes",
    [ExitCode.unavailable]:
      'Massive or a tickerplant cannot be reached (--fail-fast), or another process holds the connection or the spool',
    [ExitCode.io]: 'a file or directory cannot be read or written',
    [ExitCode.refused]: 'Massive or the tickerplant refuses the credentials or the entitlement',
    [ExitCode.configuration]:
      'configuration or secrets are wrong, or the state directory is of another release',
  },
  run(given, context) {
    return withConfiguration(given, context, async (configuration, logger, origins) => {
      const secrets = resolveSecrets(configuration, systemSources);
      for (const secret of secrets.all) logger.hide(secret);
      return runFeeds(given, { configuration, origins, secrets }, logger, context);
    });
  },
});

type Flags = Readonly<Record<string, unknown>> & { readonly json: boolean };

async function runFeeds(
  flags: Flags,
  current: Reloadable,
  logger: ProcessLogger,
  context: CommandContext,
): Promise<ExitCode> {
  const { configuration } = current;
  warnOfSharedLoaders(configuration, logger);
  const counters = memoryCounters();
  const quarantine = new QuarantineFile(configuration.quarantine, { clock: systemClock, logger, counters });
  const metrics = new Metrics({ clock: systemClock, counters });
  const parts = sharedParts(current, quarantine, logger, counters, metrics);
  const subscriptions = await Promise.all(configuration.feeds.map(subscriptionsOf));
  const locks = await acquireLocks(current);
  const spools: FeedSpool[] = [];
  try {
    for (const feed of configuration.feeds) spools.push(await openFeedSpool(feed, configuration, parts));
    const feeds = configuration.feeds.map((feed, index) =>
      assembleFeed(feed, subscriptions[index]!, configuration, spools[index]!, parts),
    );
    const gaps = await watchGaps(feeds, configuration, { ...parts, logger });
    const told = { ...parts, logger, clock: clockOfStatus(logger) };
    const report = await DaemonReport.create({ ...told, current, feeds, spools, gaps });
    const controls = await openControls(configuration, name => report.socketRoutesOf(name), logger);
    const manager = announce(feeds, configuration, context.environment, {
      ...parts,
      logger,
      source: report,
    });
    context.stop.addEventListener('abort', () => manager?.stopping(), { once: true });
    const hangup = onHangup(flags, current, feeds, logger, manager);
    tellStop(context.stop, configuration.timeouts.stopMs, logger);
    report.start();
    const status = serveStatus(configuration, { ...told, metrics, source: report });
    return await runToEnd(feeds, gaps, flags, context).finally(async () => {
      report.stop();
      hangup.cancel();
      manager?.stopping();
      await controls.close();
      await status.close();
      await gaps.close();
      await manager?.told();
    });
  } finally {
    await closeSpools(spools, logger);
    await quarantine.close();
    await Promise.all(locks.map(lock => lock.release()));
  }
}

function warnOfSharedLoaders({ feeds, history }: Configuration, logger: Logger): void {
  const markets = feeds.map(({ market }) => market);
  for (const [address, sharing] of sharedLoaders(history.loader, markets)) {
    logger.warn(
      `${sharing.join(' and ')} have one loader, at ${address}, which writes one market: rows of ended dates of the others would wait in the spool. Give each its own in history.loader.addresses`,
    );
  }
}

/** What is told of the feeds may fail; they go on. */
function clockOfStatus(logger: Logger): Clock {
  let isTold = false;
  return guardedClock(systemClock, error => {
    if (!isTold) logger.error(`the status may be incomplete from now on: ${messageOf(error)}`);
    isTold = true;
  });
}

/** What is in them is on disk already; what cannot be written at the end is only how far the targets are. */
async function closeSpools(spools: readonly FeedSpool[], logger: Logger): Promise<void> {
  for (const spool of spools) {
    await spool.close().catch((error: unknown) => {
      logger.warn(`what is acknowledged may be sent again at the next start: ${messageOf(error)}`);
    });
  }
}

/** So that nobody wonders why the process is still there. */
function tellStop(stop: AbortSignal, stopMs: number, logger: Logger): void {
  const tell = () =>
    logger.info(`${stop.reason}: stopping, within ${seconds(stopMs)}; a second signal ends at once`);
  if (stop.aborted) tell();
  else stop.addEventListener('abort', tell, { once: true });
}

async function runToEnd(
  feeds: readonly Feed[],
  gaps: WatchedGaps,
  { json }: Flags,
  { stdout, stop, environment }: CommandContext,
): Promise<ExitCode> {
  const health = new ProcessHealthMeter();
  health.start();
  try {
    const running = runAll(feeds, stop);
    gaps.start();
    const summaries = await running;
    await gaps.stopped();
    if (json) stdout.write(`${JSON.stringify({ feeds: summaries, process: health.read() })}\n`);
    return summaries.some(summary => lostRows(summary) > 0) ? ExitCode.failed : ExitCode.ok;
  } catch (error) {
    // Its feed has said why, in the log; the trace is for who asks for it.
    if (!(error instanceof MassiveKdbError) || environment['MASSIVE_KDB_DEBUG']) throw error;
    return reportOf(error, false).exitCode;
  } finally {
    health.stop();
  }
}

function sharedParts(
  current: Reloadable,
  quarantine: QuarantineSink,
  logger: ProcessLogger,
  counters: Counters,
  metrics: Metrics,
): SharedParts {
  const { directory, maxFileBytes, maxFiles } = current.configuration.quarantine;
  return {
    clock: systemClock,
    random: Math.random,
    logger,
    counters,
    openSocket: wsOpenSocket(),
    receiveClock: new ReceiveClock(systemClock),
    quarantine,
    refusedBatches: new RefusedBatches(
      directory,
      maxFileBytes * maxFiles,
      systemRefusedBatchFiles,
      logger,
      systemClock.wallMs(),
    ),
    hoursOf: marketHours(),
    openLoader: async market =>
      openLoader(loaderTarget(current.configuration, market, logger), market, current.configuration),
    secrets: () => current.secrets,
    answered: (feed, target, answerMs) => metrics.acknowledged(feedName(feed), target, answerMs),
  };
}

/** One lock for each connection, so that no other process of this machine takes its place at Massive. */
async function acquireLocks({ configuration, secrets }: Reloadable): Promise<readonly ProcessLock[]> {
  const locks: ProcessLock[] = [];
  try {
    for (const feed of configuration.feeds) {
      const key = secrets.keyOf(feed).reveal();
      locks.push(await acquireConnectionLock(configuration.state.directory, clusterOf(feed), key));
    }
    return locks;
  } catch (error) {
    await Promise.all(locks.map(lock => lock.release()));
    throw error;
  }
}

/** Runs all feeds; the first that fails for good stops the others, and its error is the outcome. */
async function runAll(feeds: readonly Feed[], stop: AbortSignal): Promise<FeedSummary[]> {
  const failed = new AbortController();
  const either = firstAborted(stop, failed.signal);
  const outcomes = await Promise.allSettled(
    feeds.map(feed =>
      feed.run(either).catch((error: unknown) => {
        failed.abort();
        throw error;
      }),
    ),
  );
  return outcomes.map(outcome => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}
