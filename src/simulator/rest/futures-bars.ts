import { DateTime } from 'luxon';
import type { Bar } from '../bars.ts';
import { isDate } from '../history/dates.ts';
import type { Listing } from '../history/listings.ts';
import { jsonReply, type Reply } from '../http/reply.ts';
import { barPage } from './bar-pages.ts';
import type { BaseQuery } from './base-bars.ts';
import { badRequest } from './rest-errors.ts';
import {
  choiceParameter,
  cursorOf,
  entitledHistory,
  integerParameter,
  knownSecond,
  type RestRequest,
} from './rest-request.ts';
import type { BaseBars } from './windows.ts';

export const FUTURES_BARS = /^\/futures\/v1\/aggs\/([^/]+)$/;

const DEFAULT_LIMIT = 1000;
const MOST_LIMIT = 50_000;

/** Most that a resolution may be, by unit. */
const UNITS: Readonly<
  Record<string, { readonly most: number; readonly seconds: number; readonly base: BaseBars }>
> = {
  sec: { most: 59, seconds: 1, base: 'second' },
  min: { most: 59, seconds: 60, base: 'minute' },
  hour: { most: 23, seconds: 3600, base: 'minute' },
  session: { most: 1, seconds: 0, base: 'day' },
};

/**
 * `GET /futures/v1/aggs/{ticker}`: `limit` counts bars, `window_start` is in nanoseconds; the window of a session
 * begins on the day before its date.
 *
 * @throws RestRefusal
 */
export async function futuresBars(request: RestRequest, [ticker = '']: readonly string[]): Promise<Reply> {
  const history = entitledHistory(request, 'futures');
  const text = request.parameters.get('resolution') ?? '1session';
  const match = /^(\d+)(sec|min|hour|session)$/.exec(text);
  const unit = match && UNITS[match[2]!];
  const multiplier = Number(match?.[1]);
  if (!unit || multiplier < 1 || multiplier > unit.most)
    throw badRequest(`The resolution '${text}' is not supported`);
  const limit = integerParameter(request, 'limit', DEFAULT_LIMIT, MOST_LIMIT);
  const sort = choiceParameter(
    request,
    'sort',
    ['window_start.asc', 'window_start.desc'],
    'window_start.desc',
  );
  const known = knownSecond(request);
  const { first, last } = windowRange(request, known);
  const listing = history?.listing(ticker);
  if (!history || !listing || last < first)
    return jsonReply(200, { status: 'OK', request_id: request.id, results: [] });
  const length = unit.seconds * multiplier;
  const descending = sort === 'window_start.desc';
  const query: BaseQuery = {
    history,
    listing,
    base: unit.base,
    first,
    last,
    adjusted: false,
    descending,
    known,
  };
  const page = await barPage(
    query,
    { baseBars: Number.POSITIVE_INFINITY, windows: limit },
    (second, session) =>
      length === 0 ? session.from : session.from + Math.floor((second - session.from) / length) * length,
  );
  return jsonReply(200, {
    status: 'OK',
    request_id: request.id,
    results: page.windows.map(({ start, date, bar }) => futuresJson(listing, bar, start, date, length === 0)),
    ...nextUrl(request, page.next, descending),
  });
}

function futuresJson(
  { ticker, universe, instrument }: Listing,
  bar: Bar,
  start: number,
  date: string,
  session: boolean,
): object {
  const { unitsPerPrice } = universe;
  const { multiplier = 1 } = instrument;
  return {
    ticker,
    open: bar.open / unitsPerPrice,
    high: bar.high / unitsPerPrice,
    low: bar.low / unitsPerPrice,
    close: bar.close / unitsPerPrice,
    volume: bar.volume,
    dollar_volume: Math.round((bar.notional / unitsPerPrice) * multiplier * 100) / 100,
    transactions: bar.trades,
    ...(session ? { settlement_price: bar.close / unitsPerPrice } : {}),
    session_end_date: date,
    window_start: nanoseconds(start),
  };
}

/** As JSON writes it: the last digits are zeros, so that the double is exact. */
function nanoseconds(second: number): number {
  return second * 1_000_000_000;
}

/** The bounds of `window_start`, in seconds; without any, the last year. */
function windowRange({ parameters }: RestRequest, known: number): { first: number; last: number } {
  let first = known - 366 * 86_400;
  let last = known;
  for (const [name, compare] of [
    ['window_start', 'is'],
    ['window_start.gte', 'gte'],
    ['window_start.gt', 'gt'],
    ['window_start.lte', 'lte'],
    ['window_start.lt', 'lt'],
  ] as const) {
    const text = parameters.get(name);
    if (text === undefined) continue;
    const { from, until } = windowBound(name, text);
    if (compare === 'is' || compare === 'gte') first = from;
    if (compare === 'gt') first = until;
    if (compare === 'is' || compare === 'lte') last = until - 1;
    if (compare === 'lt') last = from - 1;
  }
  return { first, last };
}

/** A date in Chicago, or nanoseconds since 1970. */
function windowBound(name: string, text: string): { from: number; until: number } {
  if (isDate(text)) {
    const midnight = DateTime.fromISO(text, { zone: 'America/Chicago' });
    return { from: midnight.toUnixInteger(), until: midnight.plus({ days: 1 }).toUnixInteger() };
  }
  if (!/^\d{19}$/.test(text))
    throw badRequest(`The parameter '${name}' must be YYYY-MM-DD or Unix nanoseconds`);
  const from = Number(BigInt(text) / 1_000_000_000n);
  return { from, until: from + 1 };
}

function nextUrl(request: RestRequest, next: number | undefined, descending: boolean): { next_url?: string } {
  if (next === undefined) return {};
  const parameters = new Map([...request.parameters].filter(([name]) => !isBound(name, descending)));
  parameters.set(descending ? 'window_start.lte' : 'window_start.gte', `${next}000000000`);
  return { next_url: `${request.origin}${request.path}?cursor=${cursorOf(parameters)}` };
}

/** Whether the next page replaces it. */
function isBound(name: string, descending: boolean): boolean {
  return descending
    ? name === 'window_start.lte' || name === 'window_start.lt'
    : name === 'window_start.gte' || name === 'window_start.gt';
}
