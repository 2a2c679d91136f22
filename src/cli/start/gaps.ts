import { join } from 'node:path';
import { MassiveKdbError, messageOf } from '../../base/errors.ts';
import { isLoopback } from '../../base/loopback.ts';
import type { Configuration, FeedConfiguration } from '../../config/schema.ts';
import type { Secret } from '../../config/secrets.ts';
import { feedDelayMs, feedUrl } from '../../massive/hosts.ts';
import type { RequestBudget } from '../../massive/rest/request-budget.ts';
import type { ProcessLogger } from '../../ops/logger.ts';
import type { Feed } from '../../realtime/feed.ts';
import { GapBook } from '../../realtime/gaps/book.ts';
import { BookFile } from '../../realtime/gaps/book-file.ts';
import { EventClock } from '../../realtime/gaps/event-clock.ts';
import { FeedGaps } from '../../realtime/gaps/feed-gaps.ts';
import { GapFiller, type RestAccess } from '../../realtime/gaps/filler.ts';
import { Heartbeat } from '../../realtime/gaps/heartbeat.ts';
import { systemStateFiles } from '../../realtime/gaps/state-files.ts';
import { GapWatch } from '../../realtime/gaps/watch.ts';
import { followAnnouncements, MarketHours } from '../../realtime/market-hours.ts';
import type { Settled } from '../../realtime/settled.ts';
import type { Market } from '../../tables/markets.ts';
import { openRest, type Rest } from '../open-rest.ts';
import { clusterOf, type SharedParts } from './feed-assembly.ts';

const MINUTE_MS = 60_000;

/** The gaps of one feed. */
export interface GapsOfFeed {
  readonly book: GapBook;
  settled(): Settled;
}

/** The gaps of all feeds of a process. */
export interface WatchedGaps {
  /** In the order of the configuration. */
  readonly feeds: readonly GapsOfFeed[];
  /** Of the requests by which they are filled; undefined where they are not. */
  readonly budget: RequestBudget | undefined;
  /** Call it when the feeds run. */
  start(): void;
  /** Call it when all feeds have stopped without an error. */
  stopped(): Promise<void>;
  close(): Promise<void>;
}

export interface GapParts extends Omit<SharedParts, 'logger'> {
  readonly logger: ProcessLogger;
}

/** One for each market, made when it is asked for. */
export function marketHours(): (market: Market) => MarketHours {
  const known = new Map<Market, MarketHours>();
  return market => {
    const hours = known.get(market) ?? new MarketHours(market);
    known.set(market, hours);
    return hours;
  };
}

/** How the files and the socket of a feed in the state directory are called: `stocks`, `futures-cme`. */
export function feedName(feed: FeedConfiguration): string {
  return clusterOf(feed).replace('/', '-');
}

/** The gap book of a feed. */
export function bookPath(stateDirectory: string, name: string): string {
  return join(stateDirectory, `gaps-${name}.json`);
}

/** Where the daemon of a feed answers commands. */
export function controlPath(stateDirectory: string, name: string): string {
  return join(stateDirectory, `control-${name}.sock`);
}

/** Watches the gaps of feeds, and has them filled. Throws GapBookError. */
export async function watchGaps(
  feeds: readonly Feed[],
  configuration: Configuration,
  parts: GapParts,
): Promise<WatchedGaps> {
  const { logger, clock, hoursOf } = parts;
  const rest = openAccess(configuration, parts);
  const books = configuration.feeds.map(feed => openBook(feed, configuration, parts));
  const gaps = configuration.feeds.map((feed, index) =>
    assembleGaps(
      feed,
      feeds[index]!,
      books[index]!,
      accessFor(feed, configuration, rest),
      configuration,
      parts,
    ),
  );
  const stop = new AbortController();
  let following: Promise<void> = Promise.resolve();
  return {
    feeds: gaps.map((one, index) => ({ book: books[index]!, settled: () => one.settled() })),
    budget: 'requests' in rest ? rest.budget : undefined,
    start: () => {
      for (const one of gaps) one.start();
      const local = configuration.feeds.filter(feed => 'requests' in accessFor(feed, configuration, rest));
      if (!('requests' in rest) || local.length === 0) return;
      const hours = [...new Set(local.map(({ market }) => hoursOf(market)))];
      following = followAnnouncements(hours, { requests: rest.requests, clock, logger }, stop.signal);
    },
    stopped: async () => {
      for (const one of gaps) await one.stopped();
    },
    close: async () => {
      stop.abort();
      await following;
      if ('requests' in rest) await rest.requests.close();
    },
  };
}

/** REST for all feeds. What is wrong with it must not keep a feed from starting. */
function openAccess(
  { gaps, history, state }: Configuration,
  parts: GapParts,
): Exclude<RestAccess, { requests: unknown }> | Rest {
  if (!gaps.fill) return { leaves: 'deferred', reason: 'gaps.fill is off' };
  const secrets: Secret[] = [];
  try {
    const rest = openRest(history, state.directory, parts, secrets);
    for (const secret of secrets) parts.logger.hide(secret);
    if (rest) return rest;
    return { leaves: 'unfillable', reason: 'there is no key for REST: history.key names none that is given' };
  } catch (error) {
    if (!(error instanceof MassiveKdbError)) throw error;
    parts.logger.warn(`gaps are not filled: ${messageOf(error)}`);
    return { leaves: 'unfillable', reason: messageOf(error) };
  }
}

/** The key of a simulator on this machine is not sent to another one. */
function accessFor(feed: FeedConfiguration, { history }: Configuration, access: RestAccess): RestAccess {
  const isLocal = isLoopback(new URL(feedUrl(feed.host, clusterOf(feed))).hostname);
  if (!isLocal || isLoopback(new URL(history.rest.address).hostname)) return access;
  const reason = 'the feed comes from this machine, and history.rest.address is another one';
  return 'leaves' in access ? access : { leaves: 'unfillable', reason };
}

function openBook(feed: FeedConfiguration, { state }: Configuration, parts: GapParts): GapBook {
  const { market } = feed;
  const name = feedName(feed);
  const file = new BookFile(bookPath(state.directory, name), systemStateFiles);
  const logger = parts.logger.child({ market });
  return new GapBook({ market, name }, { clock: parts.clock, logger, file });
}

function assembleGaps(
  feed: FeedConfiguration,
  running: Feed,
  book: GapBook,
  rest: RestAccess,
  { gaps, state }: Configuration,
  parts: GapParts,
): FeedGaps {
  const { market, host } = feed;
  const { clock } = parts;
  const logger = parts.logger.child({ market });
  const eventClock = new EventClock(clock);
  const calendar = () => parts.hoursOf(market).calendar;
  const subscriptions = () => running.subscriptions;
  const options = {
    delayMs: feedDelayMs(host, clusterOf(feed)),
    correctionMs: gaps.correctionMinutes * MINUTE_MS,
    settledMs: gaps.settledAfterMinutes * MINUTE_MS,
    mostRequests: gaps.requests,
  };
  const shared = { ...parts, book, logger, eventClock, calendar, subscriptions };
  const heartbeat = new Heartbeat(
    join(state.directory, `heartbeat-${feedName(feed)}`),
    systemStateFiles,
    logger,
  );
  const watch = new GapWatch(options, shared, heartbeat.last());
  const filler = new GapFiller(options, { ...shared, rest, inject: rows => running.inject(rows) });
  return new FeedGaps(options, { ...shared, feed: running, watch, filler, heartbeat });
}
