import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { MassiveKdbError } from '../../../../src/base/errors.ts';
import { StatusHarness } from '../../../support/status-harness.ts';

describe('status server - what it serves', () => {
  let harness: StatusHarness;
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const programs = { 'content-type': 'application/json' };

  beforeEach(async () => {
    harness = await StatusHarness.start();
  });
  afterEach(() => harness.close());

  it('asks for the token, and lets in with it until the log-out', async () => {
    const before = await harness.ask('/');
    expect(before.status).to.equal(200);
    expect(before.body).to.include('action="/login"').and.not.include(harness.daemon.line.text);
    const cookie = await harness.logIn();
    const page = await harness.ask('/', { headers: { cookie } });
    expect(page.body).to.include(harness.daemon.line.text);
    const out = await harness.ask('/logout', { method: 'POST', headers: { ...harness.origin, cookie } });
    expect(out.status).to.equal(303);
    expect(out.headers['set-cookie']?.[0]).to.include(`${cookie.split('=')[0]}=; Max-Age=0;`);
  });

  it('a wrong token lets nobody in, and after ten of them no login is looked at for a while', async () => {
    for (let attempt = 0; attempt < 10; attempt++) expect(await harness.logIn('wrong')).to.equal('');
    expect(await harness.logIn()).to.equal('');
    expect(harness.refused('token-wrong')).to.equal(10);
    expect(harness.refused('logins-too-many')).to.equal(1);
    // Who has the token itself is not kept out by those who have not.
    expect((await harness.ask('/api/status', { headers: harness.bearer })).status).to.equal(200);
    expect(harness.logger.lines.filter(line => line.fields['reason'] === 'token-wrong')).to.have.lengthOf(1);
  });

  it('tells programs with the token everything, and without it nothing', async () => {
    for (const path of ['/api/status', '/api/configuration', '/api/feeds/stocks/gaps', '/events']) {
      const answer = await harness.ask(path);
      expect(answer.status, path).to.equal(401);
      expect(answer.body, path).to.include('the token is missing');
    }
    const { body } = await harness.ask('/api/status', { headers: harness.bearer });
    expect(JSON.parse(body)).to.deep.equal(JSON.parse(JSON.stringify(harness.daemon.status())));
    const configuration = await harness.ask('/api/configuration', { headers: harness.bearer });
    expect(JSON.parse(configuration.body).settings[0].path).to.equal('failFast');
  });

  it('asks a feed as the control socket does: JSON for programs, the page again after a form', async () => {
    const got: unknown[] = [];
    harness.feedRoutes = [
      { method: 'GET', path: /^\/gaps$/, answer: () => ({ gaps: [{ id: 'stocks-1' }] }) },
      {
        method: 'POST',
        path: /^\/subscriptions\/add$/,
        answer: (_groups, body) => {
          got.push(body);
          return { count: 2 };
        },
      },
      {
        method: 'GET',
        path: /^\/candles\/(?<sym>[^/]+)$/,
        answer: ({ sym }, _body, query) => [sym, query.get('limit')],
      },
      {
        method: 'POST',
        path: /^\/gaps\/(?<id>[^/]+)\/fill$/,
        answer: ({ id }) => {
          throw new MassiveKdbError('GAP_REQUEST', { what: `there is no gap ${id}`, remedy: 'Look again.' });
        },
      },
    ];
    const ask = (path: string, method = 'GET', headers = {}, body?: string) =>
      harness.ask(`/api/feeds/stocks${path}`, {
        method,
        headers: { ...harness.bearer, ...headers },
        ...(body === undefined ? {} : { body }),
      });
    expect(JSON.parse((await ask('/candles/O:SPY%2F1?limit=5')).body)).to.deep.equal(['O:SPY/1', '5']);
    const added = await ask('/subscriptions/add', 'POST', programs, '{"symbols":["A"]}');
    expect(JSON.parse(added.body)).to.deep.equal({ count: 2 });
    const sent = await ask('/subscriptions/add', 'POST', form, 'symbols=A%2C+B%0D%0AC');
    expect([sent.status, sent.headers['location']]).to.deep.equal([303, '/']);
    expect(got).to.deep.equal([{ symbols: ['A'] }, { symbols: ['A', 'B', 'C'] }]);
    const refused = await ask('/gaps/x/fill', 'POST', programs, '{}');
    expect(refused.status).to.equal(409);
    expect(JSON.parse(refused.body).error).to.include({ code: 'GAP_REQUEST', what: 'there is no gap x' });
    const page = await ask('/gaps/x/fill', 'POST', form, 'a=b');
    expect(page.status).to.equal(409);
    expect(page.body).to.include('there is no gap x').and.include('stocks-1');
    expect((await ask('/gaps', 'POST', programs, '{}')).status).to.equal(405);
    expect((await ask('/other')).status).to.equal(404);
    expect((await harness.ask('/api/feeds/crypto/gaps', { headers: harness.bearer })).status).to.equal(404);
  });

  it('a fault of a route is told without its trace, and the server goes on', async () => {
    harness.status = () => {
      throw new TypeError('a secret place in the code');
    };
    const answer = await harness.ask('/api/status', { headers: harness.bearer });
    expect(answer.status).to.equal(500);
    expect(answer.body).not.to.include('secret place');
    expect(harness.logger.messages('error')[0]).to.include('a secret place');
    harness.status = undefined;
    expect((await harness.ask('/health/ready')).status).to.equal(200);
  });

  it('health says whether drains go on, and whether rows arrive, with reasons', async () => {
    const good = harness.daemon.status();
    expect(JSON.parse((await harness.ask('/health/live')).body)).to.deep.equal({ live: true, reasons: [] });
    expect(JSON.parse((await harness.ask('/health/ready')).body)).to.deep.equal({ ready: true, reasons: [] });
    const feeds = good.feeds.map(feed => ({ ...feed, lastDrainMs: good.nowMs - 31_000 }));
    harness.status = () => ({ ...good, feeds, ready: false, reasons: ['stocks: the tickerplant is away'] });
    const live = await harness.ask('/health/live');
    expect(live.status).to.equal(503);
    expect(JSON.parse(live.body).reasons).to.deep.equal(['stocks: no drain was completed for 31 s']);
    const ready = await harness.ask('/health/ready');
    expect(ready.status).to.equal(503);
    expect(JSON.parse(ready.body).reasons).to.deep.equal(['stocks: the tickerplant is away']);
  });

  it('a daemon that has not drained yet is alive for as long as a drain may take', async () => {
    const good = harness.daemon.status();
    const feeds = good.feeds.map(feed => ({ ...feed, lastDrainMs: null }));
    harness.status = () => ({ ...good, feeds, startedMs: good.nowMs - 29_000 });
    expect((await harness.ask('/health/live')).status).to.equal(200);
    harness.status = () => ({ ...good, feeds, startedMs: good.nowMs - 31_000 });
    expect((await harness.ask('/health/live')).status).to.equal(503);
  });

  it('metrics need no token, and tell what was refused', async () => {
    await harness.ask('/nowhere');
    const { headers, body } = await harness.ask('/metrics');
    expect(headers['content-type']).to.match(/^text\/plain; version=0\.0\.4/);
    expect(body).to.include('massive_kdb_status_requests_refused_total{reason="not-found"} 1');
    expect(body).to.match(/^process_resident_memory_bytes \d+$/m);
  });

  it('assets are those of the page, kept by browsers while they are the same', async () => {
    const first = await harness.ask('/assets/style.css');
    expect(first.body).to.equal(
      readFileSync(new URL('../../../support/status-harness.ts', import.meta.url), 'utf8'),
    );
    const again = await harness.ask('/assets/style.css', {
      headers: { 'if-none-match': first.headers.etag! },
    });
    expect([again.status, again.body]).to.deep.equal([304, '']);
    expect((await harness.ask('/assets/other.css')).status).to.equal(404);
  });

  it('everything is sent under the same strict policy', async () => {
    for (const path of ['/', '/metrics', '/health/live', '/nowhere', '/api/status', '/assets/style.css']) {
      const { headers } = await harness.ask(path);
      expect(headers['content-security-policy'], path).to.match(/^default-src 'none'; script-src 'self';/);
      expect(headers['x-content-type-options'], path).to.equal('nosniff');
      expect(headers['referrer-policy'], path).to.equal('same-origin');
      expect(headers['cache-control'], path).to.equal(path.startsWith('/assets/') ? 'no-cache' : 'no-store');
      expect(headers, path).not.to.have.any.keys('server', 'x-powered-by', 'access-control-allow-origin');
    }
  });

  it('HEAD is answered as GET without the body', async () => {
    const { status, headers, body } = await harness.ask('/health/live', { method: 'HEAD' });
    expect([status, body]).to.deep.equal([200, '']);
    expect(Number(headers['content-length'])).to.be.greaterThan(10);
    expect((await harness.ask('/events', { method: 'HEAD', headers: harness.bearer })).status).to.equal(405);
  });

  it('behind a proxy it is asked by the names of the configuration, and its cookie is as safe as the way there', async () => {
    const proxied = await StatusHarness.start({ behindProxy: true, allowedHosts: ['feed1.example.com'] });
    const body = new URLSearchParams({ token: proxied.token }).toString();
    const logIn = (headers: Record<string, string>) =>
      proxied.ask('/login', {
        method: 'POST',
        headers: { ...form, host: 'feed1.example.com', ...headers },
        body,
      });
    const origin = 'https://feed1.example.com';
    const secure = await logIn({ origin, 'x-forwarded-proto': 'https' });
    expect(secure.headers['set-cookie']?.[0]).to.match(/; Secure$/);
    const plain = await logIn({ origin: 'http://feed1.example.com' });
    expect(plain.headers['set-cookie']?.[0]).not.to.match(/Secure/);
    expect((await logIn({ origin: 'https://other.example.com' })).status).to.equal(403);
    expect((await logIn({ host: 'other.example.com' })).status).to.equal(403);
    await proxied.close();
  });
});
