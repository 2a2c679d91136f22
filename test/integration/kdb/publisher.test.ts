import { expect } from 'chai';
import type { PublishMode } from '../../../src/kdb/publisher/options.ts';
import { AGGREGATE_TABLES } from '../../../src/tables/definitions.ts';
import { batchOf, PublisherHarness, sequenceOf, TODAY } from '../../support/publisher-harness.ts';
import type { Reply } from '../../support/q-server.ts';

const MODES: readonly PublishMode[] = ['sync', 'async+chaser', 'async-unverified'];

describe('kdb publisher', () => {
  let harness: PublisherHarness;

  afterEach(() => harness.close());

  it('brings every batch to the tickerplant in order, in every mode', async () => {
    for (const mode of MODES) {
      harness = await PublisherHarness.start({ mode });
      await harness.reached('publishing');
      const batches = Array.from({ length: 50 }, (_, i) => batchOf(i));
      harness.offer(...batches);
      const { source, tickerplant } = harness;
      await harness.watch.until(() => tickerplant.updates.length === 50 && source.takenCount === 0);
      const sequences = batches.map(({ sequence }) => sequence);
      expect(tickerplant.updates.map(sequenceOf)).deep.equal(sequences);
      expect(tickerplant.updates[0]).include({
        functionName: '.u.upd',
        table: 'agg1s',
        async: mode !== 'sync',
      });
      const unverified = mode === 'async-unverified';
      expect(source.acknowledgedSequences).deep.equal(unverified ? [] : sequences);
      expect(source.unverifiedSequences).deep.equal(unverified ? sequences : []);
      expect(harness.ackMs.length).equal(unverified ? 0 : 50);
      await harness.close();
    }
  });

  it('publishes over TLS', async () => {
    harness = await PublisherHarness.start({}, undefined, { tls: true });
    await harness.reached('publishing');
    harness.offer(...Array.from({ length: 50 }, (_, i) => batchOf(i)));
    await harness.watch.until(() => harness.source.acknowledgedSequences.length === 50);
    expect(harness.tickerplant.updates.map(sequenceOf)).deep.equal(harness.source.acknowledgedSequences);
  });

  it('has no more on its way than its window, and goes on with each answer', async () => {
    for (const [limits, expected] of [
      [{ inFlightBatches: 3, inFlightBytes: 1e9 }, 3],
      [{ inFlightBatches: 100, inFlightBytes: batchOf(0).columns.length + 1 }, 2],
    ] as const) {
      harness = await PublisherHarness.start({ limits });
      const { tickerplant, publisher, source } = harness;
      tickerplant.onUpdate = () => 'nothing';
      await harness.reached('publishing');
      harness.offer(...Array.from({ length: 10 }, (_, i) => batchOf(i)));
      await harness.watch.until(() => tickerplant.updates.length === expected);
      expect(publisher.inFlight.batches).equal(expected);
      expect(source.waiting.length).equal(10 - expected);
      tickerplant.updates[0]!.peer.answer({ value: { kind: 'primitive', type: 101, code: 0 } });
      await harness.watch.until(() => tickerplant.updates.length === expected + 1);
      expect(source.acknowledgedSequences).deep.equal([0]);
      await harness.close();
    }
  });

  it('calls nothing acknowledged before the chaser behind it is answered', async () => {
    harness = await PublisherHarness.start({ mode: 'async+chaser' }, tickerplant => {
      tickerplant.chaserReply = 'nothing';
    });
    const { tickerplant, source } = harness;
    await harness.reached('publishing');
    harness.offer(batchOf(1), batchOf(2));
    await harness.watch.until(
      () => tickerplant.server.requests.at(-1)?.type === 'sync' && tickerplant.updates.length === 2,
    );
    expect(source.acknowledgedSequences).deep.equal([]);
    tickerplant.updates[0]!.peer.answer({ value: { kind: 'primitive', type: 101, code: 0 } });
    await harness.watch.until(() => source.acknowledgedSequences.length === 2);
  });

  it('measures the time to the acknowledgement', async () => {
    harness = await PublisherHarness.start();
    const { tickerplant } = harness;
    tickerplant.onUpdate = () => 'nothing';
    await harness.reached('publishing');
    harness.offer(batchOf(1));
    await harness.watch.until(() => tickerplant.updates.length === 1);
    await harness.clock.advance(40);
    tickerplant.updates[0]!.peer.answer({ value: { kind: 'primitive', type: 101, code: 0 } });
    await harness.watch.until(() => harness.ackMs.length === 1);
    expect(harness.ackMs).deep.equal([40]);
  });

  it('calls the function that the operator names', async () => {
    harness = await PublisherHarness.start({ functionName: '.my.upd' });
    await harness.reached('publishing');
    harness.offer(batchOf(1));
    await harness.watch.until(() => harness.tickerplant.updates.length === 1);
    expect(harness.tickerplant.updates[0]!.functionName).equal('.my.upd');
  });

  it('publishes to the tickerplants of every convention', async () => {
    for (const convention of ['kdb-tick', 'torq', 'torq-stp'] as const) {
      harness = await PublisherHarness.start({ convention });
      await harness.reached('publishing');
      expect(harness.publisher.ready).equal(true);
      await harness.close();
    }
  });

  it('takes only batches of the date that the tickerplant has, and follows its roll', async () => {
    harness = await PublisherHarness.start();
    const { tickerplant, source } = harness;
    await harness.reached('publishing');
    harness.offer(batchOf(1), batchOf(2, { tradingDate: TODAY + 1 }));
    await harness.watch.until(() => source.acknowledgedSequences.length === 1);
    tickerplant.date = TODAY + 1;
    await harness.clock.advance(1000);
    await harness.watch.until(() => source.acknowledgedSequences.length === 2);
    expect(harness.dates).deep.equal([TODAY, TODAY + 1]);
    expect(harness.publisher.date).equal(TODAY + 1);
  });

  it('counts what the tickerplant sends on its own, and is not confused by it', async () => {
    harness = await PublisherHarness.start({}, tickerplant => {
      tickerplant.onUpdate = ({ peer }): Reply => {
        peer.send('async', { kind: 'atom', type: 'symbol', value: 'upd' });
        return { value: { kind: 'primitive', type: 101, code: 0 } };
      };
    });
    await harness.reached('publishing');
    harness.offer(batchOf(1), batchOf(2));
    await harness.watch.until(() => harness.source.acknowledgedSequences.length === 2);
    const target = `127.0.0.1:${harness.tickerplant.server.port}`;
    expect(harness.counters.snapshot().get(`kdb_messages_unasked{tickerplant="${target}"}`)).equal(2);
  });

  describe('stopping', () => {
    it('sends what waits and waits for its answers', async () => {
      harness = await PublisherHarness.start();
      const { tickerplant, source, publisher } = harness;
      tickerplant.onUpdate = () => 'nothing';
      await harness.reached('publishing');
      harness.offer(batchOf(1), batchOf(2));
      await harness.watch.until(() => tickerplant.updates.length === 2);
      const stopped = publisher.stop(10_000);
      expect(publisher.state.name).equal('publishing');
      for (const { peer } of tickerplant.updates)
        peer.answer({ value: { kind: 'primitive', type: 101, code: 0 } });
      expect(await stopped).deep.equal([]);
      expect(source.acknowledgedSequences).deep.equal([1, 2]);
      expect(publisher.state.name).equal('stopped');
      await harness.watch.until(() => tickerplant.server.openPeers.length === 0);
      expect(harness.clock.pending).equal(0);
    });

    it('gives back at the limit what was not answered', async () => {
      harness = await PublisherHarness.start();
      const { tickerplant, source, publisher } = harness;
      tickerplant.onUpdate = () => 'nothing';
      await harness.reached('publishing');
      harness.offer(batchOf(1), batchOf(2));
      await harness.watch.until(() => tickerplant.updates.length === 2);
      const stopped = publisher.stop(500);
      await harness.clock.advance(500);
      expect((await stopped).map(({ sequence }) => sequence)).deep.equal([1, 2]);
      expect(source.rewoundSequences).deep.equal([[1, 2]]);
      expect(source.takenCount).equal(0);
    });

    it('still connects to a tickerplant that comes back within the limit', async () => {
      harness = await PublisherHarness.start();
      const { tickerplant, source, publisher } = harness;
      await harness.reached('publishing');
      for (const peer of tickerplant.server.openPeers) peer.socket.destroy();
      await harness.reached('backing-off');
      harness.offer(batchOf(1));
      const stopped = publisher.stop(10_000);
      await harness.retry();
      expect(await stopped).deep.equal([]);
      expect(source.acknowledgedSequences).deep.equal([1]);
    });

    it('closes a connection that is opened after the limit', async () => {
      harness = await PublisherHarness.start({}, undefined, { handshake: () => 'silence' });
      const { server } = harness.tickerplant;
      await harness.watch.until(() => server.credentials.length === 1);
      server.handshake = () => 'accept';
      const stopped = harness.publisher.stop(0);
      expect(harness.publisher.stop(0)).equal(stopped);
      await harness.clock.advance(0);
      expect(await stopped).deep.equal([]);
      server.breakSilence();
      await harness.watch.until(() => server.peers.length === 2 && server.openPeers.length === 0);
      expect(harness.stateNames).deep.equal(['connecting', 'stopped']);
      expect(harness.clock.pending).equal(0);
    });

    it('ends at once what has not been started, and what has failed', async () => {
      harness = await PublisherHarness.start({ failFast: true }, tickerplant => tickerplant.tables.clear());
      await harness.reached('failed');
      expect(await harness.publisher.stop(10_000)).deep.equal([]);
      expect(harness.publisher.state.name).equal('failed');
    });
  });

  it('works for every aggregate table at once', async () => {
    const tables = Object.values(AGGREGATE_TABLES);
    harness = await PublisherHarness.start({ tables });
    await harness.reached('publishing');
    harness.offer(...tables.map(({ name }, i) => batchOf(i, { table: name })));
    await harness.watch.until(() => harness.source.acknowledgedSequences.length === 3);
    expect(harness.tickerplant.updates.map(({ table }) => table)).deep.equal(['agg1s', 'agg1m', 'agg1d']);
  });
});
