import { setImmediate } from 'node:timers/promises';
import { emptyBar } from '../bars.ts';
import { BarBlock } from '../history/bar-block.ts';
import { shareFactor } from '../history/corporate-actions.ts';
import { isDate } from '../history/dates.ts';
import type { MarketHistory } from '../history/market-history.ts';
import type { Session } from '../history/trading-calendar.ts';
import { jsonReply, type Reply } from '../http/reply.ts';
import type { SimulatedMarket } from '../markets.ts';
import { adjustBar, type BarJson, barJson, barsBody } from './bar-json.ts';
import { marketOfTicker } from './custom-bars.ts';
import { badRequest } from './rest-errors.ts';
import { booleanParameter, entitledHistory, knownSecond, type RestRequest } from './rest-request.ts';

export const GROUPED_BARS = /^\/v2\/aggs\/grouped\/locale\/(us|global)\/market\/(stocks|crypto|fx)\/([^/]+)$/;
export const PREVIOUS_BAR = /^\/v2\/aggs\/ticker\/([^/]+)\/prev$/;

const MARKETS: Readonly<Record<string, SimulatedMarket>> = {
  'us/stocks': 'stocks',
  'global/crypto': 'crypto',
  'global/fx': 'forex',
};

const MINUTES_OF_DAY = 1500;

/**
 * `GET /v2/aggs/grouped/locale/{locale}/market/{market}/{date}`: one bar of each symbol, with the end of the day as its
 * time.
 *
 * @throws RestRefusal
 */
export async function groupedBars(
  request: RestRequest,
  parts: readonly string[],
): Promise<Reply | undefined> {
  const [locale, name, date = ''] = parts;
  const market = MARKETS[`${locale}/${name}`];
  if (!market) return undefined;
  const adjusted = booleanParameter(request, 'adjusted', true);
  const otc = booleanParameter(request, 'include_otc', false);
  if (!isDate(date)) throw badRequest("The parameter 'date' must be YYYY-MM-DD");
  const history = entitledHistory(request, market);
  const session = history?.calendar.session(date);
  const known = knownSecond(request);
  const results: BarJson[] = [];
  if (history && session && session.from <= known) {
    const scratch = new BarBlock(MINUTES_OF_DAY);
    const bar = emptyBar();
    for (const listing of history.listings) {
      if (listing.instrument.otc && !otc) continue;
      await setImmediate();
      if (!history.day(listing, session, known, bar, scratch)) continue;
      if (adjusted) adjustBar(bar, shareFactor(listing.splits, date));
      results.push(barJson(listing, bar, endMs(history, session), true));
    }
  }
  return jsonReply(200, barsBody(request, results, adjusted, results.length));
}

/**
 * `GET /v2/aggs/ticker/{ticker}/prev`: the bar of the last session that has ended.
 *
 * @throws RestRefusal
 */
export function previousBar(request: RestRequest, [ticker = '']: readonly string[]): Reply {
  const adjusted = booleanParameter(request, 'adjusted', true);
  const history = entitledHistory(request, marketOfTicker(ticker));
  const listing = history?.listing(ticker);
  const results: BarJson[] = [];
  if (history && listing) {
    const known = knownSecond(request);
    const current = history.calendar.latest(known);
    const session = current.until <= known ? current : history.calendar.latest(current.from - 1);
    const bar = emptyBar();
    if (history.day(listing, session, known, bar, new BarBlock(MINUTES_OF_DAY))) {
      if (adjusted) adjustBar(bar, shareFactor(listing.splits, session.date));
      results.push(barJson(listing, bar, endMs(history, session), true));
    }
  }
  return jsonReply(200, { ticker, ...barsBody(request, results, adjusted, results.length) });
}

/** Of stocks the close of the regular hours; where the market never closes the last moment of the day. */
function endMs({ calendar }: MarketHistory, session: Session): number {
  const around = calendar.market === 'crypto' || calendar.market === 'forex';
  return around ? (session.midnight + 86_400) * 1000 - 1 : session.regular.until * 1000;
}
