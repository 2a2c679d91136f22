import { expect } from 'chai';
import { SubscriptionError } from '../../../src/massive/subscription.ts';
import { AUTHENTICATED, acknowledgement, statusFrame, WELCOME } from '../../support/fake-sockets.ts';
import { settled } from '../../support/manual-clock.ts';
import { bar, KEY, sessionHarness } from '../../support/session-harness.ts';

describe('massive session: handshake', () => {
  it('handshake - each step waits for the answer to the one before', () => {
    const { session, sockets, listener } = sessionHarness();
    session.start();
    const socket = sockets.last;
    expect(socket.address.url).to.equal('wss://socket.massive.com/stocks');
    socket.open();
    expect(socket.sent).to.deep.equal([]);
    socket.receive(WELCOME);
    expect(socket.sent).to.deep.equal([`{"action":"auth","params":"${KEY}"}`]);
    socket.receive(AUTHENTICATED);
    expect(socket.sent.slice(1)).to.deep.equal(['{"action":"subscribe","params":"AM.AAPL,AM.MSFT"}']);
    socket.receive(acknowledgement('AM.AAPL'));
    expect(session.state.name).to.equal('subscribing');
    socket.receive(acknowledgement('AM.MSFT'));
    expect(listener.states).to.deep.equal([
      'connecting',
      'awaiting-welcome',
      'authenticating',
      'subscribing',
      'streaming',
    ]);
  });

  it("handshake - the specification's welcome, status success, is understood as well", () => {
    const { session, sockets } = sessionHarness();
    session.start();
    sockets.last.open();
    sockets.last.receive(statusFrame('success', 'Connected Successfully'));
    expect(session.state.name).to.equal('authenticating');
  });

  it('handshake - data before and between acknowledgements, and in their frames, is handed on in order', () => {
    const { session, sockets, listener } = sessionHarness();
    session.start();
    const socket = sockets.last;
    socket.open();
    socket.receive(WELCOME);
    socket.receive(AUTHENTICATED);
    socket.receive([bar('AAPL', 1)]);
    socket.receive([...acknowledgement('AM.AAPL'), bar('AAPL', 2), ...acknowledgement('AM.MSFT')]);
    socket.receive([bar('MSFT', 3)]);
    expect(session.state.name).to.equal('streaming');
    expect(listener.data.map(event => event['s'])).to.deep.equal([1, 2, 3]);
  });

  it('handshake - sinceMs of streaming is the moment of the last acknowledgement', async () => {
    const { session, sockets, clock } = sessionHarness();
    session.start();
    const socket = sockets.last;
    socket.open();
    socket.receive(WELCOME);
    socket.receive(AUTHENTICATED);
    socket.receive(acknowledgement('AM.AAPL'));
    await clock.advance(4_000);
    socket.receive(acknowledgement('AM.MSFT'));
    expect(session.state).to.deep.equal({ name: 'streaming', sinceMs: clock.wallMs() });
    socket.receive([bar()]);
    const barMs = clock.wallMs();
    await clock.advance(2_500);
    expect(session.lastFrameMs).to.equal(barMs);
  });

  for (const [phase, play, limitMs] of [
    ['connecting', 0, 15_000],
    ['awaiting-welcome', 1, 10_000],
    ['authenticating', 2, 10_000],
  ] as const) {
    it(`handshake - ${phase} does not wait for ever`, async () => {
      const { session, sockets, clock, logger } = sessionHarness();
      session.start();
      const socket = sockets.last;
      if (play > 0) socket.open();
      if (play > 1) socket.receive(WELCOME);
      await clock.advance(limitMs - 1);
      expect(session.state.name).to.equal(phase);
      await clock.advance(1);
      expect(session.state.name).to.equal('backing-off');
      expect(socket.destroyed).to.equal(true);
      expect(logger.messages('warn').join()).to.include(
        `no answer within ${limitMs / 1000} s while ${phase}`,
      );
    });
  }

  it('handshake - statuses that are new or out of place are tolerated, counted and logged once each', () => {
    const { session, sockets, logger, counters } = sessionHarness();
    session.start();
    sockets.last.stream();
    sockets.last.receive(statusFrame('maintenance', 'back\nsoon'));
    sockets.last.receive(AUTHENTICATED);
    sockets.last.receive(WELCOME);
    sockets.last.receive(statusFrame('error', 'not authorized'));
    sockets.last.receive(statusFrame('error', 'something else'));
    expect(session.state.name).to.equal('streaming');
    expect(logger.messages('warn')).to.have.length(5);
    expect(logger.messages('warn')[0]).to.include("maintenance 'back soon'");
    expect(counters.snapshot().get('massive_statuses_ignored{market="stocks",reason="unknown"}')).to.equal(2);
  });

  it('subscriptions - a list beyond 1 MB goes out in several messages, each below, nothing lost', () => {
    const tickers = Array.from({ length: 120_000 }, (_, i) => ({ channel: 'AM', ticker: `T${i}` }));
    const { session, sockets } = sessionHarness({ subscriptions: tickers });
    session.start();
    sockets.last.stream();
    const messages = sockets.last.sent.slice(1);
    expect(messages.length).to.equal(2);
    for (const message of messages) expect(message.length).to.be.below(1_000_000);
    const asked = sockets.last.requests('subscribe').join(',').split(',');
    expect(asked).to.deep.equal(tickers.map(({ ticker }) => `AM.${ticker}`));
    expect(session.state.name).to.equal('streaming');
  });

  it('subscriptions - a pair without an answer is waited for as long as others are answered, then reported', async () => {
    const { session, sockets, clock, logger, counters } = sessionHarness();
    session.start();
    const socket = sockets.last;
    socket.open();
    socket.receive(WELCOME);
    socket.receive(AUTHENTICATED);
    await clock.advance(9_000);
    socket.receive(acknowledgement('AM.AAPL'));
    await clock.advance(9_000);
    expect(session.state.name).to.equal('subscribing');
    await clock.advance(1_000);
    expect(session.state.name).to.equal('streaming');
    expect(session.failedPairs).to.deep.equal(['AM.MSFT']);
    expect(logger.messages('error').join()).to.match(/left 1 subscriptions unanswered: AM\.MSFT/);
    expect(
      counters.snapshot().get('massive_subscriptions_failed{market="stocks",reason="unanswered"}'),
    ).to.equal(1);
  });

  it('subscriptions - `not authorized` names no channel: what stays unanswered is reported as likely refused', async () => {
    const { session, sockets, clock, logger } = sessionHarness();
    session.start();
    const socket = sockets.last;
    socket.open();
    socket.receive(WELCOME);
    socket.receive(AUTHENTICATED);
    socket.receive([...statusFrame('error', 'not authorized'), ...acknowledgement('AM.AAPL')]);
    await clock.advance(10_000);
    expect(session.state.name).to.equal('streaming');
    expect(session.failedPairs).to.deep.equal(['AM.MSFT']);
    expect(logger.messages('error').join()).to.match(
      /not authorized.*likely does not include them: AM\.MSFT/,
    );
  });

  it('subscriptions - an acknowledgement after its time still counts', async () => {
    const { session, sockets, clock } = sessionHarness();
    session.start();
    const socket = sockets.last;
    socket.open();
    socket.receive(WELCOME);
    socket.receive(AUTHENTICATED);
    socket.receive(acknowledgement('AM.AAPL'));
    await clock.advance(10_000);
    socket.receive(acknowledgement('AM.MSFT', 'AM.NEVER'));
    expect(session.failedPairs).to.deep.equal([]);
  });

  it('subscriptions - all refused before anything ever streamed ends the session with its own error', async () => {
    const { session, sockets, clock, listener } = sessionHarness();
    session.start();
    const socket = sockets.last;
    socket.open();
    socket.receive(WELCOME);
    socket.receive(AUTHENTICATED);
    socket.receive(statusFrame('error', 'not authorized'));
    await clock.advance(10_000);
    expect(session.state.name).to.equal('failed');
    expect(listener.failures.map(error => error.code)).to.deep.equal(['MASSIVE_SUBSCRIPTIONS_REFUSED']);
    expect(listener.failures[0]!.message).to.include('AM.AAPL, AM.MSFT');
    expect(clock.pending).to.equal(0);
  });

  it('subscriptions - none answered without a refusal is a connection to try again', async () => {
    const { session, sockets, clock } = sessionHarness();
    session.start();
    sockets.last.open();
    sockets.last.receive(WELCOME);
    sockets.last.receive(AUTHENTICATED);
    await clock.advance(10_000);
    expect(session.state).to.include({ name: 'backing-off' });
    await clock.advance(1_000);
    expect(sockets.all).to.have.length(2);
  });

  it('subscriptions - a change at run time asks only for what is new, before it gives up what is gone', () => {
    const { session, sockets } = sessionHarness();
    session.start();
    sockets.last.stream();
    session.updateSubscriptions([
      { channel: 'AM', ticker: 'MSFT' },
      { channel: 'AM', ticker: '*' },
    ]);
    expect(sockets.last.sent.slice(-2).map(text => JSON.parse(text))).to.deep.equal([
      { action: 'subscribe', params: 'AM.*' },
      { action: 'unsubscribe', params: 'AM.AAPL' },
    ]);
    sockets.last.receive([
      ...acknowledgement('AM.*'),
      { ev: 'status', status: 'success', message: 'unsubscribed to: AM.AAPL' },
    ]);
    expect(session.state.name).to.equal('streaming');
  });

  it('subscriptions - a change at run time holds for the next connection', async () => {
    const { session, sockets, clock } = sessionHarness();
    session.start();
    sockets.last.stream();
    session.updateSubscriptions([{ channel: 'AM', ticker: 'IBM' }]);
    sockets.last.drop();
    await clock.advance(1_000);
    sockets.last.stream();
    expect(sockets.last.requests('subscribe')).to.deep.equal(['AM.IBM']);
  });

  it('subscriptions - a change before authentication waits for it, and then is all that is asked for', () => {
    const { session, sockets } = sessionHarness();
    session.start();
    sockets.last.open();
    session.updateSubscriptions([{ channel: 'AM', ticker: 'IBM' }]);
    expect(sockets.last.sent).to.deep.equal([]);
    sockets.last.receive(WELCOME);
    sockets.last.receive(AUTHENTICATED);
    expect(sockets.last.requests('subscribe')).to.deep.equal(['AM.IBM']);
  });

  it('subscriptions - a pair added at run time and refused is reported; the stream goes on', async () => {
    const { session, sockets, clock, logger } = sessionHarness();
    session.start();
    const socket = sockets.last;
    socket.stream();
    session.updateSubscriptions(['AAPL', 'MSFT', 'IBM'].map(ticker => ({ channel: 'AM', ticker })));
    socket.receive(statusFrame('error', 'not authorized'));
    await clock.advance(10_000);
    expect(session.state.name).to.equal('streaming');
    expect(logger.messages('error').join()).to.match(/likely does not include them: AM\.IBM/);
    session.updateSubscriptions(['AAPL', 'MSFT'].map(ticker => ({ channel: 'AM', ticker })));
    expect(session.failedPairs).to.deep.equal([]);
  });

  it('subscriptions - a pair named twice in a change is asked for once', () => {
    const { session, sockets } = sessionHarness();
    session.start();
    sockets.last.stream();
    session.updateSubscriptions(['AAPL', 'MSFT', 'IBM', 'IBM'].map(ticker => ({ channel: 'AM', ticker })));
    expect(sockets.last.requests('subscribe').slice(1)).to.deep.equal(['AM.IBM']);
  });

  it('subscriptions - an old refusal, or a late answer about an old pair, is not taken for one about a new pair', async () => {
    const { session, sockets, clock, logger } = sessionHarness();
    session.start();
    const socket = sockets.last;
    socket.open();
    socket.receive(WELCOME);
    socket.receive(AUTHENTICATED);
    socket.receive([...statusFrame('error', 'not authorized'), ...acknowledgement('AM.AAPL')]);
    await clock.advance(10_000);
    session.updateSubscriptions(['AAPL', 'MSFT', 'IBM'].map(ticker => ({ channel: 'AM', ticker })));
    socket.receive(acknowledgement('AM.MSFT'));
    await clock.advance(10_000);
    expect(session.failedPairs).to.deep.equal(['AM.IBM']);
    expect(logger.messages('error').at(-1)).to.match(/left 1 subscriptions unanswered: AM\.IBM/);
  });

  it('subscriptions - taking back the last pending pair completes the subscription', () => {
    const { session, sockets } = sessionHarness();
    session.start();
    const socket = sockets.last;
    socket.open();
    socket.receive(WELCOME);
    socket.receive(AUTHENTICATED);
    socket.receive(acknowledgement('AM.AAPL'));
    session.updateSubscriptions([{ channel: 'AM', ticker: 'AAPL' }]);
    expect(session.state.name).to.equal('streaming');
  });

  it('key - it is asked for at each connection and appears in no log line, error or state', async () => {
    let key = KEY;
    const harness = sessionHarness({ key: () => key });
    const { session, sockets, clock, logger, listener } = harness;
    session.start();
    sockets.last.stream();
    sockets.last.receive(statusFrame('odd', `your key is ${KEY}`));
    sockets.last.drop(4000, `bye ${KEY}`);
    const backingOff = session.state;
    key = 'another';
    await clock.advance(1_000);
    sockets.last.open();
    sockets.last.receive(WELCOME);
    expect(sockets.last.requests('auth')).to.deep.equal(['another']);
    sockets.last.receive(statusFrame('auth_failed', `authentication failed for ${key}`));
    await settled();
    const said = JSON.stringify([logger.lines, listener.failures, backingOff, session.state]);
    expect(said).to.include('<key>').and.to.not.include(KEY).and.to.not.include('another');
  });

  it('key - one that is part of a ticker does not spoil the acknowledgements', () => {
    const { session, sockets } = sessionHarness({ key: () => 'AAPL' });
    session.start();
    sockets.last.stream();
    expect(session.state.name).to.equal('streaming');
  });

  it('key - one that cannot be read ends a session that never worked, and is waited for afterwards', async () => {
    let readable = false;
    const key = () => {
      if (!readable) throw new SubscriptionError(['the key file is gone']);
      return KEY;
    };
    const first = sessionHarness({ key });
    first.session.start();
    expect(first.session.state.name).to.equal('failed');
    expect(first.listener.failures).to.have.length(1);

    readable = true;
    const second = sessionHarness({ key });
    second.session.start();
    second.sockets.last.stream();
    readable = false;
    second.sockets.last.drop();
    await second.clock.advance(1_000);
    expect(second.session.state.name).to.equal('backing-off');
    expect(second.logger.messages('warn').join()).to.include('the key file is gone');
    readable = true;
    await second.clock.advance(2_000);
    expect(second.session.state.name).to.equal('connecting');
  });
});
