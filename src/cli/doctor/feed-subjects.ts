import { systemClock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { holderOfLock } from '../../base/process-lock.ts';
import { SecretError } from '../../config/errors.ts';
import type { Configuration, FeedConfiguration } from '../../config/schema.ts';
import { resolveSecrets, type Secret } from '../../config/secrets.ts';
import { systemSources } from '../../config/system-sources.ts';
import {
  acquireConnectionLock,
  ConnectionInUseError,
  ConnectionLockError,
} from '../../massive/connection-lock.ts';
import { feedUrl } from '../../massive/hosts.ts';
import { probeSession } from '../../massive/probe/session-probe.ts';
import type { Reached } from '../../massive/probe/tls-probe.ts';
import { wsOpenSocket } from '../../massive/socket.ts';
import { ALL_TICKERS, pairOf } from '../../massive/subscription.ts';
import { askControl, ControlError } from '../../ops/control/client.ts';
import type { DaemonStatus } from '../../ops/status/report.ts';
import { readIdentity } from '../../realtime/spool/identity.ts';
import { SPOOL_LOCK_NAME } from '../../realtime/spool/lock.ts';
import { systemSpoolFiles } from '../../realtime/spool/system-files.ts';
import type { Market } from '../../tables/markets.ts';
import { clusterOf, subscriptionsOf } from '../start/feed-assembly.ts';
import { spoolDirectory } from '../start/feed-spool.ts';
import { controlPath, feedName } from '../start/gaps.ts';
import { findingOf, once, skipped, warn } from './check.ts';
import type { SpoolSubject } from './disk-checks.ts';
import type { DaemonAnswer, SessionSubject, Trial } from './session-checks.ts';
import { bytesBelow } from './system-effects.ts';

/** What is asked for where a feed has the whole market. Massive takes any symbol of the right form. */
export const EXAMPLE_SYMBOLS: Readonly<Record<Market, string>> = {
  stocks: 'AAPL',
  options: 'O:SPY261218C00650000',
  indices: 'I:SPX',
  forex: 'EUR/USD',
  crypto: 'BTC-USD',
  futures: 'ESZ6',
};

/** What the checks of feeds share. */
export interface FeedParts {
  readonly configuration: Configuration;
  readonly environment: Readonly<NodeJS.ProcessEnv>;
  readonly version: string;
  /** Whether files that are made in the state directory belong to whom that does: a daemon could not use others. */
  readonly isOwnState: boolean;
  /** Whether a key may be tried: a connection with it on another machine would end. */
  readonly mayConnect: boolean;
  reach(address: string): Promise<Reached>;
  hide(secret: Secret): void;
}

/** Welcome, key and subscriptions, and the way there. */
const ANSWERS = 3;
const SPARE_MS = 2_000;

/** A feed as the checks of its session and its spool need it, for real. */
export function feedSubject(feed: FeedConfiguration, parts: FeedParts): SessionSubject & SpoolSubject {
  const { configuration, version } = parts;
  const { state, timeouts } = configuration;
  const name = feedName(feed);
  const directory = spoolDirectory(feed, configuration);
  const daemon = once(() => askDaemon(controlPath(state.directory, name)));
  return {
    name,
    channels: feed.channels,
    version,
    // Reaching the host comes first, and asking the daemon.
    limitMs: 2 * timeouts.massiveConnectMs + ANSWERS * timeouts.massiveAnswerMs + SPARE_MS,
    daemon,
    tryKey: () => tryKey(feed, parts),
    directory,
    identity: () => readIdentity(systemSpoolFiles, directory),
    holder: () => holderOfLock(directory, SPOOL_LOCK_NAME),
    async daemonPid() {
      const answer = await daemon();
      return answer.kind === 'status' ? answer.status.pid : undefined;
    },
    usedBytes: () => bytesBelow(directory),
  };
}

async function askDaemon(socket: string): Promise<DaemonAnswer> {
  try {
    const answer = await askControl(socket, 'GET', '/status');
    if (answer === undefined) return { kind: 'nobody' };
    const status = answer as DaemonStatus;
    return Array.isArray(status.feeds)
      ? { kind: 'status', status }
      : { kind: 'mute', problem: 'its answer is of another release' };
  } catch (error) {
    if (error instanceof ControlError) return { kind: 'mute', problem: messageOf(error) };
    throw error;
  }
}

async function tryKey(feed: FeedConfiguration, parts: FeedParts): Promise<Trial> {
  if (!parts.mayConnect) return { kind: 'left', finding: skipped('left out by --no-connection') };
  const key = keyOf(feed, parts.configuration);
  if (!key) return { kind: 'left', finding: skipped('there is no key that can be used') };
  parts.hide(key);
  const url = feedUrl(feed.host, clusterOf(feed));
  const reached = await parts.reach(url);
  if (reached.kind !== 'plain' && reached.kind !== 'trusted') {
    return { kind: 'left', finding: skipped(`${new URL(url).host} cannot be spoken to; see tls`) };
  }
  if (!parts.isOwnState) {
    const why =
      'the state directory belongs to another user, and a lock in it would be in the way of a daemon';
    return { kind: 'left', finding: skipped(`${why}: run doctor as that user`) };
  }
  return underLock(feed, url, key, parts);
}

/** The lock that a daemon takes as well, so that neither ends the other's connection. */
async function underLock(
  feed: FeedConfiguration,
  url: string,
  key: Secret,
  { configuration, environment }: FeedParts,
): Promise<Trial> {
  const { state, timeouts } = configuration;
  const pairs = await pairsOf(feed);
  try {
    const lock = await acquireConnectionLock(state.directory, clusterOf(feed), key.reveal());
    try {
      const timing = {
        connectMs: timeouts.massiveConnectMs,
        welcomeMs: timeouts.massiveAnswerMs,
        authenticateMs: timeouts.massiveAnswerMs,
        acknowledgeMs: timeouts.massiveAnswerMs,
      };
      const probe = await probeSession(
        { url, key: key.reveal(), pairs, timing },
        { clock: systemClock, openSocket: wsOpenSocket(environment) },
      );
      return { kind: 'tried', probe };
    } finally {
      await lock.release();
    }
  } catch (error) {
    if (error instanceof ConnectionLockError) return { kind: 'left', finding: findingOf(error) };
    if (!(error instanceof ConnectionInUseError)) throw error;
    const finding = warn(
      `process ${error.pid} has the connection, and does not answer for this feed`,
      'See what it is; a second connection would end its own.',
    );
    return { kind: 'left', finding };
  }
}

function keyOf(feed: FeedConfiguration, configuration: Configuration): Secret | undefined {
  try {
    return resolveSecrets({ ...configuration, feeds: [feed], targets: [] }, systemSources).keyOf(feed);
  } catch (error) {
    if (error instanceof SecretError) return undefined;
    throw error;
  }
}

/** One symbol on each channel. */
async function pairsOf(feed: FeedConfiguration): Promise<readonly string[]> {
  const subscriptions = await subscriptionsOf(feed);
  return feed.channels.map(channel => {
    const { ticker } = subscriptions.find(subscription => subscription.channel === channel)!;
    return pairOf({ channel, ticker: ticker === ALL_TICKERS ? EXAMPLE_SYMBOLS[feed.market] : ticker });
  });
}
