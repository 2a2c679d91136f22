import { DateTime } from 'luxon';
import { addDays } from '../history/dates.ts';
import type { TradingCalendar } from '../history/trading-calendar.ts';
import { jsonReply, type Reply } from '../http/reply.ts';
import type { RestRequest } from './rest-request.ts';

export const STATUS_NOW = '/v1/marketstatus/now';
export const STATUS_UPCOMING = '/v1/marketstatus/upcoming';

const NEW_YORK = 'America/New_York';
const EXCHANGES = ['NYSE', 'NASDAQ', 'OTC'];
const INDEX_GROUPS = [
  's_and_p',
  'societe_generale',
  'cgi',
  'msci',
  'ftse_russell',
  'mstar',
  'mstarc',
  'cccy',
  'nasdaq',
  'dow_jones',
];
const UPCOMING_DAYS = 365;

/** `GET /v1/marketstatus/now` */
export function statusNow(request: RestRequest, stocks: TradingCalendar, forex: TradingCalendar): Reply {
  const second = Math.floor(request.nowMs / 1000);
  const session = stocks.session(stocks.dateOf(second));
  const within = (from: number, until: number): boolean => second >= from && second < until;
  const early = session !== undefined && within(session.from, session.regular.from);
  const open = session !== undefined && within(session.regular.from, session.regular.until);
  const late = session !== undefined && within(session.regular.until, session.until);
  const extended = early || late;
  const status = open ? 'open' : extended ? 'extended-hours' : 'closed';
  const forexSession = forex.session(forex.dateOf(second));
  const forexOpen = forexSession !== undefined && within(forexSession.from, forexSession.until);
  return jsonReply(200, {
    afterHours: late,
    currencies: { crypto: 'open', fx: forexOpen ? 'open' : 'closed' },
    earlyHours: early,
    exchanges: { nasdaq: status, nyse: status, otc: status },
    indicesGroups: Object.fromEntries(INDEX_GROUPS.map(group => [group, open ? 'open' : 'closed'])),
    market: status,
    serverTime: DateTime.fromMillis(request.nowMs, { zone: NEW_YORK })
      .startOf('second')
      .toISO({ suppressMilliseconds: true }),
  });
}

/** `GET /v1/marketstatus/upcoming`: holidays to come, a row for each exchange. */
export function statusUpcoming(request: RestRequest, stocks: TradingCalendar): Reply {
  const today = stocks.dateOf(Math.floor(request.nowMs / 1000));
  const rows: object[] = [];
  for (let days = 0; days < UPCOMING_DAYS; days++) {
    const date = addDays(today, days);
    const holiday = stocks.holiday(date);
    if (!holiday) continue;
    const session = stocks.session(date);
    const hours =
      holiday.earlyClose && session
        ? { status: 'early-close', open: iso(session.regular.from), close: iso(session.regular.until) }
        : { status: 'closed' };
    for (const exchange of EXCHANGES) rows.push({ date, exchange, name: holiday.name, ...hours });
  }
  return jsonReply(200, rows);
}

function iso(second: number): string {
  return new Date(second * 1000).toISOString();
}
