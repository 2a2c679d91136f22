import { expect } from 'chai';
import { wsOpenSocket } from '../../../src/massive/socket.ts';
import { AUTHENTICATED, statusFrame, WELCOME } from '../../support/fake-sockets.ts';
import { bar, type SessionHarness, sessionHarness } from '../../support/session-harness.ts';

/** Milliseconds until the session tries again. */
function retryMs({ session }: SessionHarness): number {
  const { state } = session;
  return state.name === 'backing-off' ? state.retryMs - state.sinceMs : Number.NaN;
}

function disconnects({ counters }: SessionHarness, reason: string): number | undefined {
  return counters.snapshot().get(`massive_disconnects{market="stocks",reason="${reason}"}`);
}

describe('massive session: retries', () => {
  it('backoff - grows with jitter to a cap, whatever stage each attempt reached', async () => {
    const harness = sessionHarness();
    const { session, sockets, clock } = harness;
    session.start();
    const delays: number[] = [];
    for (let attempt = 0; attempt < 9; attempt++) {
      // Being authenticated and subscribed proves nothing yet.
      if (attempt % 2 === 0) sockets.last.stream();
      sockets.last.drop();
      delays.push(retryMs(harness));
      await clock.advance(retryMs(harness));
    }
    expect(delays).to.deep.equal([1, 2, 4, 8, 16, 32, 60, 60, 60].map(s => s * 1_000));
  });

  it('backoff - starts anew only after a minute of streaming', async () => {
    const harness = sessionHarness();
    const { session, sockets, clock } = harness;
    session.start();
    sockets.last.stream();
    sockets.last.drop();
    await clock.advance(1_000);
    sockets.last.stream();
    await clock.advance(59_999);
    sockets.last.receive([bar()]);
    sockets.last.drop();
    expect(retryMs(harness)).to.equal(2_000);
    await clock.advance(2_000);
    sockets.last.stream();
    await clock.advance(30_000);
    sockets.last.pong();
    await clock.advance(30_000);
    sockets.last.drop();
    expect(retryMs(harness)).to.equal(1_000);
  });

  it('fail fast - gives up at once without a first stream, and never after it', async () => {
    const never = sessionHarness({ failFast: true });
    never.session.start();
    never.sockets.last.drop();
    expect(never.listener.failures.map(({ code }) => code)).to.deep.equal(['MASSIVE_UNREACHABLE']);
    expect(never.logger.messages('warn').join()).not.to.include('Trying again');

    const once = sessionHarness({ failFast: true });
    once.session.start();
    once.sockets.last.stream();
    once.sockets.last.drop();
    await once.clock.advance(1_500);
    once.sockets.last.stream();
    expect(once.listener.failures).to.have.length(0);
    expect(once.logger.messages('info').at(-1)).to.equal(
      'streaming from wss://socket.massive.com/stocks again, after 1.5 s',
    );
  });

  it('reconnect - subscribes to everything again, once, however often', async () => {
    const harness = sessionHarness();
    const { session, sockets, clock } = harness;
    session.start();
    for (let round = 0; round < 5; round++) {
      sockets.last.stream();
      expect(sockets.last.requests('subscribe')).to.deep.equal(['AM.AAPL,AM.MSFT']);
      sockets.last.drop();
      await clock.advance(retryMs(harness));
    }
    expect(sockets.all).to.have.length(6);
  });

  for (const [code, reason] of [
    [1000, ''],
    [1001, 'going away'],
    [1008, ''],
    [1011, 'keepalive ping timeout'],
  ] as const) {
    it(`reconnect - also after a close with code ${code}`, async () => {
      const harness = sessionHarness();
      harness.session.start();
      harness.sockets.last.stream();
      harness.sockets.last.drop(code, reason);
      expect(harness.session.state.name).to.equal('backing-off');
      expect(harness.logger.messages('warn').join()).to.include(`code ${code}`).and.to.include(reason);
      expect(disconnects(harness, 'closed')).to.equal(1);
      await harness.clock.advance(1_000);
      expect(harness.sockets.all).to.have.length(2);
    });
  }

  for (const status of ['slow_consumer', 'force_disconnect', 'auth_timeout', 'auth_required']) {
    it(`reconnect - ${status} ends the connection and is named`, async () => {
      const harness = sessionHarness();
      harness.session.start();
      harness.sockets.last.stream();
      harness.sockets.last.receive(statusFrame(status, 'some text'));
      expect(harness.sockets.last.destroyed).to.equal(true);
      expect(harness.logger.messages('warn').join()).to.include(`${status} 'some text'`);
      await harness.clock.advance(1_000);
      expect(harness.sockets.all).to.have.length(2);
    });
  }

  it('reconnect - nothing of an ended connection is taken any more', async () => {
    const { session, sockets, clock, listener } = sessionHarness();
    session.start();
    const first = sockets.last;
    first.stream();
    first.receive(statusFrame('force_disconnect'));
    first.receive([bar()]);
    first.drop();
    await clock.advance(1_000);
    sockets.last.stream();
    first.receive([bar()]);
    expect(listener.data).to.have.length(0);
    expect(session.state.name).to.equal('streaming');
    expect(sockets.all).to.have.length(2);
  });

  for (const [message, code] of [
    ['authentication failed', 'MASSIVE_KEY_REFUSED'],
    [
      "Your plan doesn't include websocket access. Visit https://massive.com/pricing to upgrade.",
      'MASSIVE_NOT_ENTITLED',
    ],
  ] as const) {
    it(`refusal - ${code} before anything worked ends the session`, async () => {
      const { session, sockets, clock, listener } = sessionHarness();
      session.start();
      sockets.last.open();
      sockets.last.receive(WELCOME);
      sockets.last.receive(statusFrame('auth_failed', message));
      sockets.last.drop();
      expect(session.state.name).to.equal('failed');
      expect(listener.failures.map(error => error.code)).to.deep.equal([code]);
      expect(listener.failures[0]!.message).to.include(message);
      await clock.advance(3_600_000);
      session.resume();
      expect(sockets.all).to.have.length(1);
    });

    it(`refusal - ${code} after it once worked is an alarm and a long backoff`, async () => {
      const harness = sessionHarness();
      const { session, sockets, clock, logger, listener } = harness;
      session.start();
      sockets.last.stream();
      sockets.last.drop();
      await clock.advance(1_000);
      sockets.last.open();
      sockets.last.receive(WELCOME);
      sockets.last.receive(statusFrame('auth_failed', message));
      expect(listener.failures).to.deep.equal([]);
      expect(retryMs(harness)).to.equal(300_000);
      expect(logger.messages('error').join()).to.include(message);
      await clock.advance(300_000);
      sockets.last.stream();
      expect(session.state.name).to.equal('streaming');
    });
  }

  it('refusal - all subscriptions refused after they once worked is an alarm and a long backoff', async () => {
    const harness = sessionHarness();
    const { session, sockets, clock, logger } = harness;
    session.start();
    sockets.last.stream();
    sockets.last.drop();
    await clock.advance(1_000);
    sockets.last.open();
    sockets.last.receive(WELCOME);
    sockets.last.receive([...AUTHENTICATED, ...statusFrame('error', 'not authorized')]);
    await clock.advance(10_000);
    expect(retryMs(harness)).to.equal(300_000);
    expect(logger.messages('error').join()).to.include('refuses every subscription');
  });

  it('eviction - a long backoff, though authentication succeeded each time', async () => {
    const harness = sessionHarness();
    const { session, sockets } = harness;
    session.start();
    sockets.last.stream();
    sockets.last.receive(
      statusFrame('max_connections', 'Maximum number of websocket connections exceeded. '),
    );
    sockets.last.drop(1008);
    expect(retryMs(harness)).to.equal(300_000);
    expect(disconnects(harness, 'evicted')).to.equal(1);
    const said = harness.logger.messages('error').join();
    expect(said).to.include("'Maximum number of websocket connections exceeded.'");
    expect(said).to.not.include('two processes');
  });

  it('eviction - two within half an hour are named: two processes evict each other', async () => {
    const harness = sessionHarness();
    const { session, sockets, clock, logger } = harness;
    session.start();
    sockets.last.stream();
    sockets.last.receive(statusFrame('max_connections'));
    await clock.advance(300_000);
    sockets.last.stream();
    await clock.advance(10_000);
    sockets.last.receive(statusFrame('max_connections'));
    expect(logger.messages('error').at(-1)).to.include('2 evictions').and.to.include('evict each other');
    expect(retryMs(harness)).to.equal(300_000);
  });

  it('eviction - two that are hours apart are not taken for a pattern', async () => {
    const { session, sockets, clock, logger } = sessionHarness({
      timing: { pingMs: 1e9, silenceFloorMs: 1e9 },
    });
    session.start();
    sockets.last.stream();
    sockets.last.receive(statusFrame('max_connections'));
    await clock.advance(300_000);
    sockets.last.stream();
    await clock.advance(7_200_000);
    sockets.last.receive(statusFrame('max_connections'));
    expect(logger.messages('error').join()).to.not.include('evict each other');
  });

  it('unreachable - waits and tries on; a wrong host is explained', async () => {
    const harness = sessionHarness();
    const { session, sockets, clock, logger } = harness;
    session.start();
    const error = Object.assign(new Error('self-signed certificate'), {
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    sockets.last.drop(1006, '', error);
    expect(logger.messages('warn').join()).to.match(/TLS to wss:\/\/socket\.massive\.com\/stocks failed/);
    expect(logger.messages('warn').join()).to.include('a host that does not exist fails here');
    await clock.advance(1_000);
    sockets.last.drop(1006, '', new Error('Unexpected server response: 404'));
    expect(logger.messages('warn').join()).to.include('answered HTTP 404');
    await clock.advance(2_000);
    const missing = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
    sockets.last.drop(1006, '', missing);
    expect(logger.messages('warn').join()).to.include('Check the host name and');
    expect(disconnects(harness, 'unreachable')).to.equal(3);
  });

  it('unreachable - a proxy that is set wrongly is one clear line and ends the start', () => {
    const { session, listener } = sessionHarness({}, wsOpenSocket({ HTTPS_PROXY: 'ftp://proxy.example' }));
    session.start();
    expect(session.state.name).to.equal('failed');
    expect(listener.failures.map(error => error.message)).to.deep.equal([
      'HTTPS_PROXY is not the address of a proxy. Set it to http://host:port.',
    ]);
  });

  it('resume - a session that waits tries at once, so that a new key need not wait out a long backoff', async () => {
    const harness = sessionHarness();
    const { session, sockets, clock } = harness;
    session.start();
    sockets.last.stream();
    sockets.last.receive(statusFrame('max_connections'));
    session.resume();
    expect(session.state.name).to.equal('connecting');
    sockets.last.stream();
    session.resume();
    sockets.last.drop();
    session.resume();
    sockets.last.stream();
    await clock.advance(10_000);
    expect(session.state.name).to.equal('streaming');
    expect(sockets.all).to.have.length(3);
  });
});
