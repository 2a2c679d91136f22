import { once } from 'node:events';
import { expect } from 'chai';
import { WebSocket } from 'ws';
import { SimulatorHarness } from './simulator-harness.ts';
import { StreamClient } from './stream-client.ts';

describe('simulator protocol', () => {
  let harness: SimulatorHarness;

  async function start(options: Parameters<typeof SimulatorHarness.start>[0] = {}): Promise<void> {
    harness = await SimulatorHarness.start(options);
  }

  afterEach(() => harness.simulator.close());

  it('handshake - is the literal one', async () => {
    await start();
    const client = await StreamClient.authenticated(harness.url());
    await harness.subscribe(client, 'AM.AAPL,A.AAPL');
    client.send('unsubscribe', 'AM.AAPL');
    await client.caughtUp();
    await harness.advance(10, client);
    expect(client.frames).to.deep.equal([
      '[{"ev":"status","status":"connected","message":"Connected Successfully"}]',
      '[{"ev":"status","status":"auth_success","message":"authenticated"}]',
      '[{"ev":"status","status":"success","message":"subscribed to: AM.AAPL"},{"ev":"status","status":"success","message":"subscribed to: A.AAPL"}]',
      '[{"ev":"status","status":"success","message":"unsubscribed to: AM.AAPL"}]',
    ]);
  });

  it('wrong key - is told, then the connection drops without a closing handshake', async () => {
    await start();
    const client = await StreamClient.connect(harness.url());
    client.send('auth', 'wrong');
    expect((await client.closed).code).to.equal(1006);
    expect(client.frames[1]).to.equal(
      '[{"ev":"status","status":"auth_failed","message":"authentication failed"}]',
    );
  });

  it('entitlement - each market has its own, and a market that is not simulated has none', async () => {
    await start({ markets: ['stocks', 'crypto'], keys: [{ key: 'coins', markets: ['crypto', 'forex'] }] });
    for (const cluster of ['stocks', 'forex']) {
      const client = await StreamClient.connect(harness.url(cluster));
      client.send('auth', 'coins');
      expect((await client.closed).code).to.equal(1006);
      expect(client.messages[1]).to.equal(
        "Your plan doesn't include websocket access. Visit https://massive.com/pricing to upgrade.",
      );
    }
    const admitted = await StreamClient.authenticated(harness.url('crypto'), 'coins');
    expect(admitted.statuses).to.deep.equal(['connected', 'auth_success']);
  });

  it('no authentication - is told after a while, then the connection drops', async () => {
    await start();
    const client = await StreamClient.connect(harness.url());
    await harness.clock.advance(10_000);
    expect((await client.closed).code).to.equal(1006);
    expect(client.frames[1]).to.equal(
      '[{"ev":"status","status":"auth_timeout","message":"No authentication request received."}]',
    );
  });

  it('subscribing before authentication - is refused', async () => {
    await start();
    const client = await StreamClient.connect(harness.url());
    client.send('subscribe', 'A.*');
    await client.caughtUp();
    expect(client.statuses).to.deep.equal(['connected', 'auth_required']);
  });

  it('what it does not understand - is not answered', async () => {
    await start();
    const client = await StreamClient.authenticated(harness.url());
    for (const message of [
      'not json',
      '[]',
      '{"action":"dance"}',
      '{"action":"subscribe","params":7}',
      'null',
    ]) {
      client.socket.send(message);
    }
    client.send('auth', 'demo');
    await client.caughtUp();
    await harness.advance(50, client);
    expect(client.frames.length).to.equal(2);
  });

  it('a subscribe message of more than 1 MB - closes the connection', async () => {
    await start();
    const client = await StreamClient.authenticated(harness.url());
    client.send('subscribe', 'A.AAAA,'.repeat(143_000));
    expect((await client.closed).code).to.equal(1009);
  });

  it('one connection per key and cluster - the older one has to go', async () => {
    await start({ markets: ['stocks', 'crypto'] });
    const other = await StreamClient.authenticated(harness.url('crypto'));
    const older = await StreamClient.authenticated(harness.url());
    const newer = await StreamClient.authenticated(harness.url());
    expect(await older.closed).to.deep.equal({ code: 1008, reason: '' });
    expect(older.frames.at(-1)).to.equal(
      '[{"ev":"status","status":"max_connections","message":"Maximum number of websocket connections exceeded. "}]',
    );
    await Promise.all([newer.caughtUp(), other.caughtUp()]);
  });

  it('one connection per key and cluster - on request the newer one has to go, after it has subscribed', async () => {
    await start({ evicted: 'newer' });
    const older = await StreamClient.authenticated(harness.url());
    const newer = await StreamClient.authenticated(harness.url());
    newer.send('subscribe', 'A.AAPL');
    expect((await newer.closed).code).to.equal(1008);
    expect(newer.statuses).to.deep.equal(['connected', 'auth_success', 'success', 'max_connections']);
    await older.caughtUp();
  });

  it('connections - keys of several may have several', async () => {
    await start({ connectionsPerKey: 2, keys: ['one', 'two'].map(key => ({ key, markets: 'all' })) });
    const clients = [];
    for (const key of ['one', 'one', 'two'])
      clients.push(await StreamClient.authenticated(harness.url(), key));
    await Promise.all(clients.map(client => client.caughtUp()));
  });

  it('addresses - only those of the service exist', async () => {
    await start();
    const socket = new WebSocket(harness.url('bonds'));
    const [error] = await once(socket, 'error');
    expect(String(error)).to.contain('404');
  });

  it('too many connections - are refused', async () => {
    await start({ maxConnections: 1 });
    await StreamClient.connect(harness.url());
    const [error] = await once(new WebSocket(harness.url()), 'error');
    expect(String(error)).to.contain('503');
  });

  it('acknowledgements - may share a message with data', async () => {
    await start({ symbols: 1, rate: 1 });
    const client = await harness.subscriber('A.AAPL');
    // Asked for within one tick of the next bar: the answer waits for it.
    for (let pair = 0; !client.frames.some(frame => /success.*"ev":"A"/.test(frame)); pair++) {
      client.send('subscribe', `AM.UNKNOWN${pair}`);
      await harness.advance(10, client);
    }
  });
});
