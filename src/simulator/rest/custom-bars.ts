import { jsonReply, type Reply } from '../http/reply.ts';
import type { SimulatedMarket } from '../markets.ts';
import { type BarJson, barJson, barsBody } from './bar-json.ts';
import { barPage } from './bar-pages.ts';
import { badRequest } from './rest-errors.ts';
import {
  booleanParameter,
  choiceParameter,
  cursorOf,
  entitledHistory,
  integerParameter,
  knownSecond,
  type RestRequest,
} from './rest-request.ts';
import { type TimeBound, timeBound } from './time-bound.ts';
import { baseOf, TIMESPANS, type Timespan, Windows } from './windows.ts';

const DEFAULT_LIMIT = 5000;
const MOST_LIMIT = 50_000;

export const CUSTOM_BARS = /^\/v2\/aggs\/ticker\/([^/]+)\/range\/([^/]+)\/([^/]+)\/([^/]+)\/([^/]+)$/;

/** The market to which a ticker belongs, as REST spells it. */
export function marketOfTicker(ticker: string): SimulatedMarket {
  switch (ticker.slice(0, 2)) {
    case 'O:':
      return 'options';
    case 'I:':
      return 'indices';
    case 'C:':
      return 'forex';
    case 'X:':
      return 'crypto';
    default:
      return 'stocks';
  }
}

/**
 * `GET /v2/aggs/ticker/{ticker}/range/{multiplier}/{timespan}/{from}/{to}`
 *
 * @throws RestRefusal
 */
export async function customBars(request: RestRequest, parts: readonly string[]): Promise<Reply> {
  const [ticker = '', multiplierText = '', timespanText = '', fromText = '', toText = ''] = parts;
  const adjusted = booleanParameter(request, 'adjusted', true);
  const sort = choiceParameter(request, 'sort', ['asc', 'desc'], 'asc');
  const limit = integerParameter(request, 'limit', DEFAULT_LIMIT, MOST_LIMIT);
  const multiplier = Number(multiplierText);
  if (!/^[1-9]\d{0,8}$/.test(multiplierText))
    throw badRequest("The parameter 'multiplier' must be a positive integer");
  const timespan = timespanOf(timespanText);
  const history = entitledHistory(request, marketOfTicker(ticker));
  const zone = history?.calendar.zone ?? 'America/New_York';
  const from = timeBound('from', fromText, zone);
  const to = timeBound('to', toText, zone);
  if (to.last < from.first) throw badRequest("The parameter 'to' cannot be a time that occurs before 'from'");
  const listing = history?.listing(ticker);
  const head = { ticker, adjusted, status: 'OK', request_id: request.id };
  if (!history || !listing) return jsonReply(200, { ...head, queryCount: 0, resultsCount: 0, count: 0 });
  const windows = new Windows(timespan, multiplier, zone, from.date);
  const page = await barPage(
    {
      history,
      listing,
      base: baseOf(timespan),
      ...bounds(windows, zone, from, to),
      adjusted,
      descending: sort === 'desc',
      known: knownSecond(request),
    },
    { baseBars: limit, windows: Number.POSITIVE_INFINITY },
    (second, session) => windows.startOf(second, session),
  );
  const results: BarJson[] = page.windows.map(({ start, bar }) => barJson(listing, bar, start * 1000, false));
  return jsonReply(200, {
    ticker,
    ...barsBody(request, results, adjusted, page.scanned),
    ...nextUrl(request, parts, page.next, sort === 'desc'),
  });
}

function timespanOf(text: string): Timespan {
  const timespan = TIMESPANS.find(known => known === text);
  if (timespan !== undefined) return timespan;
  throw badRequest(`The parameter 'timespan' must be one of ${TIMESPANS.join(', ')}`);
}

/** The seconds in which base bars may begin: the range is widened to whole windows at its beginning. */
function bounds(
  windows: Windows,
  zone: string,
  from: TimeBound,
  to: TimeBound,
): { first: number; last: number } {
  if (baseOf(windows.timespan) === 'day') {
    return { first: timeBound('from', windows.firstDate(from.date), zone).first, last: to.last };
  }
  const midnight = timeBound('from', from.date, zone).first;
  return { first: windows.startOf(from.first, { date: from.date, midnight }), last: to.last };
}

/** For the next page, `from` becomes the time where it begins; from the end backwards, `to` does. */
function nextUrl(
  request: RestRequest,
  [ticker, multiplier, timespan, from, to]: readonly string[],
  next: number | undefined,
  descending: boolean,
): { next_url?: string } {
  if (next === undefined) return {};
  const [first, last] = descending ? [from, next * 1000] : [next * 1000, to];
  const path = `/v2/aggs/ticker/${ticker}/range/${multiplier}/${timespan}/${first}/${last}`;
  return { next_url: `${request.origin}${path}?cursor=${cursorOf(request.parameters)}` };
}
