import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { parseScheduledFault } from '../../../src/simulator/faults.ts';
import { truthOfReceived } from '../../unit/simulator/independent-truth.ts';
import { AT_MS } from '../../unit/simulator/market-tape.ts';
import { SimulatorHarness } from './simulator-harness.ts';
import { StreamClient } from './stream-client.ts';

describe('simulator faults', () => {
  let harness: SimulatorHarness;

  beforeEach(async () => {
    harness = await SimulatorHarness.start();
  });

  afterEach(() => harness.simulator.close());

  it('drop - breaks off without a closing handshake', async () => {
    const client = await harness.subscriber('A.*');
    expect(harness.simulator.inject({ kind: 'drop' })).to.equal(1);
    expect((await client.closed).code).to.equal(1006);
  });

  it('stall - pings go unanswered and bars wait, but none is lost', async () => {
    const client = await harness.subscriber('A.*,AM.*');
    harness.simulator.inject({ kind: 'stall', forMs: 5000 });
    let pongs = 0;
    client.socket.on('pong', () => pongs++);
    const frames = client.frames.length;
    client.socket.ping('x');
    await harness.clock.advance(4990);
    expect([client.frames.length - frames, pongs]).to.deep.equal([0, 0]);
    await harness.advance(10, client);
    harness.simulator.pause();
    await client.caughtUp();
    expect(client.bars.length).to.be.above(100);
    expect(harness.simulator.truth().tables).to.deep.equal(truthOfReceived('stocks', client.bars));
  });

  it('silence - the connection lives, what is due is never sent and does not count', async () => {
    const client = await harness.subscriber('A.*,AM.*');
    harness.simulator.inject({ kind: 'silence', forMs: 5000 });
    await harness.advance(4990, client);
    expect(client.bars).to.deep.equal([]);
    await harness.advance(3000, client);
    harness.simulator.pause();
    await client.caughtUp();
    expect(client.bars.length).to.be.above(50);
    expect(harness.simulator.truth().tables).to.deep.equal(truthOfReceived('stocks', client.bars));
  });

  it('bad frame - is not JSON, and costs nothing else', async () => {
    const client = await harness.subscriber('A.*');
    harness.simulator.inject({ kind: 'bad-frame' });
    await client.caughtUp();
    expect(() => JSON.parse(client.frames.pop()!)).to.throw(SyntaxError);
    await harness.advance(2000, client);
    expect(harness.simulator.truth().tables.agg1s).to.deep.equal(
      truthOfReceived('stocks', client.bars)['agg1s'],
    );
  });

  it('bad event - has wrong types among good ones, and is not in the truth', async () => {
    const client = await harness.subscriber('A.*');
    harness.simulator.inject({ kind: 'bad-event' });
    await harness.advance(2000, client);
    const bad = client.bars.filter(({ s }) => typeof s !== 'number');
    expect(bad).to.deep.equal([{ ev: 'A', sym: 17, v: 'many', o: null, c: {}, s: 'yesterday' }]);
    const good = client.bars.filter(({ s }) => typeof s === 'number');
    expect(harness.simulator.truth().tables.agg1s).to.deep.equal(truthOfReceived('stocks', good)['agg1s']);
  });

  it('duplicate - bars come twice, count twice, and are the same bars', async () => {
    const client = await harness.subscriber('A.*,AM.*');
    harness.simulator.inject({ kind: 'duplicate', count: 10 });
    await harness.advance(3000, client);
    const data = client.frames.filter(frame => frame.includes('"ev":"A"'));
    expect(data.length - new Set(data).size).to.equal(10);
    harness.simulator.pause();
    expect(harness.simulator.truth().tables).to.deep.equal(truthOfReceived('stocks', client.bars));
  });

  it('late - more bars are sent again from now on', async () => {
    await harness.simulator.close();
    harness = await SimulatorHarness.start({ lateShare: 0 });
    const client = await harness.subscriber('A.*,AM.*');
    await harness.advance(10_000, client);
    const corrected = (): number =>
      client.bars.filter(({ ev, e }) => ev === 'AM' && Number(e) <= AT_MS).length;
    expect(corrected()).to.equal(0);
    harness.simulator.inject({ kind: 'late', share: 0.9 });
    await harness.advance(10_000, client);
    expect(corrected()).to.be.above(50);
  });

  it('evict - as if another connection had come', async () => {
    const client = await harness.subscriber('A.*');
    harness.simulator.inject({ kind: 'evict' });
    expect((await client.closed).code).to.equal(1008);
    expect(client.statuses.at(-1)).to.equal('max_connections');
  });

  it('refuse-auth - the next key is refused, the one after it is not', async () => {
    harness.simulator.inject({ kind: 'refuse-auth', count: 1 });
    const refused = await StreamClient.connect(harness.url());
    refused.send('auth', 'demo');
    await refused.closed;
    expect(refused.statuses.at(-1)).to.equal('auth_failed');
    await StreamClient.authenticated(harness.url());
  });

  it('acknowledgements - come late or never, bars come all the same', async () => {
    const client = await StreamClient.authenticated(harness.url());
    harness.simulator.inject({ kind: 'slow-acks', forMs: 8000 });
    harness.simulator.inject({ kind: 'missing-acks', count: 1 });
    await harness.subscribe(client, 'A.*,AM.*');
    await harness.advance(5000, client);
    expect(client.statuses).to.deep.equal(['connected', 'auth_success']);
    expect(client.bars.length).to.be.above(50);
    await harness.advance(3000, client);
    expect(client.messages.slice(2)).to.deep.equal(['subscribed to: AM.*']);
  });

  it('unknown status - is sent', async () => {
    const client = await harness.subscriber('A.*');
    harness.simulator.inject({ kind: 'unknown-status' });
    await harness.advance(10, client);
    expect(client.statuses.at(-1)).to.equal('maintenance');
  });

  it('one connection - the others are left alone', async () => {
    await harness.simulator.close();
    harness = await SimulatorHarness.start({ connectionsPerKey: 2 });
    const first = await harness.subscriber('A.*');
    const second = await harness.subscriber('A.*');
    expect(harness.simulator.inject({ kind: 'drop' }, 2)).to.equal(1);
    await second.closed;
    await first.caughtUp();
  });

  it('schedule - happens at its time, and repeated ones when the seed says', async () => {
    const moments = async (seed: number): Promise<number[]> => {
      await harness.simulator.close();
      harness = await SimulatorHarness.start({
        seed,
        faults: ['bad-frame@3', 'unknown-status~2'].map(parseScheduledFault),
      });
      const seen: number[] = [];
      for (let tenth = 0; tenth < 100; tenth++) {
        const before = harness.logger.messages('warn').length;
        await harness.clock.advance(100);
        for (const { fields } of harness.logger.lines.slice(before)) {
          seen.push(fields['kind'] === 'bad-frame' ? -tenth : tenth);
        }
      }
      return seen;
    };
    const once = await moments(5);
    expect(once).to.include(-29);
    expect(once.length).to.be.within(3, 12);
    expect(await moments(5)).to.deep.equal(once);
    expect(await moments(6)).not.to.deep.equal(once);
  });

  it('control - the same over HTTP, with clear answers to mistakes', async () => {
    const client = await harness.subscriber('A.*');
    const base = `http://127.0.0.1:${harness.simulator.port}`;
    const post = (path: string, headers = {}): Promise<Response> =>
      fetch(base + path, { method: 'POST', headers });
    const truth = (await (await fetch(`${base}/truth`)).json()) as object;
    expect(truth).to.have.nested.property('tables.agg1s.checksum');
    expect(await (await post('/control/bad-frame?connection=1')).json()).to.deep.equal({ applied: 1 });
    expect(await (await post('/control/bad-frame?connection=9')).json()).to.deep.equal({ applied: 0 });
    const mistakes = ['/control/bang', '/control/stall?ms=soon', '/control/drop?ms=3'];
    for (const path of mistakes) expect((await post(path)).status, path).to.equal(400);
    expect((await fetch(`${base}/control/drop`)).status).to.equal(405);
    expect((await fetch(`${base}/v2/aggs`)).status).to.equal(404);
    expect((await post('/control/drop', { origin: 'http://example.com' })).status).to.equal(403);
    await post('/control/pause');
    const before = client.frames.length;
    await harness.advance(3000, client);
    expect(client.frames.length).to.be.at.most(before + 1);
    await post('/control/resume');
    await harness.advance(3000, client);
    expect(client.frames.length).to.be.above(before + 10);
    await post('/control/drop');
    await client.closed;
  });

  it('wrong requests - do not end the simulator', async () => {
    const socket = connect(harness.simulator.port, '127.0.0.1');
    socket.write('GET // HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'data');
    socket.destroy();
    await StreamClient.authenticated(harness.url());
  });
});
