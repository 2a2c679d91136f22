import { expect } from 'chai';
import { AUTHENTICATED, acknowledgement, statusFrame, WELCOME } from '../../support/fake-sockets.ts';
import { bar, type SessionHarness, sessionHarness } from '../../support/session-harness.ts';

/** Lets time pass on a socket that answers its pings and says nothing else. */
async function quietly({ clock, sockets }: SessionHarness, ms: number): Promise<void> {
  for (let restMs = ms; restMs > 0; restMs -= 10_000) {
    sockets.last.pong();
    await clock.advance(Math.min(restMs, 10_000));
  }
}

function streaming(): SessionHarness {
  const harness = sessionHarness();
  harness.session.start();
  harness.sockets.last.stream();
  return harness;
}

/** How long the present connection may be silent before it is replaced. */
async function silenceBorneMs(harness: SessionHarness): Promise<number> {
  const { sockets, clock } = harness;
  const socket = sockets.last;
  const beginMs = clock.monotonicMs();
  while (!socket.destroyed) {
    if (clock.monotonicMs() - beginMs > 86_400_000) throw new Error('any silence is borne');
    socket.pong();
    await clock.advance(1_000);
  }
  return clock.monotonicMs() - beginMs;
}

async function reconnected(harness: SessionHarness): Promise<void> {
  const { state } = harness.session;
  if (state.name === 'backing-off') await harness.clock.advance(state.retryMs - state.sinceMs);
  harness.sockets.last.stream();
}

describe('massive session: liveness', () => {
  it('ping - every 20 s; two without any answer end the connection', async () => {
    const { session, clock, sockets, logger } = streaming();
    await clock.advance(20_000);
    expect(sockets.last.pings).to.equal(1);
    await clock.advance(20_000);
    expect(sockets.last.pings).to.equal(2);
    expect(session.state.name).to.equal('streaming');
    await clock.advance(20_000);
    expect(session.state.name).to.equal('backing-off');
    expect(logger.messages('warn').join()).to.include('2 pings unanswered');
  });

  it('ping - any frame answers for a pong', async () => {
    const { session, clock, sockets } = streaming();
    for (let i = 0; i < 20; i++) {
      await clock.advance(15_000);
      sockets.last.receive([bar()]);
    }
    expect(session.state.name).to.equal('streaming');
    expect(sockets.last.pings).to.equal(15);
  });

  it('silence - of a minute, in an open market, replaces a connection that still answers pings', async () => {
    const harness = streaming();
    harness.sockets.last.receive([bar()]);
    expect(await silenceBorneMs(harness)).to.be.within(60_000, 70_000);
    expect(harness.session.state.name).to.equal('backing-off');
    expect(harness.logger.messages('warn').join()).to.match(
      /silent for 7\d(\.\d)? s|silent for 6\d(\.\d)? s/,
    );
    await reconnected(harness);
    expect(harness.session.state.name).to.equal('streaming');
  });

  it('silence - status events do not count as data', async () => {
    const harness = streaming();
    await quietly(harness, 50_000);
    harness.sockets.last.receive(statusFrame('maintenance', 'soon'));
    await quietly(harness, 20_000);
    expect(harness.sockets.all[0]!.destroyed).to.equal(true);
  });

  it('silence - of a closed market means nothing, and the count begins when it opens', async () => {
    const harness = streaming();
    harness.market.open = false;
    await quietly(harness, 8 * 3_600_000);
    expect(harness.session.state.name).to.equal('streaming');
    harness.market.open = true;
    expect(await silenceBorneMs(harness)).to.be.within(60_000, 75_000);
  });

  it('silence - a subscription that is quiet by nature is allowed a multiple of its recent silences', async () => {
    const harness = streaming();
    for (let i = 0; i < 5; i++) {
      await quietly(harness, 50_000);
      harness.sockets.last.receive([bar()]);
    }
    expect(await silenceBorneMs(harness)).to.be.within(150_000, 160_000);
  });

  it('silence - what was usual an hour and more ago no longer is', async () => {
    const harness = streaming();
    await quietly(harness, 50_000);
    for (let i = 0; i < 7_200; i++) {
      harness.sockets.last.receive([bar()]);
      await harness.clock.advance(1_000);
    }
    expect(await silenceBorneMs(harness)).to.be.within(60_000, 70_000);
  });

  it('silence - each replacement that brings nothing doubles what is allowed, until data comes', async () => {
    const harness = streaming();
    const borne: number[] = [];
    for (let i = 0; i < 4; i++) {
      borne.push(await silenceBorneMs(harness));
      await reconnected(harness);
    }
    expect(borne.map(ms => Math.floor(ms / 60_000))).to.deep.equal([1, 2, 4, 8]);
    harness.sockets.last.receive([bar()]);
    expect(await silenceBorneMs(harness)).to.be.within(60_000, 70_000);
  });

  it('silence - the time without a connection teaches nothing', async () => {
    const harness = streaming();
    harness.sockets.last.receive([bar()]);
    harness.sockets.last.receive(statusFrame('max_connections'));
    await harness.clock.advance(300_000);
    harness.sockets.last.open();
    harness.sockets.last.receive([...WELCOME, ...AUTHENTICATED]);
    harness.sockets.last.receive([bar()]);
    harness.sockets.last.receive(acknowledgement('AM.AAPL', 'AM.MSFT'));
    harness.sockets.last.receive([bar()]);
    expect(await silenceBorneMs(harness)).to.be.within(60_000, 70_000);
  });

  it('silence - data left unread by a busy process is not taken for silence', async () => {
    const { session, clock, sockets } = streaming();
    await clock.advance(15_000);
    sockets.last.receive([bar()]);
    // The process was busy for two minutes: the timer comes first, what was sent meanwhile right after it.
    clock.skip(120_000);
    await clock.advance(0);
    sockets.last.receive([bar()]);
    await clock.advance(10_000);
    expect(session.state.name).to.equal('streaming');
  });

  it('stop - closes with a handshake and takes what still comes meanwhile', async () => {
    const { session, sockets, listener, clock } = streaming();
    const stopped = session.stop(5_000);
    expect(sockets.last.closing).to.equal(true);
    sockets.last.receive([bar()]);
    sockets.last.drop(1000);
    await stopped;
    expect(listener.data).to.have.length(1);
    expect(session.state.name).to.equal('stopped');
    expect(clock.pending).to.equal(0);
  });

  it('stop - does not wait longer than its limit', async () => {
    const { session, sockets, clock } = streaming();
    let done = false;
    const stopped = session.stop(5_000).then(() => {
      done = true;
    });
    await clock.advance(4_999);
    expect(done).to.equal(false);
    await clock.advance(1);
    await stopped;
    expect(sockets.last.destroyed).to.equal(true);
    expect(clock.pending).to.equal(0);
  });

  it('stop - a server that reads no more is waited for up to the limit, unanswered pings or not', async () => {
    const { session, clock } = streaming();
    let done = false;
    const stopped = session.stop(120_000).then(() => {
      done = true;
    });
    await clock.advance(119_999);
    expect(done).to.equal(false);
    await clock.advance(1);
    await stopped;
  });

  it('stop - at every other stage is immediate and final', async () => {
    const idle = sessionHarness();
    await idle.session.stop(1_000);
    idle.session.start();
    expect(idle.sockets.all).to.have.length(0);

    const connecting = sessionHarness();
    connecting.session.start();
    await connecting.session.stop(1_000);
    expect(connecting.sockets.last.destroyed).to.equal(true);

    const waiting = sessionHarness();
    waiting.session.start();
    waiting.sockets.last.drop();
    await Promise.all([waiting.session.stop(1_000), waiting.session.stop(1_000)]);
    waiting.session.suspend('late');
    waiting.session.resume();
    await waiting.clock.advance(3_600_000);
    expect(waiting.sockets.all).to.have.length(1);
    expect(waiting.session.state.name).to.equal('stopped');
  });

  it('stop - an answer that crosses with the closing handshake is no surprise', async () => {
    const { session, sockets, logger } = sessionHarness();
    session.start();
    sockets.last.open();
    sockets.last.receive(WELCOME);
    const stopped = session.stop(5_000);
    sockets.last.receive(AUTHENTICATED);
    sockets.last.drop(1000);
    await stopped;
    expect(logger.messages('warn')).to.deep.equal([]);
  });

  it('stop - an eviction during the handshake starts nothing new', async () => {
    const { session, sockets, clock } = streaming();
    const stopped = session.stop(5_000);
    sockets.last.receive(statusFrame('max_connections'));
    await stopped;
    await clock.advance(3_600_000);
    expect(session.state.name).to.equal('stopped');
    expect(sockets.all).to.have.length(1);
  });

  it('suspend - closes on purpose and stays away until it is resumed', async () => {
    const { session, sockets, clock, counters, logger } = streaming();
    session.suspend('neither tickerplant nor disk takes rows');
    expect(session.state).to.include({
      name: 'suspended',
      reason: 'neither tickerplant nor disk takes rows',
    });
    expect(logger.messages('warn').join()).to.include('neither tickerplant nor disk takes rows');
    expect(sockets.last.destroyed).to.equal(true);
    await clock.advance(3_600_000);
    expect(sockets.all).to.have.length(1);
    session.resume();
    sockets.last.stream();
    expect(session.state.name).to.equal('streaming');
    expect([...counters.snapshot().keys()].join()).to.not.include('massive_disconnects');
  });

  it('suspend - while waiting to try again, nothing is tried', async () => {
    const { session, sockets, clock } = streaming();
    sockets.last.drop();
    session.suspend('full');
    await clock.advance(3_600_000);
    expect(sockets.all).to.have.length(1);
  });

  it('counters - frames and their bytes are counted', () => {
    const { sockets, counters } = streaming();
    const before = counters.snapshot().get('massive_frames{market="stocks"}')!;
    const bytes = counters.snapshot().get('massive_frame_bytes{market="stocks"}')!;
    sockets.last.receive([bar()]);
    expect(counters.snapshot().get('massive_frames{market="stocks"}')).to.equal(before + 1);
    expect(counters.snapshot().get('massive_frame_bytes{market="stocks"}')).to.equal(
      bytes + JSON.stringify([bar()]).length,
    );
  });
});
