import { systemClock } from '../../base/clock.ts';
import { memoryCounters } from '../../base/counters.ts';
import { MassiveKdbError } from '../../base/errors.ts';
import { silentLogger } from '../../base/logger.ts';
import { isLoopback } from '../../base/loopback.ts';
import type { Configuration, FeedConfiguration } from '../../config/schema.ts';
import type { Secret } from '../../config/secrets.ts';
import { isTradingDate } from '../../historical/trading-dates.ts';
import { flatDatasets, flatFileKey } from '../../massive/flat/datasets.ts';
import type { FlatStore } from '../../massive/flat/store.ts';
import { feedUrl } from '../../massive/hosts.ts';
import { readServerDate, type ServerDate } from '../../massive/probe/server-date.ts';
import { previousBar } from '../../massive/rest/aggregates.ts';
import { marketStatus } from '../../massive/rest/market-status.ts';
import type { Market } from '../../tables/markets.ts';
import { SessionCalendar } from '../../tables/session-calendar.ts';
import { openStore } from '../backfill/sources.ts';
import { openRest } from '../open-rest.ts';
import { clusterOf } from '../start/feed-assembly.ts';
import { type Finding, findingOf, skipped, warn } from './check.ts';
import { EXAMPLE_SYMBOLS } from './feed-subjects.ts';
import type { FlatSubject } from './history-checks.ts';
import type { Endpoint } from './network-checks.ts';
import type { RestAbsence, RestEffects } from './rest-checks.ts';

export interface ServiceParts {
  readonly configuration: Configuration;
  readonly environment: Readonly<NodeJS.ProcessEnv>;
  /** See FeedParts. */
  readonly isOwnState: boolean;
  hide(secret: Secret): void;
}

/** REST, flat files and a server's clock, as the checks of them need them, for real. */
export interface Services {
  /** Of every host that is spoken to, the feeds' included. */
  readonly endpoints: readonly Endpoint[];
  readonly rest: RestEffects | RestAbsence;
  /** Those that REST is asked about. */
  readonly restMarkets: readonly Market[];
  readonly clock: { readonly place: string; read(signal: AbortSignal): Promise<ServerDate> };
  readonly store: FlatStore | Finding;
  readonly flat: readonly FlatSubject[];
  close(): Promise<void>;
}

/** An answer is told at once, whatever it is. */
const PATIENCE = { attempts: 1, connectTimeoutMs: 10_000, silenceTimeoutMs: 10_000 } as const;

/** A file is there on the next day, and at times some days later; before that its absence says nothing. */
const FILE_DAYS = 7;

export function openServices(parts: ServiceParts): Services {
  const { configuration, environment } = parts;
  const { feeds, history } = configuration;
  const urls = feeds.map(feed => feedUrl(feed.host, clusterOf(feed)));
  const asked = feeds.filter(feed => mayAskRest(feed, history.rest.address));
  const { rest, closeRest } = restOf(parts, asked.length > 0);
  const store = storeOf(parts);
  const isRestAsked = !('absence' in rest);
  const clockAddress = isRestAsked ? history.rest.address : urls[0]!.replace(/^ws/, 'http');
  const origin = new URL(clockAddress).origin;
  return {
    endpoints: [
      ...urls.map(address => ({ address, use: 'stream' })),
      ...(isRestAsked ? [{ address: socketAddress(history.rest.address), use: 'REST' }] : []),
      ...('place' in store && /^https?:/.test(store.place)
        ? [{ address: socketAddress(store.place), use: 'flat files' }]
        : []),
    ],
    rest,
    restMarkets: asked.map(({ market }) => market),
    clock: {
      place: new URL(origin).host,
      read: signal =>
        readServerDate(`${origin}/`, {
          ...{ clock: systemClock, environment, signal },
          timeoutMs: PATIENCE.connectTimeoutMs,
        }),
    },
    store,
    flat: feeds.map(flatSubject),
    async close() {
      await closeRest();
      if ('place' in store) await store.close();
    },
  };
}

/** The key of a simulator on this machine is not sent to another one, as the daemon has it. */
function mayAskRest(feed: FeedConfiguration, restAddress: string): boolean {
  const isLocal = isLoopback(new URL(feedUrl(feed.host, clusterOf(feed))).hostname);
  return !isLocal || isLoopback(new URL(restAddress).hostname);
}

function restOf(
  { configuration, isOwnState, hide }: ServiceParts,
  isAllowed: boolean,
): { readonly rest: RestEffects | RestAbsence; closeRest(): Promise<void> } {
  const { gaps, history, state } = configuration;
  const without = (absence: Finding) => ({ rest: { absence }, closeRest: async () => {} });
  if (!isAllowed) {
    const why = 'the feed comes from this machine, and history.rest.address is another one';
    return without(skipped(`${why}: the key is not sent there`));
  }
  if (!isOwnState) return without(skipped('as authentication: the state directory belongs to another user'));
  const counters = memoryCounters();
  const secrets: Secret[] = [];
  try {
    const opened = openRest(
      history,
      state.directory,
      { clock: systemClock, logger: silentLogger, counters },
      secrets,
      { ...PATIENCE, answerTimeoutMs: PATIENCE.silenceTimeoutMs },
    );
    for (const secret of secrets) hide(secret);
    if (!opened) return without(noKey(gaps.fill));
    const { requests } = opened;
    const rest: RestEffects = {
      place: new URL(history.rest.address).host,
      status: signal => marketStatus(requests, signal),
      async previousBars(market, signal) {
        let bars = 0;
        for await (const page of previousBar(requests, market, EXAMPLE_SYMBOLS[market], signal))
          bars += page.results.length;
        return bars;
      },
      requestsMade: () => counters.counter('rest_requests').total,
    };
    return { rest, closeRest: () => requests.close() };
  } catch (error) {
    if (!(error instanceof MassiveKdbError)) throw error;
    return without(findingOf(error));
  }
}

function noKey(isWanted: boolean): Finding {
  const what = 'no key is given for REST (history.key)';
  if (!isWanted) return skipped(what);
  return warn(
    `${what}: gaps are left to the flat files`,
    'Give it in the variable that history.key names, or in a file; or set gaps.fill to false.',
  );
}

function storeOf({ configuration, hide }: ServiceParts): FlatStore | Finding {
  const secrets: Secret[] = [];
  const parts = { clock: systemClock, logger: silentLogger, counters: memoryCounters() };
  try {
    const store = openStore(configuration.history.flatFiles, parts, secrets, PATIENCE);
    for (const secret of secrets) hide(secret);
    return (
      store ?? skipped('no credentials are given (history.flatFiles): backfill and reconcile do without')
    );
  } catch (error) {
    if (!(error instanceof MassiveKdbError)) throw error;
    return findingOf(error);
  }
}

/** One file of last week, of a day on which the market was open. */
function flatSubject({ market, exchange }: FeedConfiguration): FlatSubject {
  const datasets = flatDatasets(market, 'agg1m');
  const dataset =
    datasets.find(({ prefix }) => exchange === null || prefix.includes(exchange)) ?? datasets[0]!;
  const calendar = new SessionCalendar(market);
  let date = calendar.tradingDate(systemClock.wallMs()) - FILE_DAYS;
  while (!isTradingDate(calendar, date)) date--;
  return { market, key: flatFileKey(dataset, date) };
}

/** The address at which TLS is tried. */
function socketAddress(address: string): string {
  return address.replace(/^http/, 'ws');
}
