import { expect } from 'chai';
import { type RestBar, type RestBody, RestClient } from './rest-client.ts';
import { SimulatorHarness } from './simulator-harness.ts';

const AAPL = '/v2/aggs/ticker/AAPL/range';
const DAY = '2026-10-01/2026-10-01';

/** Without the id, which is checked to be one. */
function literal(body: RestBody): object {
  const { request_id: id, ...rest } = body;
  expect(id).to.match(/^[0-9a-f]{32}$/);
  return rest;
}

describe('simulator REST', () => {
  let harness: SimulatorHarness;
  let rest: RestClient;

  before(async () => {
    harness = await SimulatorHarness.start({
      markets: ['stocks', 'crypto'],
      symbols: 20,
      rate: 15,
      keys: [
        { key: 'demo', markets: 'all' },
        { key: 'coins', markets: ['crypto'] },
      ],
    });
    rest = new RestClient(harness.simulator.httpUrl);
  });

  after(() => harness.simulator.close());

  describe('answers other than data', () => {
    it('bodies - are the literal ones', async () => {
      expect(literal(await rest.get(`${AAPL}/1/minute/2026-10-02/2026-10-01`, 400))).to.deep.equal({
        status: 'ERROR',
        error: "The parameter 'to' cannot be a time that occurs before 'from'",
      });
      const unknown = new RestClient(rest.url, 'wrong');
      expect(literal(await unknown.get(`${AAPL}/1/day/${DAY}`, 401))).to.deep.equal({
        status: 'ERROR',
        error: 'Unknown API Key',
      });
      const coins = new RestClient(rest.url, 'coins');
      expect(literal(await coins.get(`${AAPL}/1/day/${DAY}`, 403))).to.deep.equal({
        status: 'NOT_AUTHORIZED',
        message: 'You are not entitled to this data. Please upgrade your plan at https://massive.com/pricing',
      });
      expect(literal(await rest.get('/v3/reference/tickers/NOPE', 404))).to.deep.equal({
        status: 'NOT_FOUND',
        message: 'Ticker not found.',
      });
    });

    it('an address that does not exist - is plain text', async () => {
      const response = await rest.fetch('/stocks/v1/exchanges');
      expect([response.status, response.headers.get('content-type')]).to.deep.equal([404, 'text/plain']);
      expect(await response.text()).to.equal('404 page not found');
    });

    it('requests that make no sense - are refused', async () => {
      for (const path of [
        `${AAPL}/0/minute/${DAY}`,
        `${AAPL}/1/fortnight/${DAY}`,
        `${AAPL}/1/minute/yesterday/2026-10-01`,
        `${AAPL}/1/minute/2026-02-30/2026-10-01`,
        `${AAPL}/1/minute/${DAY}?limit=50001`,
        `${AAPL}/1/minute/${DAY}?sort=down`,
        `${AAPL}/1/minute/${DAY}?adjusted=perhaps`,
      ]) {
        expect(await rest.get(path, 400), path).to.include({ status: 'ERROR' });
      }
    });

    it('nothing to tell - no results at all: holiday, unknown ticker, market that is not simulated', async () => {
      for (const path of [
        `${AAPL}/1/minute/2026-09-07/2026-09-07`,
        `/v2/aggs/ticker/NOPE/range/1/minute/${DAY}`,
        `/v2/aggs/ticker/I:SPX/range/1/minute/${DAY}`,
        '/v2/aggs/grouped/locale/us/market/stocks/2026-10-03',
      ]) {
        const body = await rest.get(path);
        expect(body, path).to.include({ status: 'OK', resultsCount: 0, queryCount: 0 });
        expect(body, path).not.to.have.any.keys('results', 'next_url');
      }
    });

    it('the limit of a key - is told, and counted for each key', async () => {
      const limited = await SimulatorHarness.start({
        symbols: 1,
        rate: 0.5,
        requestsPerMinute: 5,
        keys: ['a', 'b'].map(key => ({ key, markets: 'all' as const })),
      });
      try {
        const [a, b] = ['a', 'b'].map(key => new RestClient(limited.simulator.httpUrl, key)) as [
          RestClient,
          RestClient,
        ];
        for (let i = 0; i < 5; i++) await a.get('/v1/marketstatus/now');
        const response = await a.fetch('/v1/marketstatus/now');
        expect([response.status, response.headers.get('retry-after')]).to.deep.equal([429, null]);
        expect(literal((await response.json()) as RestBody)).to.deep.equal({
          status: 'ERROR',
          error:
            "You've exceeded the maximum requests per minute, please wait or upgrade your subscription to continue.",
        });
        await b.get('/v1/marketstatus/now');
        await limited.clock.advance(60_000);
        await a.get('/v1/marketstatus/now');
      } finally {
        await limited.simulator.close();
      }
    });
  });

  describe('transport', () => {
    it('key - in the header or in the query, never in an answer', async () => {
      const response = await fetch(`${rest.url}${AAPL}/1/minute/${DAY}?limit=2&apiKey=demo`);
      const text = await response.text();
      expect(response.status).to.equal(200);
      expect(text).to.include('next_url').and.not.include('apiKey');
      expect((await fetch(`${rest.url}/v1/marketstatus/now`)).status).to.equal(401);
    });

    it('headers - date, id, and gzip for who asks', async () => {
      const path = `${AAPL}/1/minute/${DAY}?limit=5`;
      const zipped = await rest.fetch(path, { 'accept-encoding': 'gzip' });
      const plain = await rest.fetch(path, { 'accept-encoding': 'identity' });
      expect(zipped.headers.get('content-encoding')).to.equal('gzip');
      expect(plain.headers.get('content-encoding')).to.equal(null);
      expect(plain.headers.get('vary')).to.equal('Accept-Encoding');
      expect(plain.headers.get('date')).to.equal(new Date(harness.clock.wallMs()).toUTCString());
      const [a, b] = [(await zipped.json()) as RestBody, (await plain.json()) as RestBody];
      expect(a.results).to.deep.equal(b.results);
      expect(plain.headers.get('x-request-id')).to.equal(b['request_id']);
    });
  });

  describe('bars', () => {
    it('fields - have the names and units of the reference', async () => {
      const body = await rest.get(`${AAPL}/1/day/${DAY}?adjusted=false`);
      expect(body).to.include({
        ticker: 'AAPL',
        adjusted: false,
        queryCount: 1,
        resultsCount: 1,
        count: 1,
        status: 'OK',
      });
      const [bar] = body.results!;
      expect(bar).to.have.all.keys('v', 'vw', 'o', 'c', 'h', 'l', 't', 'n');
      expect(bar!.t).to.equal(Date.parse('2026-10-01T04:00Z'));
    });

    it('pages - of any size together are the bars of one page', async () => {
      const all = await rest.bars(`${AAPL}/1/minute/${DAY}`);
      expect(all.length).to.be.above(900);
      for (const query of ['limit=100', 'limit=333', `limit=${all.length}`, 'limit=400&adjusted=false']) {
        const pages = await rest.pages(`${AAPL}/1/minute/${DAY}?${query}`);
        expect(
          pages.flatMap(({ results = [] }) => results),
          query,
        ).to.deep.equal(all);
        expect(pages.at(-1)!.resultsCount, 'no empty page at the end').to.be.above(0);
      }
      const down = await rest.bars(`${AAPL}/1/minute/${DAY}?limit=100&sort=desc`);
      expect(down.toReversed()).to.deep.equal(all);
    });

    it('next_url - has the time in its path and the query in its cursor', async () => {
      const page = await rest.get(`${AAPL}/1/minute/${DAY}?limit=2&sort=asc`);
      const next = new URL(page.next_url!);
      expect(next.origin).to.equal(rest.url);
      expect(next.pathname).to.match(/^\/v2\/aggs\/ticker\/AAPL\/range\/1\/minute\/\d{13}\/2026-10-01$/);
      expect(Buffer.from(next.searchParams.get('cursor')!, 'base64').toString()).to.equal('limit=2&sort=asc');
    });

    it('limit - counts minutes of hours; an hour that is not whole is left to the next page', async () => {
      const hours = await rest.bars(`${AAPL}/1/hour/${DAY}`);
      expect(hours.length).to.equal(16);
      const pages = await rest.pages(`${AAPL}/1/hour/${DAY}?limit=150`);
      expect(pages[0]!.resultsCount).to.equal(2);
      expect(pages.flatMap(({ results = [] }) => results)).to.deep.equal(hours);
      const down = await rest.bars(`${AAPL}/1/hour/${DAY}?limit=150&sort=desc`);
      expect(down.toReversed()).to.deep.equal(hours);
      expect(await rest.bars(`${AAPL}/1/hour/${DAY}?limit=10`), 'smaller than any bar').to.deep.equal(hours);
    });

    it('larger bars - are made of smaller ones', async () => {
      const minutes = await rest.bars(`${AAPL}/1/minute/${DAY}`);
      for (const [range, ms] of [
        ['5/minute', 300_000],
        ['4/hour', 14_400_000],
      ] as const) {
        for (const bar of await rest.bars(`${AAPL}/${range}/${DAY}`)) {
          const midnight = Date.parse('2026-10-01T04:00Z');
          expect((bar.t - midnight) % ms).to.equal(0);
          expectMadeOf(
            bar,
            minutes.filter(({ t }) => t >= bar.t && t < bar.t + ms),
          );
        }
      }
      const days = await rest.bars(`${AAPL}/1/day/2026-08-02/2026-10-01`);
      const weeks = await rest.bars(`${AAPL}/1/week/2026-08-02/2026-10-01`);
      const months = await rest.bars(`${AAPL}/1/month/2026-08-05/2026-10-01`);
      expect(weeks.map(({ t }) => new Date(t).getUTCDay())).to.satisfy((list: number[]) =>
        list.every(day => day === 0),
      );
      expect(months.map(({ t }) => new Date(t).toISOString().slice(0, 10))).to.deep.equal([
        '2026-08-01',
        '2026-09-01',
        '2026-10-01',
      ]);
      expectMadeOf(weeks[1]!, days.slice(5, 10));
      expectMadeOf(
        months[1]!,
        days.filter(({ t }) => new Date(t).toISOString().startsWith('2026-09')),
      );
    });

    it('adjusted - by splits, prices down and volumes up', async () => {
      const path = '/v2/aggs/ticker/NVDA/range/1/day/2024-06-07/2024-06-10';
      const [before, after] = await rest.bars(`${path}?adjusted=false`);
      const [adjusted, same] = await rest.bars(path);
      expect(same).to.deep.equal(after);
      expect(before!.c / adjusted!.c).to.be.closeTo(10, 1e-9);
      expect(adjusted!.v! / before!.v!).to.be.closeTo(10, 1e-9);
      expect(adjusted!.n).to.equal(before!.n);
    });

    it('time - what has not happened is not told, and a minute that has not ended has what is known', async () => {
      const bars = await rest.bars(`${AAPL}/1/minute/2026-10-02/2026-10-05`);
      const nowMs = harness.simulator.truth().market.timeMs;
      expect(bars.at(-1)!.t).to.be.within(nowMs - 120_000, nowMs);
    });

    it('ticker - spelled as REST spells it, with the days of its market', async () => {
      const [bar] = await rest.bars(`/v2/aggs/ticker/X:BTCUSD/range/1/day/${DAY}`);
      expect(bar!.t).to.equal(Date.parse('2026-10-01T00:00Z'));
      expect(await rest.bars(`/v2/aggs/ticker/X%3ABTCUSD/range/1/day/${DAY}`)).to.deep.equal([bar]);
      expect(await rest.bars(`/v2/aggs/ticker/BTC-USD/range/1/day/${DAY}`)).to.deep.equal([]);
    });

    it('grouped and previous - have the end of the window as their time', async () => {
      const grouped = await rest.get('/v2/aggs/grouped/locale/us/market/stocks/2026-10-01?adjusted=false');
      expect(grouped.resultsCount).to.equal(20);
      for (const bar of grouped.results!) {
        expect(bar.t).to.equal(Date.parse('2026-10-01T20:00Z'));
        const [day] = await rest.bars(`/v2/aggs/ticker/${bar.T}/range/1/day/${DAY}?adjusted=false`);
        expect({ ...day, t: bar.t, T: bar.T }).to.deep.equal(bar);
      }
      const previous = await rest.get('/v2/aggs/ticker/AAPL/prev');
      expect(previous.results).to.deep.equal(grouped.results!.filter(({ T }) => T === 'AAPL'));
    });
  });

  describe('reference', () => {
    it('tickers - are paged, and those of a day are the ones that traded on it', async () => {
      const pages = await rest.pages('/v3/reference/tickers?market=stocks&limit=7');
      const active = pages.flatMap(({ results = [] }) => results) as unknown as { ticker: string }[];
      expect(pages.length).to.equal(3);
      expect(active.map(({ ticker }) => ticker)).to.deep.equal(active.map(({ ticker }) => ticker).toSorted());
      const [gone] = (await rest.get('/v3/reference/tickers?active=false')).results as unknown as {
        ticker: string;
        delisted_utc: string;
      }[];
      const before = new Date(Date.parse(gone!.delisted_utc) - 86_400_000).toISOString().slice(0, 10);
      const then = await rest.pages(`/v3/reference/tickers?market=stocks&date=${before}&limit=1000`);
      expect(then[0]!.results!.length).to.equal(active.length + 1);
    });

    it('splits and dividends - the old and the new endpoints tell the same', async () => {
      for (const [older, newer, date] of [
        ['/v3/reference/splits', '/stocks/v1/splits', 'execution_date'],
        ['/v3/reference/dividends', '/stocks/v1/dividends', 'ex_dividend_date'],
      ] as const) {
        const [a, b] = await Promise.all(
          [older, newer].map(
            async path => (await rest.bars(`${path}?limit=9`)) as unknown as Record<string, string>[],
          ),
        );
        expect(a!.length).to.be.above(5);
        expect(a!.map(row => `${row['id']} ${row['ticker']} ${row[date]}`)).to.deep.equal(
          b!.map(row => `${row['id']} ${row['ticker']} ${row[date]}`),
        );
        expect(b![0]).to.include.keys('historical_adjustment_factor');
        const since = await rest.bars(`${older}?${date}.gte=2024-01-01&limit=1000`);
        expect(since.length).to.equal(a!.filter(row => row[date]! >= '2024-01-01').length);
      }
    });

    it('market status - now, and the holidays to come', async () => {
      expect(await rest.get('/v1/marketstatus/now')).to.include({
        market: 'open',
        serverTime: '2026-10-02T13:59:57-04:00',
      });
      const upcoming = (await rest.get('/v1/marketstatus/upcoming')) as unknown as Record<string, string>[];
      expect(upcoming[0]).to.deep.equal({
        date: '2026-11-26',
        exchange: 'NYSE',
        name: 'Thanksgiving',
        status: 'closed',
      });
      expect(upcoming[3]).to.deep.include({
        date: '2026-11-27',
        status: 'early-close',
        close: '2026-11-27T18:00:00.000Z',
      });
    });
  });
});

function expectMadeOf(bar: RestBar, parts: readonly RestBar[]): void {
  expect(bar.o).to.equal(parts[0]!.o);
  expect(bar.c).to.equal(parts.at(-1)!.c);
  expect(bar.h).to.equal(Math.max(...parts.map(({ h }) => h)));
  expect(bar.l).to.equal(Math.min(...parts.map(({ l }) => l)));
  expect(bar.n).to.equal(parts.reduce((sum, { n = 0 }) => sum + n, 0));
  expect(bar.v!).to.be.closeTo(
    parts.reduce((sum, { v = 0 }) => sum + v, 0),
    1e-3,
  );
}
