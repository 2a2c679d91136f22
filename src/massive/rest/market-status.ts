import type { Market } from '../../tables/markets.ts';
import { type Holiday, US_HOLIDAYS } from '../../tables/us-holidays.ts';
import { RestAnswerError } from './errors.ts';
import { isObject, textIn } from './json.ts';
import { jsonAt, objectAt } from './pages.ts';
import type { RestRequests } from './requests.ts';

/** How a market stands now; undefined where the answer does not say it. */
export interface MarketStatus {
  /** The service's clock, ms since 1970. */
  readonly serverMs: number | undefined;
  /** `open`, `closed` or `extended-hours`. */
  readonly states: Readonly<Partial<Record<Market, string>>>;
}

const NOW = '/v1/marketstatus/now';
const UPCOMING = '/v1/marketstatus/upcoming';

/** The exchanges whose holidays are those of the calendar. */
const EXCHANGES: readonly string[] = ['NYSE', 'NASDAQ'];

/** Source: Massive's REST documentation, `/v1/marketstatus/now`. Throws RestError, and the signal's reason. */
export async function marketStatus(requests: RestRequests, signal: AbortSignal): Promise<MarketStatus> {
  const body = await objectAt(requests, requests.url(NOW), signal);
  const currencies = isObject(body['currencies']) ? body['currencies'] : {};
  const serverMs = Date.parse(textIn(body, 'serverTime') ?? '');
  const states = {
    stocks: textIn(body, 'market'),
    forex: textIn(currencies, 'fx'),
    crypto: textIn(currencies, 'crypto'),
  };
  return {
    serverMs: Number.isNaN(serverMs) ? undefined : serverMs,
    states: Object.fromEntries(Object.entries(states).filter(([, state]) => state !== undefined)),
  };
}

/**
 * Holidays and early closes to come, one for each date, ascending.
 *
 * Source: Massive's REST documentation, `/v1/marketstatus/upcoming`. Throws RestError, and the signal's reason.
 */
export async function upcomingHolidays(requests: RestRequests, signal: AbortSignal): Promise<Holiday[]> {
  const rows = await jsonAt(requests, requests.url(UPCOMING), signal);
  if (!Array.isArray(rows))
    throw new RestAnswerError(`${UPCOMING} was not answered with a list`, typeof rows);
  const holidays = new Map<string, Holiday>();
  for (const row of rows as readonly unknown[]) {
    if (!isObject(row) || !EXCHANGES.includes(textIn(row, 'exchange') ?? '')) continue;
    const date = textIn(row, 'date');
    const status = textIn(row, 'status');
    if (date === undefined || Number.isNaN(Date.parse(date))) continue;
    const name = textIn(row, 'name') ?? 'holiday';
    // Where exchanges differ, the one that is open counts.
    if (status === 'early-close') holidays.set(date, { date, name, earlyClose: true });
    else if (status === 'closed' && !holidays.has(date)) holidays.set(date, { date, name });
  }
  return [...holidays.values()].sort((a, b) => (a.date < b.date ? -1 : 1));
}

/** The holidays of the calendar with those that the service announces, which win. */
export function withUpcoming(
  upcoming: readonly Holiday[],
  known: readonly Holiday[] = US_HOLIDAYS,
): readonly Holiday[] {
  const holidays = new Map([...known, ...upcoming].map(holiday => [holiday.date, holiday]));
  return [...holidays.values()].sort((a, b) => (a.date < b.date ? -1 : 1));
}
