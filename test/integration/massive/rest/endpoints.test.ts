import { expect } from 'chai';
import { customBars, previousBar } from '../../../../src/massive/rest/aggregates.ts';
import { dividends, splits } from '../../../../src/massive/rest/corporate-actions.ts';
import { marketStatus, upcomingHolidays, withUpcoming } from '../../../../src/massive/rest/market-status.ts';
import { dateDaysOf } from '../../../../src/tables/epoch.ts';
import { SessionCalendar } from '../../../../src/tables/session-calendar.ts';
import { HttpServer } from '../../../support/http-server.ts';
import { LeapingClock } from '../../../support/leaping-clock.ts';
import { RestHarness, rejection } from '../../../support/rest-harness.ts';

const RANGE = { fromDate: dateDaysOf('2026-01-01'), untilDate: dateDaysOf('2026-09-30') };
const NOT_FOUND = { status: 404, body: '404 page not found' };

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe('REST endpoints', () => {
  let server: HttpServer;
  let rest: RestHarness;

  beforeEach(async () => {
    server = await HttpServer.start();
    rest = new RestHarness({ address: server.address, clock: new LeapingClock() });
  });

  afterEach(async () => {
    await rest.close();
    await server.stop();
  });

  it('custom bars - have any multiplier and timespan, and are adjusted where that is asked for', async () => {
    server.answer = () => ({ body: { results: [{ t: 1 }] } });
    const query = {
      market: 'forex',
      sym: 'EUR/USD',
      multiplier: 4,
      timespan: 'hour',
      from: '2026-09-01',
      to: 1790000000000,
    } as const;
    expect(await all(customBars(rest.requests, { ...query, adjusted: true }, rest.signal))).to.deep.equal([
      { path: '/v2/aggs/ticker/C:EURUSD/range/4/hour/2026-09-01/1790000000000', results: [{ t: 1 }] },
    ]);
    expect(server.seen[0]!.query.get('adjusted')).to.equal('true');
    await all(previousBar(rest.requests, 'stocks', 'BRK/A B', rest.signal));
    expect(server.seen[1]!.path).to.equal('/v2/aggs/ticker/BRK/A B/prev');
    expect(server.seen[1]!.query.get('adjusted')).to.equal('false');
  });

  it('symbols of a date - come page by page in canonical form; others are counted and told once', async () => {
    const next = `${server.address}/v3/reference/tickers?cursor=a`;
    server.scripts.push(
      { body: { results: [{ ticker: 'C:EURUSD' }, { ticker: 'C:GOLDOZ1' }, {}], next_url: next } },
      { body: { results: [{ ticker: 'C:USDJPY' }] } },
    );
    const symbols = rest.source('forex').activeSymbols(dateDaysOf('2026-10-02'), rest.signal);
    expect(await all(symbols)).to.deep.equal(['EUR/USD', 'USD/JPY']);
    expect(Object.fromEntries(server.seen[0]!.query)).to.deep.equal({
      market: 'fx',
      date: '2026-10-02',
      active: 'true',
      sort: 'ticker',
      order: 'asc',
      limit: '1000',
    });
    expect(rest.counted('rest_tickers_unknown{market="forex"}')).to.equal(2);
    expect(rest.logger.messages('warn')).to.have.length(1);
    server.scripts.push({ body: { results: [{ ticker: 'O:SPY261218C00650000' }] } });
    const options = rest.source('options').activeSymbols(dateDaysOf('2026-10-02'), rest.signal);
    expect(await all(options)).to.deep.equal(['O:SPY261218C00650000']);
    expect(server.seen[2]!.path).to.equal('/v3/reference/options/contracts');
    expect(server.seen[2]!.query.get('as_of')).to.equal('2026-10-02');
  });

  const split = { id: 'a', ticker: 'NVDA', execution_date: '2026-06-10', split_from: 1, split_to: 10 };
  const before = { id: 'a', sym: 'NVDA', date: dateDaysOf('2026-06-10'), sharesBefore: 1, sharesAfter: 10 };

  it('splits - come from the newer list, else from the older; unusable rows are told', async () => {
    server.scripts.push(
      {
        body: {
          results: [
            { ...split, adjustment_type: 'forward_split', historical_adjustment_factor: 0.1 },
            { ...split, split_from: 0 },
            { ...split, execution_date: 'soon' },
          ],
        },
      },
      NOT_FOUND,
      { body: { results: [split] } },
    );
    const unusable: unknown[] = [];
    const read = () => all(splits(rest.requests, RANGE, rest.signal, row => unusable.push(row)));
    expect(await read()).to.deep.equal([{ ...before, kind: 'forward_split', historicalFactor: 0.1 }]);
    expect(unusable).to.have.length(2);
    expect(await read()).to.deep.equal([{ ...before, kind: undefined, historicalFactor: undefined }]);
    expect(server.seen.map(({ path }) => path)).to.deep.equal([
      '/stocks/v1/splits',
      '/stocks/v1/splits',
      '/v3/reference/splits',
    ]);
    expect(Object.fromEntries(server.seen[2]!.query)).to.deep.equal({
      'execution_date.gte': '2026-01-01',
      'execution_date.lte': '2026-09-30',
      sort: 'execution_date',
      order: 'asc',
      limit: '1000',
    });
  });

  it('a list that ends with 404 in the middle - is not begun anew in the older one', async () => {
    server.scripts.push(
      { body: { results: [split], next_url: `${server.address}/gone?cursor=a` } },
      NOT_FOUND,
    );
    const error = await rejection(all(splits(rest.requests, RANGE, rest.signal, () => {})));
    expect(error.code).to.equal('REST_NOT_FOUND');
    expect(server.seen).to.have.length(2);
  });

  it('dividends - have their dates, and of either list what it says', async () => {
    const dividend = {
      id: 'b',
      ticker: 'AAPL',
      cash_amount: 0.26,
      currency: 'USD',
      declaration_date: '2026-07-30',
      ex_dividend_date: '2026-08-10',
      record_date: '2026-08-11',
      pay_date: '',
      frequency: 4,
    };
    server.scripts.push(
      {
        body: {
          results: [{ ...dividend, distribution_type: 'recurring', split_adjusted_cash_amount: 0.13 }],
        },
      },
      NOT_FOUND,
      {
        body: {
          results: [
            { ...dividend, dividend_type: 'CD' },
            { ...dividend, cash_amount: 'much' },
          ],
        },
      },
    );
    const expected = {
      id: 'b',
      sym: 'AAPL',
      exDate: dateDaysOf('2026-08-10'),
      recordDate: dateDaysOf('2026-08-11'),
      payDate: undefined,
      declarationDate: dateDaysOf('2026-07-30'),
      cash: 0.26,
      currency: 'USD',
      frequency: 4,
      kind: 'recurring',
      splitAdjustedCash: 0.13,
      historicalFactor: undefined,
    };
    const read = () => all(dividends(rest.requests, RANGE, rest.signal, () => {}));
    expect(await read()).to.deep.equal([expected]);
    expect(await read()).to.deep.equal([{ ...expected, kind: 'CD', splitAdjustedCash: undefined }]);
    expect(rest.counted('rest_actions_unusable')).to.equal(1);
  });

  it('market status - is told by market, with the clock of the service', async () => {
    server.scripts.push(
      {
        body: {
          afterHours: true,
          currencies: { crypto: 'open', fx: 'closed' },
          market: 'extended-hours',
          serverTime: '2026-10-02T17:05:00-04:00',
        },
      },
      { body: {} },
    );
    expect(await marketStatus(rest.requests, rest.signal)).to.deep.equal({
      serverMs: Date.UTC(2026, 9, 2, 21, 5),
      states: { stocks: 'extended-hours', crypto: 'open', forex: 'closed' },
    });
    expect(await marketStatus(rest.requests, rest.signal)).to.deep.equal({ serverMs: undefined, states: {} });
  });

  it('upcoming holidays - are data of the calendar, one for each date', async () => {
    const early = { open: '2026-11-27T14:30:00.000Z', close: '2026-11-27T18:00:00.000Z' };
    server.scripts.push(
      {
        body: [
          { date: '2026-11-27', exchange: 'NASDAQ', name: 'Thanksgiving', status: 'early-close', ...early },
          { date: '2026-11-27', exchange: 'NYSE', name: 'Thanksgiving', status: 'early-close', ...early },
          { date: '2026-11-26', exchange: 'NYSE', name: 'Thanksgiving', status: 'closed' },
          { date: '2026-10-12', exchange: 'OTC', name: 'Columbus Day', status: 'closed' },
          { date: '2026-10-14', exchange: 'NYSE', name: 'National Day of Mourning', status: 'closed' },
          { date: 'soon', exchange: 'NYSE', name: 'Unknown', status: 'closed' },
          7,
        ],
      },
      { body: { status: 'OK' } },
    );
    const upcoming = await upcomingHolidays(rest.requests, rest.signal);
    expect(upcoming).to.deep.equal([
      { date: '2026-10-14', name: 'National Day of Mourning' },
      { date: '2026-11-26', name: 'Thanksgiving' },
      { date: '2026-11-27', name: 'Thanksgiving', earlyClose: true },
    ]);
    const noonMs = Date.UTC(2026, 9, 14, 16);
    expect(new SessionCalendar('stocks').isOpen(noonMs)).to.equal(true);
    const calendar = new SessionCalendar('stocks', withUpcoming(upcoming));
    expect(calendar.isOpen(noonMs)).to.equal(false);
    expect(calendar.isOpen(Date.UTC(2026, 11, 25, 16))).to.equal(false);
    expect((await rejection(upcomingHolidays(rest.requests, rest.signal))).code).to.equal('REST_ANSWER');
  });
});
