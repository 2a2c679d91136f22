import { expect } from 'chai';
import fc from 'fast-check';
import { AUTHENTICATED, acknowledgement, statusFrame, WELCOME } from '../../support/fake-sockets.ts';
import { bar, type SessionHarness, sessionHarness } from '../../support/session-harness.ts';

/** Anything that the far end, the user or time may do, at any moment. */
const ACTIONS: Readonly<Record<string, (harness: SessionHarness) => unknown>> = {
  open: ({ sockets }) => sockets.last.open(),
  welcome: ({ sockets }) => sockets.last.receive(WELCOME),
  authenticated: ({ sockets }) => sockets.last.receive(AUTHENTICATED),
  oneAcknowledged: ({ sockets }) => sockets.last.receive(acknowledgement('AM.AAPL')),
  allAcknowledged: ({ sockets }) => sockets.last.receive(acknowledgement('AM.AAPL', 'AM.MSFT', 'AM.IBM')),
  notAuthorized: ({ sockets }) => sockets.last.receive(statusFrame('error', 'not authorized')),
  evicted: ({ sockets }) => sockets.last.receive(statusFrame('max_connections')),
  slow: ({ sockets }) => sockets.last.receive(statusFrame('slow_consumer')),
  keyRefused: ({ sockets }) => sockets.last.receive(statusFrame('auth_failed', 'authentication failed')),
  data: ({ sockets }) => sockets.last.receive([bar()]),
  pong: ({ sockets }) => sockets.last.pong(),
  drop: ({ sockets }) => sockets.last.drop(),
  close: ({ sockets }) => sockets.last.drop(1000),
  second: ({ clock }) => clock.advance(1_000),
  halfMinute: ({ clock }) => clock.advance(30_000),
  longWhile: ({ clock }) => clock.advance(400_000),
  streamAll: ({ sockets }) => sockets.last.stream(),
  addSymbol: ({ session }) =>
    session.updateSubscriptions(['AAPL', 'MSFT', 'IBM'].map(ticker => ({ channel: 'AM', ticker }))),
  removeSymbol: ({ session }) => session.updateSubscriptions([{ channel: 'AM', ticker: 'AAPL' }]),
  suspend: ({ session }) => session.suspend('test'),
  resume: ({ session }) => session.resume(),
};

const RESTING = ['suspended', 'failed'];

function checkInvariants({ session, sockets, clock }: SessionHarness): void {
  const alive = sockets.all.filter(socket => !socket.destroyed);
  const { name } = session.state;
  expect(alive.length, `sockets alive while ${name}`).to.be.at.most(1);
  if (RESTING.includes(name)) {
    expect(alive.length, `sockets alive while ${name}`).to.equal(0);
    expect(clock.pending, `timers while ${name}`).to.equal(0);
  } else {
    expect(clock.pending, `timers while ${name}`).to.be.at.least(1);
    if (name !== 'backing-off') expect(alive.length, `sockets alive while ${name}`).to.equal(1);
  }
  for (const socket of sockets.all) {
    expect(socket.requests('auth').length, 'authentications on one socket').to.be.at.most(1);
    const held = new Set<string>();
    for (const text of socket.sent.slice(1)) {
      const { action, params } = JSON.parse(text) as { action: string; params: string };
      for (const pair of params.split(',')) {
        expect(held.has(pair), `${action} ${pair}`).to.equal(action === 'unsubscribe');
        if (action === 'subscribe') held.add(pair);
        else held.delete(pair);
      }
    }
  }
}

describe('massive session: whatever happens', () => {
  it('model - never two sockets, never a stage without a way out, no pair asked for twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...Object.keys(ACTIONS)), { minLength: 1, maxLength: 40 }),
        async names => {
          const harness = sessionHarness();
          harness.session.start();
          for (const name of names) {
            await ACTIONS[name]!(harness);
            checkInvariants(harness);
          }
          if (harness.session.state.name === 'failed') return;
          // From wherever that led, a server that behaves gets the session streaming again.
          harness.session.resume();
          for (let patience = 0; harness.session.state.name !== 'streaming' && patience < 3; patience++) {
            await harness.clock.advance(
              harness.session.state.name === 'backing-off' ? (harness.clock.nextInMs ?? 0) : 15_000,
            );
            if (harness.session.state.name === 'connecting') harness.sockets.last.stream();
          }
          expect(harness.session.state.name).to.equal('streaming');
          const stopped = harness.session.stop(1_000);
          await harness.clock.advance(1_000);
          await stopped;
          expect(harness.clock.pending).to.equal(0);
          expect(harness.sockets.all.filter(socket => !socket.destroyed)).to.have.length(0);
        },
      ),
      { numRuns: 300, seed: 20_261_002 },
    );
  });
});
