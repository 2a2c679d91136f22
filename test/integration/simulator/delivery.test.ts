import { expect } from 'chai';
import { truthOfReceived } from '../../unit/simulator/independent-truth.ts';
import { SimulatorHarness } from './simulator-harness.ts';
import { StreamClient } from './stream-client.ts';

describe('simulator delivery', () => {
  let harness: SimulatorHarness;

  afterEach(() => harness.simulator.close());

  it('truth - equals what arrived, per connection and in all', async () => {
    harness = await SimulatorHarness.start({ keys: ['one', 'two'].map(key => ({ key, markets: 'all' })) });
    const all = await harness.subscriber('A.*,AM.*', 'stocks', 'one');
    const few = await harness.subscriber('A.AAPL,AM.MSFT', 'stocks', 'two');
    await harness.advance(20_000, all);
    few.send('unsubscribe', 'A.AAPL');
    await few.caughtUp();
    await harness.advance(20_000, all);
    harness.simulator.pause();
    await Promise.all([all.caughtUp(), few.caughtUp()]);
    const { tables, connections } = harness.simulator.truth();
    const received = [all, few].map(({ bars }) => truthOfReceived('stocks', bars));
    expect(connections.map(({ agg1s, agg1m }) => ({ agg1s, agg1m }))).to.deep.equal(received);
    expect(tables.agg1s).to.deep.equal({
      ...received[0]!['agg1s'],
      sent: received[0]!['agg1s']!.sent + received[1]!['agg1s']!.sent,
    });
    expect(received[1]!['agg1s']!.sent).to.be.above(0);
  });

  it('truth - of a connection that came back counts each bar once, in its last version', async () => {
    harness = await SimulatorHarness.start({ lateShare: 0.5 });
    const first = await harness.subscriber('A.*,AM.*');
    await harness.advance(20_000, first);
    harness.simulator.pause();
    await first.caughtUp();
    first.socket.terminate();
    const second = await harness.subscriber('A.*,AM.*');
    await harness.advance(40_000, second);
    harness.simulator.pause();
    await second.caughtUp();
    expect(harness.simulator.truth().tables).to.deep.equal(
      truthOfReceived('stocks', [...first.bars, ...second.bars]),
    );
  });

  it('seed - the same one and the same start give the same bytes', async () => {
    const bytes: string[] = [];
    for (let run = 0; run < 2; run++) {
      harness = await SimulatorHarness.start({ seed: 9 });
      const client = await harness.subscriber('A.*,AM.*');
      await harness.advance(5000, client);
      bytes.push(client.frames.join('\n'));
      if (run === 0) await harness.simulator.close();
    }
    expect(bytes[0]!.length).to.be.above(10_000);
    expect(bytes[0]).to.equal(bytes[1]);
  });

  it('markets - a connection gets the bars of its own cluster only', async () => {
    harness = await SimulatorHarness.start({ markets: ['forex', 'futures'] });
    const forex = await harness.subscriber('CAS.*,A.*', 'forex');
    const comex = await harness.subscriber('A.*', 'futures/comex');
    await harness.advance(5000, forex);
    await comex.caughtUp();
    expect(new Set(forex.bars.map(({ ev }) => ev))).to.deep.equal(new Set(['CAS']));
    const roots = new Set(comex.bars.map(({ sym }) => /^(GC|SI|HG|1OZ)/.exec(String(sym))?.[0]));
    expect(roots.size).to.be.above(1);
    expect(roots.has(undefined)).to.equal(false);
  });

  it('speed - market time runs faster, and a frame has at most so many events', async () => {
    harness = await SimulatorHarness.start({
      symbols: 2000,
      rate: 18_000,
      speed: 10,
      eventsPerFrame: 7,
      lateShare: 0,
    });
    const client = await harness.subscriber('A.*');
    await harness.advance(1000, client);
    expect(client.bars.length).to.be.within(14_000, 20_000);
    const sizes = client.frames.map(frame => (JSON.parse(frame) as unknown[]).length);
    expect(Math.max(...sizes)).to.equal(7);
  });

  it('slow consumer - is delayed, then closed with 1008 and no reason; the others do not notice', async () => {
    harness = await SimulatorHarness.start({
      symbols: 12_000,
      rate: 11_000,
      bufferBytes: 1_000_000,
      keys: ['slow', 'fast'].map(key => ({ key, markets: 'all' })),
    });
    const slow = await harness.subscriber('A.*', 'stocks', 'slow');
    const fast = await harness.subscriber('A.*', 'stocks', 'fast');
    slow.socket.pause();
    for (let second = 0; second < 40 && harness.logger.messages('warn').length === 0; second++) {
      await harness.advance(1000, fast);
      for (const { bufferedBytes } of harness.simulator.truth().connections) {
        expect(bufferedBytes).to.be.at.most(1_000_000 + 200_000);
      }
    }
    expect(harness.logger.messages('warn')).to.deep.equal(['closed a slow consumer: its buffer is full']);
    slow.socket.resume();
    expect(await slow.closed).to.deep.equal({ code: 1008, reason: '' });
    const { connections } = harness.simulator.truth();
    const counted = connections.find(({ id }) => id === 1)!;
    expect(counted.agg1s).to.deep.equal(truthOfReceived('stocks', slow.bars)['agg1s']);
    await fast.caughtUp();
  });

  it('connecting - bars begin with the subscription and end with it', async () => {
    harness = await SimulatorHarness.start();
    const client = await StreamClient.authenticated(harness.url());
    await harness.advance(5000, client);
    expect(client.bars).to.deep.equal([]);
    await harness.subscribe(client, 'A.*');
    await harness.advance(2000, client);
    expect(client.bars.length).to.be.above(20);
    client.send('unsubscribe', 'A.*');
    await client.caughtUp();
    const before = client.bars.length;
    await harness.advance(5000, client);
    expect(client.bars.length).to.equal(before);
  });
});
