import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { parseFault, parseScheduledFault } from '../../../src/simulator/faults.ts';
import { FileClient } from './file-client.ts';
import { type RestBody, RestClient } from './rest-client.ts';
import { SimulatorHarness } from './simulator-harness.ts';

const BARS = '/v2/aggs/ticker/AAPL/range/1/minute/2026-10-01/2026-10-01?limit=100';
const FILE = '/flatfiles/us_stocks_sip/minute_aggs_v1/2026/10/2026-10-01.csv.gz';
const date = '20261002T175957Z';

describe('simulator faults of requests', () => {
  let harness: SimulatorHarness;
  let rest: RestClient;
  let files: FileClient;

  before(async () => {
    harness = await SimulatorHarness.start({ symbols: 3, rate: 2, filesFrom: '2026-10-01' });
    rest = new RestClient(harness.simulator.httpUrl);
    files = new FileClient(harness.simulator.httpUrl);
  });

  afterEach(() => inject('http-heal'));

  after(() => harness.simulator.close());

  async function inject(fault: string): Promise<number> {
    const response = await fetch(`${rest.url}/control/${fault}`, { method: 'POST' });
    expect(response.status, fault).to.equal(200);
    return ((await response.json()) as { applied: number }).applied;
  }

  it('errors - happen to the next requests and to no more', async () => {
    for (const status of [400, 401, 403, 404, 429, 500]) {
      expect(await inject(`http-error?status=${status}&count=2&on=rest`)).to.equal(2);
      for (let i = 0; i < 2; i++) {
        const response = await rest.fetch(BARS);
        expect([response.status, response.headers.get('retry-after')]).to.deep.equal([status, null]);
        const { request_id: id, ...body } = (await response.json()) as RestBody;
        expect(id).to.be.a('string');
        expect(body).to.have.any.keys('error', 'message');
      }
      await rest.get(BARS);
    }
  });

  it('gateway errors - are pages, and Retry-After goes along where asked for', async () => {
    for (const status of [502, 503, 504]) {
      await inject(`http-error?status=${status}&on=rest&after=3`);
      const response = await rest.fetch(BARS);
      expect([
        response.status,
        response.headers.get('content-type'),
        response.headers.get('retry-after'),
      ]).to.deep.equal([status, 'text/html', '3']);
      expect(await response.text()).to.match(/^<html>/);
    }
  });

  it('files - have errors of their own', async () => {
    for (const [status, code] of [
      [403, 'AccessDenied'],
      [429, 'TooManyRequests'],
      [500, 'InternalError'],
      [503, 'ServiceUnavailable'],
    ] as const) {
      await inject(`http-error?status=${status}&on=files`);
      await rest.get(BARS);
      const response = await files.fetch(FILE, { date });
      expect(response.status).to.equal(status);
      expect(await response.text()).to.include(`<Code>${code}</Code>`);
    }
  });

  it('cut and truncated - the body ends before its length', async () => {
    const { length } = Buffer.from(await (await files.fetch(FILE, { date })).arrayBuffer());
    for (const fault of [
      'http-cut?bytes=5000',
      'http-truncate?bytes=5000',
      'http-truncate',
      'http-cut?bytes=0',
    ]) {
      await inject(fault);
      const response = await files.fetch(FILE, { date }).catch((error: unknown) => error);
      if (!(response instanceof Response)) continue;
      expect(Number(response.headers.get('content-length'))).to.equal(length);
      let received = 0;
      let failed = false;
      try {
        for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>)
          received += chunk.length;
      } catch {
        failed = true;
      }
      expect(failed, fault).to.equal(true);
      expect(received, fault).to.be.below(length);
    }
  });

  it('corrupt - the length is right, the bytes are not', async () => {
    await inject('http-corrupt?on=files');
    const response = await files.fetch(FILE, { date });
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.length).to.equal(Number(response.headers.get('content-length')));
    expect(() => gunzipSync(bytes)).to.throw();
  });

  it('half a file - looks whole until it is unpacked', async () => {
    await inject('half-file');
    const response = await files.fetch(FILE, { date });
    const bytes = Buffer.from(await response.arrayBuffer());
    expect([response.status, bytes.length]).to.deep.equal([
      200,
      Number(response.headers.get('content-length')),
    ]);
    expect(() => gunzipSync(bytes)).to.throw('unexpected end of file');
  });

  it('slow - so many bytes in a second', async () => {
    const whole = await (await files.fetch(FILE, { date })).arrayBuffer();
    await inject(`http-slow?rate=${Math.ceil(whole.byteLength / 2)}&on=files`);
    const response = await files.fetch(FILE, { date });
    let done = false;
    const body = response.arrayBuffer().finally(() => {
      done = true;
    });
    await harness.clock.advance(500);
    expect(done).to.equal(false);
    while (!done) await harness.clock.advance(100);
    expect(Buffer.from(await body).equals(Buffer.from(whole))).to.equal(true);
  });

  it('next_url - to the same page, or to another origin', async () => {
    await inject('same-cursor?count=2');
    const { next_url: same } = await rest.get(BARS);
    const { next_url: again } = await rest.get(same!);
    expect(again).to.equal(same);
    await inject('foreign-next?origin=http://127.0.0.1:9');
    expect(new URL((await rest.get(BARS)).next_url!).origin).to.equal('http://127.0.0.1:9');
  });

  it('share - of all requests, until it is healed', async () => {
    await inject('http-error?status=500&share=0.3&on=rest');
    let failed = 0;
    for (let i = 0; i < 100; i++) if ((await rest.fetch('/v1/marketstatus/now')).status === 500) failed++;
    expect(failed).to.be.within(15, 45);
    expect(await inject('http-heal')).to.equal(1);
    for (let i = 0; i < 20; i++) await rest.get('/v1/marketstatus/now');
  });

  it('silence - one of two requests is never answered', async () => {
    await inject('http-silence?on=rest');
    const stop = new AbortController();
    const ask = (): Promise<number> =>
      fetch(rest.url + BARS, { headers: { authorization: 'Bearer demo' }, signal: stop.signal }).then(
        ({ status }) => status,
      );
    const both = [ask(), ask()];
    expect(await Promise.race(both)).to.equal(200);
    stop.abort();
    const outcomes = await Promise.allSettled(both);
    expect(outcomes.map(({ status }) => status).toSorted()).to.deep.equal(['fulfilled', 'rejected']);
  });

  it('wrong faults - are told', () => {
    for (const [name, given] of [
      ['http-error', { status: '418' }],
      ['http-error', { share: '2' }],
      ['http-slow', { ms: '3' }],
      ['half-file', { on: 'rest' }],
    ] as const) {
      expect(() => parseFault(name, new Map(Object.entries(given))), name).to.throw();
    }
    expect(parseScheduledFault('http-error~10,status=503,share=0.5').fault).to.deep.include({
      status: 503,
      share: 0.5,
    });
  });
});
