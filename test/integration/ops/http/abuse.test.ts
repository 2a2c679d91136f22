import { once } from 'node:events';
import type { Socket } from 'node:net';
import { expect } from 'chai';
import { CLIMBS, DOUBLED, NO_REQUESTS, requestBytes as request } from '../../../support/abusive-requests.ts';
import { StatusHarness } from '../../../support/status-harness.ts';

/** Nothing here waits for a request to come whole. */
const PATIENT = { headerMs: 30_000, requestMs: 60_000, keepAliveMs: 150, checkMs: 30 };
/** More than a busy machine takes for a request that comes at once. */
const SHORT = { headerMs: 1_000, requestMs: 1_500, keepAliveMs: 150, checkMs: 30 };

describe('status server - abuse', () => {
  let harness: StatusHarness;

  before(async () => {
    harness = await StatusHarness.start({ limits: PATIENT });
  });
  after(() => harness.close());
  afterEach(async () => {
    // Whatever was done to it, it answers.
    expect((await harness.ask('/health/live')).status).to.equal(200);
    expect(JSON.stringify(harness.logger.lines)).not.to.include(harness.token);
  });

  describe('no path leads to the disk', () => {
    for (const path of CLIMBS) {
      it(path, async () => {
        const answer = await harness.send(request(`GET ${path}`, 'Connection: close'));
        expect(answer).to.match(/^HTTP\/1\.1 40[014] /);
        expect(answer).not.to.match(/root:|import /);
        expect(answer).not.to.include(harness.token);
      });
    }
  });

  describe('requests that are none', () => {
    for (const [what, bytes, status] of NO_REQUESTS) {
      it(what, async () => {
        const before = refusals();
        const answer = await harness.send(bytes);
        expect(answer.slice(0, 12)).to.match(new RegExp(`^HTTP/1\\.1 ${status.source}`));
        expect(refusals()).to.equal(before + 1);
      });
    }
  });

  describe('two requests in one', () => {
    for (const [what, bytes] of DOUBLED) {
      it(what, async () => {
        const answer = await harness.send(bytes);
        expect(answer).to.match(/^HTTP\/1\.1 400 /);
        // What is hidden behind it is never answered.
        expect(answer.match(/^HTTP\/1\.1 /gm)).to.have.lengthOf(1);
      });
    }
  });

  describe('bodies', () => {
    const post = (type: string, body: string) =>
      harness.ask('/login', { method: 'POST', headers: { ...harness.origin, 'content-type': type }, body });

    it('a large one is refused by its length before it is read', async () => {
      const head = request('POST /login', `Origin: ${harness.address}`, 'Content-Length: 1000000000');
      const answer = await harness.send(
        head.replace('Host: localhost', `Host: ${new URL(harness.address).host}`),
      );
      expect(answer).to.match(/^HTTP\/1\.1 413 /);
    });

    it('a large one in chunks is refused once it is too large', async () => {
      const lines = request('POST /login', `Origin: ${harness.address}`, 'Transfer-Encoding: chunked');
      const head = lines.replace('Host: localhost', `Host: ${new URL(harness.address).host}`);
      const chunk = `1000\r\n${'x'.repeat(4096)}\r\n`;
      expect(await harness.send(`${head}${chunk.repeat(17)}`)).to.match(/^HTTP\/1\.1 413 /);
    });

    it('one that is no form and no JSON is refused', async () => {
      expect((await post('text/plain', 'token=x')).status).to.equal(400);
      expect((await post('application/json', '{"token":')).status).to.equal(400);
      expect((await post('multipart/form-data; boundary=x', '--x--')).status).to.equal(400);
    });

    it('a program asks a feed for nonsense: it is told so', async () => {
      const headers = { ...harness.bearer, 'content-type': 'application/json' };
      const answer = await harness.ask('/api/feeds/stocks/gaps', { method: 'POST', headers, body: '[1' });
      expect([answer.status, JSON.parse(answer.body).error.code]).to.deep.equal([400, 'STATUS_BODY']);
    });
  });

  describe('those who take their time', () => {
    let patient: StatusHarness;
    before(async () => {
      patient = harness;
      harness = await StatusHarness.start({ limits: SHORT });
    });
    after(async () => {
      await harness.close();
      harness = patient;
    });

    it('a connection that says nothing is closed', async () => {
      const before = harness.refused('timeout');
      expect(await harness.send('')).to.match(/^(HTTP\/1\.1 408 |$)/);
      expect(harness.refused('timeout')).to.equal(before + 1);
    });

    it('a header that comes byte by byte is not waited for', async () => {
      const socket = await harness.connect();
      socket.on('error', () => {});
      const bytes = request('GET /', `A: ${'x'.repeat(5000)}`);
      let sent = 0;
      const drip = setInterval(() => sent < bytes.length && socket.write(bytes[sent++]!), 5);
      socket.on('close', () => clearInterval(drip)).resume();
      // Bytes may be on their way to where it is closed already, which is no error here.
      await new Promise(resolve => socket.on('close', resolve));
      expect(sent).to.be.greaterThan(1).and.lessThan(bytes.length);
    });

    it('a body that does not come is not waited for', async () => {
      const origin = `Origin: ${harness.address}`;
      const head = request('POST /login', origin, 'Content-Type: application/json', 'Content-Length: 100');
      const answer = await harness.send(
        head.replace('Host: localhost', `Host: ${new URL(harness.address).host}`),
      );
      expect(answer).to.match(/^(HTTP\/1\.1 408 |$)/);
    });

    it('a connection that is kept is not kept for long', async () => {
      const answer = await harness.send(request('GET /health/live'));
      expect(answer).to.match(/^HTTP\/1\.1 200 /);
    });
  });

  /** How many requests were refused so far. */
  function refusals(): number {
    const readings = harness.counters.readings().filter(({ name }) => name === 'status_requests_refused');
    return readings.reduce((sum, { total }) => sum + total, 0);
  }
});

describe('status server - a thousand idle connections', () => {
  it('keep nobody out, and are closed', async () => {
    const harness = await StatusHarness.start();
    const sockets: Socket[] = [];
    for (let count = 0; count < 1000; count++) {
      const socket = await harness.connect();
      socket.on('error', () => {});
      sockets.push(socket.resume());
    }
    expect((await harness.ask('/health/live')).status).to.equal(200);
    expect((await harness.ask('/api/status', { headers: harness.bearer })).status).to.equal(200);
    expect(harness.refused('connections-too-many')).to.be.greaterThan(870);
    expect(harness.logger.messages('warn')).to.have.lengthOf(1);
    await harness.close();
    await Promise.all(sockets.map(socket => socket.closed || once(socket, 'close')));
  });
});

describe('status server - connections that break off', () => {
  it('at whatever moment, the process goes on', async () => {
    const harness = await StatusHarness.start();
    const requests = [...NO_REQUESTS, ...DOUBLED].map(([, bytes]) => bytes);
    requests.push(request('GET /events', `Authorization: Bearer ${harness.token}`), request('GET /metrics'));
    for (const bytes of requests) {
      for (const length of [1, Math.floor(bytes.length / 2), bytes.length]) {
        const socket = await harness.connect();
        socket.on('error', () => {});
        socket.write(bytes.slice(0, length), () => socket.resetAndDestroy());
        if (!socket.closed) await once(socket, 'close');
      }
    }
    expect((await harness.ask('/health/live')).status).to.equal(200);
    expect(harness.logger.messages('error')).to.deep.equal([]);
    await harness.close();
  });
});
