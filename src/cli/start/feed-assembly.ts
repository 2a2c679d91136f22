import type { Clock } from '../../base/clock.ts';
import type { Counters } from '../../base/counters.ts';
import type { Logger } from '../../base/logger.ts';
import type { Random } from '../../base/random.ts';
import type { Configuration, FeedConfiguration, TargetConfiguration } from '../../config/schema.ts';
import type { Secrets } from '../../config/secrets.ts';
import type { Loader } from '../../kdb/loader/loader.ts';
import { DEFAULT_FUNCTION } from '../../kdb/publisher/batch-call.ts';
import { DEFAULT_PUBLISHER_TIMING } from '../../kdb/publisher/options.ts';
import type { BatchLimits } from '../../kdb/tables/cut-rows.ts';
import type { TickerplantCalendar } from '../../kdb/tickerplant/calendar-check.ts';
import { channelsNamed } from '../../massive/channels.ts';
import { type Cluster, feedDelayMs, feedUrl } from '../../massive/hosts.ts';
import { FrameScanner } from '../../massive/scanner/frame-scanner.ts';
import type { QuarantineSink } from '../../massive/scanner/quarantine-sink.ts';
import type { ReceiveClock } from '../../massive/scanner/receive-clock.ts';
import type { OpenSocket } from '../../massive/socket.ts';
import { type Subscription, SubscriptionError, subscriptionsTo } from '../../massive/subscription.ts';
import { readSymbolFile } from '../../massive/symbol-file.ts';
import { Feed } from '../../realtime/feed.ts';
import { FeedDelivery } from '../../realtime/feed-delivery.ts';
import { FeedTarget, type FeedTargetSurroundings } from '../../realtime/feed-target.ts';
import { DEFAULT_LATE_LANE_OPTIONS, LateLane } from '../../realtime/late-lane.ts';
import type { MarketHours } from '../../realtime/market-hours.ts';
import type { RefusedBatches } from '../../realtime/refused-batches.ts';
import { DEFAULT_SPOOL_WRITER_OPTIONS } from '../../realtime/spool-writer.ts';
import { AGGREGATE_TABLES, STATUS_TABLES } from '../../tables/definitions.ts';
import { type Market, SESSION_ZONE } from '../../tables/markets.ts';
import { SessionCalendar } from '../../tables/session-calendar.ts';
import { configuredTarget } from '../configured-target.ts';
import type { FeedSpool } from './feed-spool.ts';

/** What all feeds of a process share. */
export interface SharedParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly counters: Counters;
  readonly openSocket: OpenSocket;
  readonly receiveClock: ReceiveClock;
  readonly quarantine: QuarantineSink;
  readonly refusedBatches: RefusedBatches;
  /** Connects to the loader of a market; rejects with KdbConnectError or NotLoaderError. */
  readonly openLoader: (market: Market) => Promise<Loader>;
  readonly hoursOf: (market: Market) => MarketHours;
  /** Read at each connection, so that a reload can change them. */
  readonly secrets: () => Secrets;
  /** A target of a feed has answered a batch, so long after it was sent. */
  readonly answered: (feed: FeedConfiguration, target: string, answerMs: number) => void;
}

export function clusterOf({ market, exchange }: FeedConfiguration): Cluster {
  return exchange === null ? market : `futures/${exchange}`;
}

/** The subscriptions of a feed, its file of symbols read. @throws SubscriptionError, SymbolFileError */
export async function subscriptionsOf(feed: FeedConfiguration): Promise<readonly Subscription[]> {
  const { market, channels, symbols, symbolsFile } = feed;
  if (symbolsFile === null) return subscriptionsTo(market, channels, symbols);
  const listed = await readSymbolFile(symbolsFile);
  try {
    return subscriptionsTo(market, channels, listed);
  } catch (error) {
    if (!(error instanceof SubscriptionError)) throw error;
    throw new SubscriptionError(error.problems.map(problem => `${symbolsFile}: ${problem}`));
  }
}

/** Puts one feed of the configuration together. */
export function assembleFeed(
  feed: FeedConfiguration,
  subscriptions: readonly Subscription[],
  configuration: Configuration,
  files: FeedSpool,
  parts: SharedParts,
): Feed {
  const { market } = feed;
  const targets = targetsOf(feed, configuration);
  const calendar = new SessionCalendar(market);
  const logger = parts.logger.child({ market });
  const scanner = new FrameScanner({ ...parts, market, calendar, logger });
  const { timeouts } = configuration;
  return new Feed(
    {
      session: {
        url: feedUrl(feed.host, clusterOf(feed)),
        market,
        subscriptions,
        key: () => parts.secrets().keyOf(feed).reveal(),
        failFast: configuration.failFast,
        timing: {
          connectMs: timeouts.massiveConnectMs,
          welcomeMs: timeouts.massiveAnswerMs,
          authenticateMs: timeouts.massiveAnswerMs,
          acknowledgeMs: timeouts.massiveAnswerMs,
        },
      },
      drainIntervalMs: configuration.drain.intervalMs,
      stopMs: timeouts.stopMs,
    },
    {
      ...parts,
      logger,
      scanner,
      isOpen: wallMs => parts.hoursOf(market).isOpen(wallMs),
      createDelivery: listener =>
        new FeedDelivery(
          { limits: smallestLimits(targets), writer: DEFAULT_SPOOL_WRITER_OPTIONS },
          {
            ...parts,
            logger,
            ...files,
            lateLane: new LateLane(
              { market, ...DEFAULT_LATE_LANE_OPTIONS },
              { ...parts, logger, spool: files.late, openLoader: () => parts.openLoader(market) },
            ),
            createTargets: surroundings =>
              targets.map(target =>
                assembleTarget(feed, target, calendar, configuration, { ...parts, logger }, surroundings),
              ),
          },
          listener,
        ),
    },
  );
}

function targetsOf({ targets }: FeedConfiguration, configuration: Configuration): TargetConfiguration[] {
  return configuration.targets.filter(target => targets.includes(target.name));
}

function smallestLimits(targets: readonly TargetConfiguration[]): BatchLimits {
  return {
    rows: Math.min(...targets.map(({ limits }) => limits.batchRows)),
    bytes: Math.min(...targets.map(({ limits }) => limits.batchBytes)),
  };
}

function assembleTarget(
  feed: FeedConfiguration,
  target: TargetConfiguration,
  calendar: SessionCalendar,
  { memory, timeouts, failFast }: Configuration,
  parts: SharedParts,
  surroundings: FeedTargetSurroundings,
): FeedTarget {
  const { market, channels } = feed;
  const used = channelsNamed(market, channels);
  const { inFlightBatches, inFlightBytes } = target.limits;
  return new FeedTarget(
    {
      name: target.name,
      market,
      publisher: {
        target: configuredTarget(target, () => parts.secrets().passwordOf(target)),
        convention: target.convention,
        tables: used.map(({ table }) => AGGREGATE_TABLES[table]),
        optionalTables: Object.values(STATUS_TABLES),
        mode: target.mode,
        ...(target.function === DEFAULT_FUNCTION ? {} : { functionName: target.function }),
        allowUnlogged: target.allowUnlogged,
        failFast,
        limits: { inFlightBatches, inFlightBytes },
        timing: {
          ...DEFAULT_PUBLISHER_TIMING,
          connectTimeoutMs: timeouts.targetConnectMs,
          answerTimeoutMs: timeouts.targetAnswerMs,
        },
      },
      backlogBytes: memory.backlogBytes,
      delayMs: feedDelayMs(feed.host, clusterOf(feed)),
      tables: used.map(({ table }) => table),
    },
    {
      ...parts,
      answered: answerMs => parts.answered(feed, target.name, answerMs),
      calendar: tickerplantCalendar(market, calendar),
    },
    surroundings,
  );
}

/** What date and zone a tickerplant of a market should have. */
export function tickerplantCalendar(
  market: Market,
  calendar = new SessionCalendar(market),
): TickerplantCalendar {
  return {
    expectedDate: nowMs => calendar.tradingDate(nowMs),
    expectedOffsetMs: nowMs => calendar.dateOffsetMs(nowMs),
    timeZone: tickerplantZone(market),
  };
}

/** TZ for a tickerplant whose dates are this market's trading dates; futures roll at 17:00 in Chicago. */
function tickerplantZone(market: Market): string {
  return market === 'futures' ? 'XCT-1XDT,M3.2.0/9,M11.1.0/9' : SESSION_ZONE[market];
}
