import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { expect } from 'chai';
import { systemClock } from '../../../src/base/clock.ts';
import { memoryCounters } from '../../../src/base/counters.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { Session, type SessionOptions } from '../../../src/massive/session.ts';
import { wsOpenSocket } from '../../../src/massive/socket.ts';
import { ConnectProxy, type ProxyScript } from '../../support/connect-proxy.ts';
import { statusFrame } from '../../support/fake-sockets.ts';
import { MassiveServer, type ServerScript } from '../../support/massive-server.ts';
import { bar, KEY, RecordingListener, sessionHarness } from '../../support/session-harness.ts';
import { TEST_AUTHORITY } from '../../support/tls-fixture.ts';

describe('massive session on real sockets', () => {
  const cleanUp: (() => Promise<unknown>)[] = [];

  afterEach(async () => {
    for (const action of cleanUp.splice(0).reverse()) await action();
  });

  async function serve(script: ServerScript = {}): Promise<MassiveServer> {
    const server = await MassiveServer.start(script);
    cleanUp.push(() => server.stop());
    return server;
  }

  async function proxy(script: ProxyScript = {}): Promise<ConnectProxy> {
    const started = await ConnectProxy.start(script);
    cleanUp.push(() => started.stop());
    return started;
  }

  /** A session on real sockets; its time is the test's, so nothing happens by waiting. */
  function connect(options: Partial<SessionOptions>, environment: NodeJS.ProcessEnv = {}) {
    const harness = sessionHarness(options, wsOpenSocket(environment));
    const { session, listener, clock } = harness;
    const state = (name: string) => listener.until(() => session.state.name === name);
    cleanUp.push(async () => {
      const stopped = session.stop(0);
      await clock.advance(0);
      await stopped;
    });
    session.start();
    return { ...harness, state };
  }

  it('stream - the whole way: key in a message only, no compression, every bar in order', async () => {
    const server = await serve();
    const { listener, state } = connect({ url: server.url });
    await state('streaming');
    const connection = await server.connection(0);
    const { url, headers } = connection.request;
    expect(JSON.stringify([url, headers])).to.not.include(KEY);
    expect(headers['sec-websocket-extensions']).to.equal(undefined);
    expect(connection.messages).to.deep.equal([
      `{"action":"auth","params":"${KEY}"}`,
      '{"action":"subscribe","params":"AM.AAPL,AM.MSFT"}',
    ]);
    for (let s = 0; s < 1_000; s++) connection.send([bar('AAPL', s)]);
    await listener.until(() => listener.data.length === 1_000);
    expect(listener.data.map(event => event['s'])).to.deep.equal(Array.from({ length: 1_000 }, (_, s) => s));
  });

  it('stream - a list beyond 1 MB is taken by a server that takes no message of 1 MB', async () => {
    const subscriptions = Array.from({ length: 120_000 }, (_, i) => ({ channel: 'AM', ticker: `T${i}` }));
    const server = await serve();
    const { session, state } = connect({ url: server.url, subscriptions });
    await state('streaming');
    expect((await server.connection(0)).pairs.size).to.equal(120_000);
    expect(session.failedPairs).to.deep.equal([]);
  });

  it('stream - a broken character costs its frame, not the connection', async () => {
    const server = await serve();
    const { listener, state } = connect({ url: server.url });
    await state('streaming');
    const connection = await server.connection(0);
    const [before, after] = JSON.stringify([bar('#')]).split('#');
    connection.sendBytes(
      Buffer.concat([Buffer.from(before!), Buffer.from([0xc3, 0x28]), Buffer.from(after!)]),
    );
    connection.send([bar('AAPL', 7)]);
    await listener.until(() => listener.data.length === 2);
    expect(listener.data[1]).to.include({ sym: 'AAPL', s: 7 });
  });

  it('drop - without a closing handshake: connects again and has everything subscribed again', async () => {
    const server = await serve();
    const { session, listener, clock, state } = connect({ url: server.url });
    await state('streaming');
    (await server.connection(0)).drop();
    await state('backing-off');
    expect(session.state).to.have.nested.property('error.ending.code', 1006);
    await clock.advance(1_000);
    await state('streaming');
    const second = await server.connection(1);
    expect([...second.pairs]).to.deep.equal(['AM.AAPL', 'AM.MSFT']);
    second.send([bar('MSFT', 1)]);
    await listener.until(() => listener.data.length === 1);
  });

  it('drop - by a clean close, too', async () => {
    const server = await serve();
    const { clock, state } = connect({ url: server.url });
    await state('streaming');
    (await server.connection(0)).close(1000, 'done for today');
    await state('backing-off');
    await clock.advance(1_000);
    await state('streaming');
  });

  it('drop - on the clock of the system, with nobody to move it', async () => {
    const server = await serve();
    const listener = new RecordingListener();
    const session = new Session(
      {
        url: server.url,
        market: 'stocks',
        subscriptions: [{ channel: 'AM', ticker: '*' }],
        key: () => KEY,
        timing: { retryBaseMs: 1 },
      },
      {
        clock: systemClock,
        random: () => 0,
        logger: silentLogger,
        counters: memoryCounters(),
        openSocket: wsOpenSocket({}),
        isOpen: () => true,
      },
      listener,
    );
    cleanUp.push(() => session.stop(0));
    session.start();
    await listener.until(() => session.state.name === 'streaming');
    (await server.connection(0)).drop();
    await listener.until(() => session.state.name === 'backing-off');
    await listener.until(() => session.state.name === 'streaming');
    await session.stop(1_000);
    expect(server.connections).to.have.length(2);
  });

  it('key - one that is refused, by a server that then drops the connection, ends the session', async () => {
    const server = await serve({ authAnswer: statusFrame('auth_failed', 'authentication failed') });
    const { listener, state } = connect({ url: server.url });
    await state('failed');
    expect(listener.failures.map(error => error.code)).to.deep.equal(['MASSIVE_KEY_REFUSED']);
  });

  it('subscriptions - what the plan does not include is found out, the rest streams', async () => {
    const server = await serve({ acknowledged: pairs => pairs.filter(pair => pair !== 'AM.MSFT') });
    const { session, clock, listener } = connect({ url: server.url });
    const connection = await server.connection(0);
    await connection.subscribed;
    connection.send([bar()]);
    await listener.until(() => listener.data.length === 1);
    await clock.advance(10_000);
    expect(session.state.name).to.equal('streaming');
    expect(session.failedPairs).to.deep.equal(['AM.MSFT']);
  });

  it('subscriptions - symbols come and go on the living connection', async () => {
    const server = await serve();
    const { session, state, listener } = connect({ url: server.url });
    await state('streaming');
    session.updateSubscriptions([{ channel: 'AM', ticker: 'IBM' }]);
    const connection = await server.connection(0);
    await listener.until(() => connection.messages.length === 4);
    expect(connection.messages.slice(2)).to.deep.equal([
      '{"action":"subscribe","params":"AM.IBM"}',
      '{"action":"unsubscribe","params":"AM.AAPL,AM.MSFT"}',
    ]);
  });

  it('eviction - of two sessions with one key the older loses, waits long, and does not fight', async () => {
    const server = await serve({ maxConnections: 1 });
    const first = connect({ url: server.url });
    await first.state('streaming');
    const second = connect({ url: server.url });
    await second.state('streaming');
    await first.state('backing-off');
    expect(first.session.state).to.have.nested.property('error.code', 'MASSIVE_EVICTED');
    await first.clock.advance(100_000);
    expect(server.connections).to.have.length(2);
    await first.clock.advance(200_000);
    await first.state('streaming');
    await second.state('backing-off');
  });

  it('silence - an open connection that only answers pings is replaced', async () => {
    const server = await serve();
    const { listener, clock, counters, state } = connect({ url: server.url });
    await state('streaming');
    const connection = await server.connection(0);
    const replaced = () => listener.states.includes('backing-off');
    for (let pings = 1; !replaced(); pings++) {
      await clock.advance(20_000);
      // A status travels behind the pongs, so when it is here, so are they; and it is no data.
      connection.send(statusFrame(`heartbeat ${pings}`));
      await listener.until(() => listener.statuses.at(-1)?.status === `heartbeat ${pings}` || replaced());
    }
    expect(counters.snapshot().get('massive_disconnects{market="stocks",reason="silent"}')).to.equal(1);
    await server.connection(1);
  });

  it('silence - a connection that does not even answer pings is ended sooner', async () => {
    const server = await serve({ autoPong: false });
    const { session, clock, state } = connect({ url: server.url });
    await state('streaming');
    await clock.advance(60_000);
    expect(session.state).to.have.nested.property('error.code', 'MASSIVE_PING_UNANSWERED');
  });

  it('stop - says good-bye to the server', async () => {
    const server = await serve();
    const { session, state } = connect({ url: server.url });
    await state('streaming');
    await session.stop(5_000);
    expect(await (await server.connection(0)).closed).to.equal(1000);
  });

  it('limits - a frame beyond every reason ends the connection, which comes back', async () => {
    const server = await serve();
    const { session, clock, state } = connect({ url: server.url });
    await state('streaming');
    (await server.connection(0)).sendBytes(Buffer.alloc(17 * 1024 * 1024, 0x20));
    await state('backing-off');
    expect(session.state).to.have.nested.property('error.message').that.includes('Max payload size exceeded');
    await clock.advance(1_000);
    await state('streaming');
  });

  it('IPv6 - works as well', async function () {
    const hasLoopback = Object.values(networkInterfaces()).some(list =>
      list?.some(({ address }) => address === '::1'),
    );
    if (!hasLoopback) this.skip();
    const server = await serve({ host: '::1' });
    const { state } = connect({ url: server.url });
    await state('streaming');
  });

  it('unreachable - nobody listens: waits and comes through once somebody does', async () => {
    const server = await serve();
    const { url } = server;
    await server.stop();
    cleanUp.length = 0;
    const { session, state } = connect({ url });
    await state('backing-off');
    expect(session.state).to.have.nested.property('error.message').that.includes('ECONNREFUSED');
  });

  it('unreachable - a web server that knows no such path is named', async () => {
    const web = createServer((_, response) => response.writeHead(404).end());
    web.on('upgrade', (_, socket) => socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'));
    web.listen(0, '127.0.0.1');
    await once(web, 'listening');
    cleanUp.push(() => new Promise(resolve => web.close(resolve)));
    const { session, state } = connect({
      url: `ws://127.0.0.1:${(web.address() as AddressInfo).port}/stocks`,
    });
    await state('backing-off');
    expect(session.state).to.have.nested.property('error.message').that.includes('answered HTTP 404');
  });

  it('unreachable - a server that takes connections and says nothing is given up in time', async () => {
    const mute = createTcpServer();
    mute.listen(0, '127.0.0.1');
    await once(mute, 'listening');
    cleanUp.push(() => new Promise(resolve => mute.close(resolve)));
    const { session, clock } = connect({
      url: `ws://127.0.0.1:${(mute.address() as AddressInfo).port}/stocks`,
    });
    const [socket] = await once(mute, 'connection');
    socket.resume();
    await clock.advance(15_000);
    expect(session.state).to.have.nested.property('error.code', 'MASSIVE_TIMED_OUT');
    await once(socket, 'close');
  });

  it('TLS - a private authority is trusted when it is given', async () => {
    const server = await serve({ tls: true });
    const { state } = connect({ url: server.url, ca: TEST_AUTHORITY });
    await state('streaming');
  });

  it('TLS - a certificate that nobody vouches for, or of another host, is explained', async () => {
    const server = await serve({ tls: true });
    const unknown = connect({ url: server.url });
    await unknown.state('backing-off');
    expect(unknown.session.state)
      .to.have.nested.property('error.message')
      .that.includes('NODE_EXTRA_CA_CERTS');
    const otherHost = connect({ url: `wss://127.0.0.1:${server.port}/stocks`, ca: TEST_AUTHORITY });
    await otherHost.state('backing-off');
    expect(otherHost.session.state)
      .to.have.nested.property('error.message')
      .that.matches(/TLS to .* failed: .*altnames.*a host that does not exist fails here/);
  });

  it('proxy - HTTPS_PROXY is used, with its password, and TLS goes through it end to end', async () => {
    const server = await serve({ tls: true });
    const way = await proxy({ credentials: 'user:pass word' });
    const { listener, state } = connect(
      { url: server.url, ca: TEST_AUTHORITY },
      { HTTPS_PROXY: `http://user:pass%20word@${way.host}` },
    );
    await state('streaming');
    expect(way.targets).to.deep.equal([`localhost:${server.port}`]);
    (await server.connection(0)).send([bar()]);
    await listener.until(() => listener.data.length === 1);
  });

  it('proxy - NO_PROXY goes past it', async () => {
    const server = await serve({ tls: true });
    const way = await proxy();
    const { state } = connect(
      { url: server.url, ca: TEST_AUTHORITY },
      { HTTPS_PROXY: `http://${way.host}`, NO_PROXY: 'example.com, localhost' },
    );
    await state('streaming');
    expect(way.targets).to.deep.equal([]);
  });

  for (const [script, said] of [
    [{ credentials: 'user:secret' }, /answered 407 Refused\. Put its user and password into HTTPS_PROXY/],
    [
      { refusal: 403 },
      /answered 403 Refused\. Let it connect to localhost:\d+, or name the host in NO_PROXY/,
    ],
  ] as const) {
    it(`proxy - one that refuses is told apart: ${said.source.slice(9, 12)}`, async () => {
      const server = await serve({ tls: true });
      const way = await proxy(script);
      const { session, state } = connect(
        { url: server.url, ca: TEST_AUTHORITY },
        { https_proxy: `http://user:wrong@${way.host}` },
      );
      await state('backing-off');
      expect(session.state).to.have.nested.property('error.message').that.matches(said);
      expect(session.state).to.have.nested.property('error.message').that.does.not.include('wrong');
    });
  }

  it('proxy - one that is not there is named', async () => {
    const { session, state } = connect(
      { url: 'wss://localhost:1/stocks' },
      { HTTPS_PROXY: 'http://127.0.0.1:1' },
    );
    await state('backing-off');
    expect(session.state)
      .to.have.nested.property('error.message')
      .that.matches(/proxy 127\.0\.0\.1:1 cannot be used/);
  });

  it('proxy - one that never answers is given up in time, and its connection let go', async () => {
    const way = await proxy({ mute: true });
    const { session, clock, listener } = connect(
      { url: 'wss://localhost:1/stocks' },
      { HTTPS_PROXY: `http://${way.host}` },
    );
    await listener.until(() => true);
    await clock.advance(15_000);
    expect(session.state).to.have.nested.property('error.code', 'MASSIVE_TIMED_OUT');
  });

  it('proxy - TLS that fails behind it is still explained as TLS', async () => {
    const server = await serve({ tls: true });
    const way = await proxy();
    const { session, state } = connect({ url: server.url }, { HTTPS_PROXY: `http://${way.host}` });
    await state('backing-off');
    expect(session.state).to.have.nested.property('error.message').that.includes('TLS to wss://localhost');
  });
});
