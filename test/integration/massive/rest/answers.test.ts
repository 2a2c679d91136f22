import { expect } from 'chai';
import { ExitCode } from '../../../../src/base/exit-codes.ts';
import { pagesOf } from '../../../../src/massive/rest/pages.ts';
import { HttpServer, type Script } from '../../../support/http-server.ts';
import { LeapingClock } from '../../../support/leaping-clock.ts';
import { REST_KEY, RestHarness, rejection } from '../../../support/rest-harness.ts';

const NOTHING = { status: 'OK', request_id: 'a', resultsCount: 0, queryCount: 0 };
const LIMITED = {
  status: 'ERROR',
  request_id: 'a',
  error:
    "You've exceeded the maximum requests per minute, please wait or upgrade your subscription to continue.",
};
const BAD_GATEWAY =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n';

describe('REST answers', () => {
  let server: HttpServer;
  let rest: RestHarness;
  let clock: LeapingClock;

  beforeEach(async () => {
    server = await HttpServer.start();
    clock = new LeapingClock();
    rest = new RestHarness({ address: server.address, clock });
  });

  afterEach(async () => {
    await rest.close();
    await server.stop();
  });

  const get = (path = '/v2/aggs/ticker/AAPL/range/1/minute/1/2') =>
    rest.requests.get(rest.requests.url(path, { adjusted: false }), rest.signal);

  it('key - goes in a header, and into no address, message or log line', async () => {
    server.scripts.push(
      { status: 500, body: { error: `no such thing as ${REST_KEY}` } },
      { status: 401, body: { status: 'ERROR', request_id: 'a', error: `Unknown API Key ${REST_KEY}` } },
    );
    const error = await rejection(get());
    expect(error.message).to.include('Unknown API Key [key]');
    expect(error.code).to.equal('REST_KEY_REFUSED');
    for (const { headers, path, query } of server.seen) {
      expect(headers.authorization).to.equal(`Bearer ${REST_KEY}`);
      expect(headers['accept-encoding']).to.equal('gzip');
      expect(path + String(query)).not.to.include(REST_KEY);
    }
    expect(JSON.stringify(rest.logger.lines)).not.to.include(REST_KEY);
    expect(`${error.message} ${error.stack}`).not.to.include(REST_KEY);
  });

  const lasting: readonly (readonly [Script, string, number, RegExp])[] = [
    [
      {
        status: 400,
        body: {
          status: 'ERROR',
          request_id: '708a85cecad66756c956da798714ac63',
          error: "The parameter 'to' cannot be a time that occurs before 'from'",
        },
      },
      'REST_BAD_REQUEST',
      ExitCode.failed,
      /received 400: The parameter 'to' cannot be a time that occurs before 'from'\./,
    ],
    [
      { status: 401, body: { status: 'ERROR', request_id: 'a', message: 'Unknown API Key' } },
      'REST_KEY_REFUSED',
      ExitCode.refused,
      /received 401: Unknown API Key\./,
    ],
    [
      {
        status: 403,
        body: {
          status: 'NOT_AUTHORIZED',
          request_id: 'a',
          message:
            'You are not entitled to this data. Please upgrade your plan at https://massive.com/pricing',
        },
      },
      'REST_NOT_IN_PLAN',
      ExitCode.refused,
      /range\/1\/minute\/1\/2 is not in your plan; received 403: You are not entitled/,
    ],
    [
      { status: 403, body: '<html><body>Blocked by the gateway</body></html>' },
      'REST_UNAVAILABLE',
      ExitCode.unavailable,
      /403: Blocked by the gateway/,
    ],
    [
      { status: 404, body: { status: 'NOT_FOUND', request_id: 'a', message: 'Ticker not found.' } },
      'REST_NOT_FOUND',
      ExitCode.failed,
      /received 404: Ticker not found\./,
    ],
    [
      { status: 404, body: '404 page not found', headers: { 'content-type': 'text/plain' } },
      'REST_NOT_FOUND',
      ExitCode.failed,
      /received 404: 404 page not found\./,
    ],
    [
      { status: 302, headers: { location: 'http://elsewhere.invalid/' } },
      'REST_ANSWER',
      ExitCode.failed,
      /302: an empty body/,
    ],
  ];
  for (const [script, code, exitCode, message] of lasting) {
    it(`${code} - is told in one line and not tried again (${message.source})`, async () => {
      server.scripts.push(script);
      const error = await rejection(get());
      expect(error).to.include({ code, exitCode });
      expect(error.message)
        .to.match(message)
        .and.not.match(/[\r\n]/);
      expect(server.seen).to.have.length(1);
      expect(clock.delaysMs).to.deep.equal([]);
    });
  }

  const passing: readonly (readonly [string, Script])[] = [
    ['429 with words', { status: 429, body: LIMITED }],
    ['429 without a body', { status: 429 }],
    ['500', { status: 500, body: { status: 'ERROR', request_id: 'a', error: 'Internal Server Error' } }],
    ['502 of a gateway', { status: 502, body: BAD_GATEWAY }],
    ['504', { status: 504, body: '' }],
    ['a connection that is closed', 'hang-up'],
    ['a body that is cut', { body: NOTHING, cutAfterBytes: 20 }],
    ['gzip that is damaged', { body: Buffer.alloc(200, 7), headers: { 'content-encoding': 'gzip' } }],
  ];
  for (const [name, script] of passing) {
    it(`${name} - is asked again until it passes, with growing delays`, async () => {
      server.scripts.push(script, script, { body: NOTHING, gzip: true });
      expect(JSON.parse(await get())).to.deep.equal(NOTHING);
      expect(server.seen).to.have.length(3);
      const [first = 0, second = 0] = clock.delaysMs.filter(ms => ms > 100);
      expect(second).to.equal(first * 2);
      expect(rest.counted('rest_requests_retried')).to.equal(2);
      expect(rest.logger.messages('warn').join()).to.match(/it is asked again in/);
    });
  }

  it('attempts - are limited, and what stayed is told', async () => {
    server.answer = () => ({ status: 502, body: BAD_GATEWAY });
    const error = await rejection(get());
    expect(error).to.include({ code: 'REST_UNAVAILABLE', exitCode: ExitCode.unavailable });
    expect(error.message).to.match(/was answered 502: 502 Bad Gateway 502 Bad Gateway, 6 times\./);
    expect(server.seen).to.have.length(6);
  });

  it('Retry-After - is kept to, as seconds and as a date, and no longer than a minute', async () => {
    const date = new Date(clock.wallMs() + 20_000).toUTCString();
    for (const after of ['7', date, '86400']) {
      server.scripts.push({ status: 503, body: '', headers: { 'retry-after': after } });
    }
    server.scripts.push({ body: NOTHING });
    await get();
    const [first, second, third] = clock.delaysMs;
    expect(first).to.equal(7_000);
    // Seven of the twenty seconds have passed.
    expect(second).to.equal(13_000);
    expect(third).to.equal(60_000);
  });

  it('429 of a slow plan - waits a part of the minute, not of a second', async () => {
    const slow = new RestHarness({ address: server.address, clock, budget: { requestsPerMinute: 100 } });
    server.scripts.push({ status: 429, body: LIMITED }, { body: NOTHING });
    await slow.requests.get(slow.requests.url('/v3/reference/tickers'), slow.signal);
    expect(clock.delaysMs[0]).to.be.within(7_500, 16_000);
    await slow.close();
  });

  it('a small answer that unpacks to a huge one - is refused', async () => {
    const small = new RestHarness({ address: server.address, clock, options: { maxAnswerBytes: 100_000 } });
    server.answer = () => ({ body: Buffer.alloc(10_000_000, 0x20), gzip: true });
    const error = await rejection(small.requests.get(small.requests.url('/v1/x'), small.signal));
    expect(error.code).to.equal('REST_ANSWER');
    expect(error.message).to.match(/more than 100000 bytes/);
    server.answer = () => ({ body: Buffer.alloc(200_000, 0x20) });
    expect((await rejection(small.requests.get(small.requests.url('/v1/x'), small.signal))).code).to.equal(
      'REST_ANSWER',
    );
    expect(server.seen).to.have.length(2);
    await small.close();
  });

  it('an encoding that was not asked for - is refused', async () => {
    server.scripts.push({ body: NOTHING, headers: { 'content-encoding': 'br' } });
    expect((await rejection(get())).message).to.match(/unknown encoding; received br/);
  });

  it('silence - ends after its time-out', async () => {
    const quick = new RestHarness({
      address: server.address,
      clock,
      options: { silenceTimeoutMs: 50, attempts: 2 },
    });
    server.answer = () => 'silence';
    const error = await rejection(quick.requests.get(quick.requests.url('/v1/x'), quick.signal));
    expect(error.code).to.equal('REST_UNAVAILABLE');
    expect(error.message).to.match(/Headers Timeout Error, 2 times/);
    await quick.close();
  });

  it('an answer that takes too long - is given up, and asked for again', async () => {
    server.onRequest = () => {
      if (server.seen.length === 1) clock.skip(200_000);
    };
    server.answer = () => ({ body: NOTHING });
    expect(JSON.parse(await get())).to.deep.equal(NOTHING);
    expect(rest.logger.messages('warn').join()).to.match(/failed: its body came too slowly; it is asked/);
  });

  it('a signal - ends a request that is not answered, and one that waits to be asked again', async () => {
    server.answer = () => 'silence';
    const stop = new AbortController();
    server.onRequest = () => stop.abort(new Error('stopped'));
    const error = await rejection(rest.requests.get(rest.requests.url('/v1/x'), stop.signal));
    expect(error.message).to.equal('stopped');
    const before = new AbortController();
    before.abort(new Error('stopped before'));
    expect((await rejection(rest.requests.get(rest.requests.url('/v1/x'), before.signal))).message).to.equal(
      'stopped before',
    );
    expect(server.seen).to.have.length(1);
  });

  describe('pages', () => {
    const list = () => rest.requests.url('/v3/reference/tickers', { limit: 2 });
    const all = async (first = list()) => {
      const results: unknown[] = [];
      for await (const page of pagesOf(rest.requests, first, rest.signal)) results.push(...page.results);
      return results;
    };

    it('follow next_url as it is given, with the key in the header', async () => {
      const next = `${server.address}/v3/reference/tickers/rewritten?cursor=bGltaXQ9NSZzb3J0PWFzYw`;
      server.scripts.push(
        { body: { status: 'OK', results: [1, 2], next_url: next } },
        { body: { status: 'DELAYED', results: [3] } },
      );
      expect(await all()).to.deep.equal([1, 2, 3]);
      expect(server.seen[1]!.path).to.equal('/v3/reference/tickers/rewritten');
      expect(String(server.seen[1]!.query)).to.equal('cursor=bGltaXQ9NSZzb3J0PWFzYw');
      expect(server.seen[1]!.headers.authorization).to.equal(`Bearer ${REST_KEY}`);
    });

    it('end where the results are missing on a holiday, or the next address is empty', async () => {
      server.scripts.push({ body: NOTHING }, { body: { results: [1], next_url: '' } });
      expect(await all()).to.deep.equal([]);
      expect(await all()).to.deep.equal([1]);
    });

    it('never carry the key to another place', async () => {
      const other = await HttpServer.start();
      for (const next of [`${other.address}/x`, server.address.replace('//', '//user:secret@')]) {
        server.scripts.push({ body: { results: [1], next_url: next } });
        const error = await rejection(all());
        expect(error.code).to.equal('REST_ANSWER');
        expect(error.message)
          .to.match(/another place for its next page/)
          .and.not.include('secret');
      }
      expect(other.seen).to.have.length(0);
      await other.stop();
    });

    it('do not go round in a circle', async () => {
      server.answer = () => ({ body: { results: [1], next_url: `${server.address}/a?cursor=x` } });
      const error = await rejection(all());
      expect(error.code).to.equal('REST_ANSWER');
      expect(server.seen).to.have.length(2);
    });

    const unusable: readonly (readonly [string, Script, RegExp])[] = [
      ['HTML', { body: '<html>maintenance</html>' }, /not answered with JSON; received '<html>maintenance/],
      ['an empty body', { body: '' }, /not answered with JSON; received nothing/],
      ['a bare list', { body: [1] }, /not answered with an object/],
      ['results that are no list', { body: { results: 'none' } }, /without its list/],
      ['a count without results', { body: { resultsCount: 3 } }, /without its list/],
      ['an error as data', { body: { status: 'ERROR', error: 'try later' } }, /received try later/],
      ['a next page that is no address', { body: { results: [], next_url: 7 } }, /names no address/],
    ];
    for (const [name, script, message] of unusable) {
      it(`${name} - is an error, never an empty day`, async () => {
        server.scripts.push(script);
        const error = await rejection(all());
        expect(error.code).to.equal('REST_ANSWER');
        expect(error.message).to.match(message);
      });
    }
  });
});
