import { expect } from 'chai';
import { probeSession } from '../../../../src/massive/probe/session-probe.ts';
import {
  AUTHENTICATED,
  acknowledgement,
  FakeSockets,
  statusFrame,
  WELCOME,
} from '../../../support/fake-sockets.ts';
import { ManualClock, settled } from '../../../support/manual-clock.ts';
import { testSecret } from '../../../support/secrets.ts';

const URL = 'wss://socket.massive.com/stocks';
const KEY = testSecret('massive');
const ANSWER_MS = 5_000;

describe('session probe - one connection of a moment', () => {
  let clock: ManualClock;
  let sockets: FakeSockets;
  beforeEach(() => {
    clock = new ManualClock();
    sockets = new FakeSockets();
  });
  const probe = () =>
    probeSession(
      { url: URL, key: KEY, pairs: ['A.AAPL', 'AM.AAPL'], timing: { acknowledgeMs: ANSWER_MS } },
      { clock, openSocket: sockets.open },
    );

  it('says what was confirmed, among market data, and closes before anything else comes', async () => {
    const probing = probe();
    sockets.last.open();
    sockets.last.receive(WELCOME);
    sockets.last.receive(AUTHENTICATED);
    expect(sockets.last.requests('subscribe')).to.deep.equal(['A.AAPL,AM.AAPL']);
    sockets.last.receive([...acknowledgement('A.AAPL'), { ev: 'A', sym: 'AAPL' }, null]);
    sockets.last.receive(acknowledgement('AM.AAPL'));
    expect(sockets.last.closing).to.equal(true);
    sockets.last.drop(1000);
    expect(await probing).to.deep.equal({
      authenticated: true,
      confirmed: ['A.AAPL', 'AM.AAPL'],
      refused: [],
      unanswered: [],
      error: undefined,
    });
    expect(clock.pending).to.equal(0);
    expect(sockets.all).to.have.lengthOf(1);
  });

  it('tells a refused pair from one that is never answered', async () => {
    for (const isRefused of [true, false]) {
      const probing = probe();
      sockets.last.open();
      sockets.last.receive(WELCOME);
      sockets.last.receive(AUTHENTICATED);
      if (isRefused) sockets.last.receive(statusFrame('error', 'not authorized'));
      sockets.last.receive(acknowledgement('AM.AAPL'));
      await clock.advance(ANSWER_MS);
      sockets.last.drop(1000);
      const { confirmed, refused, unanswered } = await probing;
      expect(confirmed).to.deep.equal(['AM.AAPL']);
      expect(refused).to.deep.equal(isRefused ? ['A.AAPL'] : []);
      expect(unanswered).to.deep.equal(isRefused ? [] : ['A.AAPL']);
    }
  });

  it('a plan without any of the channels ends it, authenticated', async () => {
    const probing = probe();
    sockets.last.open();
    sockets.last.receive(WELCOME);
    sockets.last.receive(AUTHENTICATED);
    sockets.last.receive([
      ...statusFrame('error', 'not authorized'),
      ...statusFrame('error', 'not authorized'),
    ]);
    await clock.advance(ANSWER_MS);
    const { authenticated, refused } = await probing;
    expect(authenticated).to.equal(true);
    expect(refused).to.deep.equal(['A.AAPL', 'AM.AAPL']);
  });

  it('a refused key ends it with what Massive said, without the key', async () => {
    const probing = probe();
    sockets.last.open();
    sockets.last.receive(WELCOME);
    sockets.last.receive(statusFrame('auth_failed', `no: ${KEY}`));
    const { authenticated, error } = await probing;
    expect(authenticated).to.equal(false);
    expect(error?.code).to.equal('MASSIVE_KEY_REFUSED');
    expect(error?.message).not.to.include(KEY);
  });

  it('silence ends it in time, at every stage', async () => {
    for (const steps of [0, 1, 2]) {
      const probing = probe();
      if (steps > 0) sockets.last.open();
      if (steps > 1) sockets.last.receive(WELCOME);
      await clock.advance(15_000);
      expect((await probing).error?.code).to.equal('MASSIVE_TIMED_OUT');
      expect(sockets.last.destroyed).to.equal(true);
    }
    await settled();
    expect(clock.pending).to.equal(0);
  });
});
