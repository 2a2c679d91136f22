import type { Clock } from '../../base/clock.ts';
import type { Configuration } from '../../config/schema.ts';
import type { ControlRoute, StreamRoute } from '../../ops/control/server.ts';
import type { Candles, Coverage, LatestBars, Series } from '../../ops/status/report.ts';
import type { StatusSource } from '../../ops/status/source.ts';
import type { GapBook } from '../../realtime/gaps/book.ts';
import { GapDesk } from '../../realtime/gaps/desk.ts';
import type { FeedObservation } from '../../realtime/observation/feed-observation.ts';
import { isoDateOf } from '../../tables/epoch.ts';
import type { Market } from '../../tables/markets.ts';
import { gapRoutes } from '../gaps/routes.ts';
import type { FeedReport } from './status-feed.ts';
import { NewestQuarantined } from './status-quarantine.ts';
import type { SubscriptionDesk } from './status-subscriptions.ts';

const BARS = 50;
const MOST_BARS = 500;
const MINUTE_MS = 60_000;

export interface FeedRouteParts {
  readonly market: Market;
  readonly book: GapBook;
  readonly report: FeedReport;
  readonly observation: FeedObservation;
  readonly subscriptions: SubscriptionDesk;
  /** Asked each time: a reload may change it. */
  readonly configuration: () => Configuration;
  readonly delayMs: number;
  readonly clock: Clock;
}

/** What a daemon can be asked about one feed, on its control socket and below `/api/feeds/NAME`. */
export function feedRoutes(parts: FeedRouteParts): readonly ControlRoute[] {
  const { market, book, report, observation, subscriptions, configuration } = parts;
  const quarantined = new NewestQuarantined(market);
  return [
    ...gapRoutes(new GapDesk(book)),
    {
      method: 'GET',
      path: /^\/series$/,
      answer: () => ({ points: report.series.points() }) satisfies Series,
    },
    {
      method: 'GET',
      path: /^\/bars$/,
      answer: (_groups, _body, query) =>
        ({
          symbols: observation.symbolCount,
          bars: observation.search(query.get('search') ?? '', limitIn(query)),
        }) satisfies LatestBars,
    },
    {
      method: 'GET',
      path: /^\/candles\/(?<sym>[^/]+)$/,
      answer: ({ sym }, _body, query) =>
        ({ sym: sym!, bars: observation.candles(sym!, query.get('table') ?? undefined) }) satisfies Candles,
    },
    { method: 'GET', path: /^\/coverage$/, answer: () => coverageOf(parts) },
    { method: 'GET', path: /^\/subscriptions$/, answer: () => subscriptions.list() },
    {
      method: 'POST',
      path: /^\/subscriptions\/add$/,
      answer: (_groups, body) => subscriptions.add(symbolsIn(body)),
    },
    {
      method: 'POST',
      path: /^\/subscriptions\/remove$/,
      answer: (_groups, body) => subscriptions.remove(symbolsIn(body)),
    },
    { method: 'GET', path: /^\/quarantine$/, answer: () => quarantined.read(configuration()) },
  ];
}

/** What a command of this user can be told besides: the daemon as a whole, and the rows of a feed as they pass. */
export function socketRoutes(
  source: StatusSource,
  { tap }: FeedObservation,
): readonly (ControlRoute | StreamRoute)[] {
  return [
    { method: 'GET', path: /^\/status$/, answer: () => source.status() },
    { method: 'GET', path: /^\/configuration$/, answer: () => source.configuration() },
    {
      method: 'GET',
      path: /^\/tap$/,
      stream: (query, reader) =>
        tap.open({ sym: query.get('sym') ?? undefined, table: query.get('table') ?? undefined }, reader),
    },
  ];
}

function coverageOf({ observation, book, delayMs, clock }: FeedRouteParts): Coverage {
  const nowMs = clock.wallMs() - delayMs;
  const found = observation.coverage.read(nowMs);
  if (!found) return { date: null, beginMs: Math.floor(nowMs), minutes: 0, groups: [], gaps: [] };
  const { date, beginMs, minutes, groups } = found;
  const endMs = beginMs + minutes * MINUTE_MS;
  const gaps = book.gaps
    // Gaps of single symbols are no stretches without a stream.
    .filter(gap => gap.symbols === undefined && gap.beginMs < endMs && (gap.endMs ?? endMs) > beginMs)
    .map(gap => ({ beginMs: gap.beginMs, endMs: gap.endMs ?? null, state: gap.state.name }));
  return { date: isoDateOf(date), beginMs, minutes, groups, gaps };
}

function limitIn(query: URLSearchParams): number {
  const limit = Number(query.get('limit') ?? BARS);
  return Number.isInteger(limit) && limit > 0 ? Math.min(limit, MOST_BARS) : BARS;
}

function symbolsIn(body: unknown): readonly string[] {
  const symbols = (body as { readonly symbols?: unknown } | null | undefined)?.symbols;
  if (!Array.isArray(symbols)) return [];
  const texts = symbols.filter(symbol => typeof symbol === 'string').map(symbol => symbol.trim());
  return [...new Set(texts)].filter(symbol => symbol !== '');
}
