import { once } from 'node:events';
import type { Socket } from 'node:net';
import { expect } from 'chai';
import { StatusHarness } from '../../../support/status-harness.ts';

const SHORT = { headerMs: 150, requestMs: 300, keepAliveMs: 150, checkMs: 30 };

describe('status server - abuse', () => {
  let harness: StatusHarness;

  before(async () => {
    harness = await StatusHarness.start({ limits: SHORT });
  });
  after(() => harness.close());
  afterEach(async () => {
    // Whatever was done to it, it answers.
    expect((await harness.ask('/health/live')).status).to.equal(200);
    expect(JSON.stringify(harness.logger.lines)).not.to.include(harness.token);
  });

  const request = (line: string, ...headers: string[]): string =>
    [`${line} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n');

  describe('no path leads to the disk', () => {
    const climbs = [
      '/assets/../status-token',
      '/assets/../../etc/passwd',
      '/../../../../etc/passwd',
      '/assets/..%2f..%2fetc%2fpasswd',
      '/assets/%2e%2e/%2e%2e/etc/passwd',
      '/assets/%252e%252e%252fetc/passwd',
      '/assets/..%5c..%5cetc%5cpasswd',
      '/assets/..\\..\\etc\\passwd',
      '/assets/....//....//etc/passwd',
      '/assets/%c0%ae%c0%ae/etc/passwd',
      '/assets/%c0%af/etc/passwd',
      '/assets/..;/..;/etc/passwd',
      '/assets//etc/passwd',
      '/assets/%00',
      '/assets/style.css%00.html',
      '/assets/style.css/../../status-token',
      '/assets/./style.css',
      '/assets/',
      '/assets',
      '/assets/style%2ecss',
      '/assets/STYLE.CSS',
      '/assets/file:///etc/passwd',
      '/assets/__proto__',
      '/assets/constructor',
      '//etc/passwd',
      '/status-token',
      '/.git/config',
      '/%',
      '/api/feeds/../../status-token',
    ];
    for (const path of climbs) {
      it(path, async () => {
        const answer = await harness.send(request(`GET ${path}`, 'Connection: close'));
        expect(answer).to.match(/^HTTP\/1\.1 40[014] /);
        expect(answer).not.to.match(/root:|import /);
        expect(answer).not.to.include(harness.token);
      });
    }
  });

  describe('requests that are none', () => {
    const cases: readonly (readonly [what: string, bytes: string, status: RegExp])[] = [
      ['no HTTP', 'hello\r\n\r\n', /400/],
      ['bytes', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', /400/],
      ['zeros', '\0'.repeat(1000), /400/],
      ['another version', 'GET / HTTP/9.9\r\nHost: localhost\r\n\r\n', /400/],
      ['no version, so no Host', 'GET /\r\n\r\n', /403/],
      ['an unknown method', request('BREW /'), /400/],
      ['DELETE', request('DELETE /'), /405/],
      ['OPTIONS, as before a cross-origin request', request('OPTIONS /', 'Origin: http://evil.net'), /405/],
      ['TRACE', request('TRACE /'), /405/],
      ['CONNECT', request('CONNECT localhost:22'), /405/],
      ['an address of another host', request('GET http://evil.net/'), /400/],
      ['an address of its own', request('GET http://localhost/metrics'), /400/],
      ['a star', request('GET *'), /400/],
      ['a fragment of a path', request('GET metrics'), /400/],
      ['no Host', 'GET / HTTP/1.1\r\n\r\n', /403/],
      ['two Hosts', request('GET /', 'Host: evil.net'), /400/],
      ['two Origins', request('POST /logout', 'Origin: http://localhost', 'Origin: http://evil.net'), /400/],
      ['two tokens', request('GET /api/status', 'Authorization: Bearer a', 'Authorization: Bearer b'), /400/],
      ['a header without a name', request('GET /', ': x'), /400/],
      ['a blank before a colon', request('GET /', 'Host : evil.net'), /400/],
      ['a header that goes on in the next line', request('GET /', 'A: b', ' c'), /400/],
      ['a zero in a header', request('GET /', 'A: b\0c'), /400/],
      ['bare line ends', 'GET / HTTP/1.1\nHost: evil.net\n\n', /40[03]/],
      ['a huge header', request('GET /', `A: ${'x'.repeat(20_000)}`), /431/],
      ['a huge path', request(`GET /${'x'.repeat(20_000)}`), /431/],
      ['a long path', request(`GET /${'x'.repeat(4_000)}`), /400/],
      ['many headers', request('GET /', ...Array.from({ length: 100 }, (_, index) => `A${index}: b`)), /431/],
      ['an expectation', request('POST /login', 'Expect: 100-continue', 'Content-Length: 5'), /417/],
      ['another expectation', request('POST /login', 'Expect: cake', 'Content-Length: 5'), /417/],
      ['a body where there is none', `${request('GET /', 'Content-Length: 5')}hello`, /400/],
      ['chunks where there is no body', `${request('GET /', 'Transfer-Encoding: chunked')}0\r\n\r\n`, /400/],
    ];
    for (const [what, bytes, status] of cases) {
      it(what, async () => {
        const before = refusals();
        const answer = await harness.send(bytes);
        expect(answer.slice(0, 12)).to.match(new RegExp(`^HTTP/1\\.1 ${status.source}`));
        expect(refusals()).to.equal(before + 1);
      });
    }
  });

  describe('two requests in one', () => {
    const hidden = 'GET /api/status HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const own = ['Origin: http://localhost', 'Content-Type: application/x-www-form-urlencoded'];
    const cases: readonly (readonly [what: string, bytes: string])[] = [
      [
        'length and chunks',
        `${request('POST /logout', ...own, 'Content-Length: 6', 'Transfer-Encoding: chunked')}0\r\n\r\n${hidden}`,
      ],
      [
        'chunks and length',
        `${request('POST /logout', ...own, 'Transfer-Encoding: chunked', 'Content-Length: 6')}0\r\n\r\n${hidden}`,
      ],
      [
        'two lengths',
        `${request('POST /logout', ...own, 'Content-Length: 0', 'Content-Length: 60')}${hidden}`,
      ],
      ['a length twice in one', `${request('POST /logout', ...own, 'Content-Length: 0, 60')}${hidden}`],
      ['a length with a sign', `${request('POST /logout', ...own, 'Content-Length: +6')}${hidden}`],
      ['a negative length', `${request('POST /logout', ...own, 'Content-Length: -1')}${hidden}`],
      ['a length in hexadecimal', `${request('POST /logout', ...own, 'Content-Length: 0x6')}${hidden}`],
      [
        'chunks that are called otherwise',
        `${request('POST /logout', ...own, 'Transfer-Encoding: xchunked')}0\r\n\r\n${hidden}`,
      ],
      [
        'chunks called twice',
        `${request('POST /logout', ...own, 'Transfer-Encoding: chunked, identity')}0\r\n\r\n${hidden}`,
      ],
      [
        'a size that is no number',
        `${request('POST /logout', ...own, 'Transfer-Encoding: chunked')}zz\r\n${hidden}`,
      ],
      [
        'a size beyond all',
        `${request('POST /logout', ...own, 'Transfer-Encoding: chunked')}${'f'.repeat(40)}\r\n${hidden}`,
      ],
      [
        'a chunk longer than it says',
        `${request('POST /logout', ...own, 'Transfer-Encoding: chunked')}1\r\nab\r\n${hidden}`,
      ],
    ];
    for (const [what, bytes] of cases) {
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
      const drip = setInterval(() => socket.write(bytes[sent++]!), 5);
      socket.resume();
      await once(socket, 'close');
      clearInterval(drip);
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
