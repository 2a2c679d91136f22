import { expect } from 'chai';
import type { PublisherOptions } from '../../../src/kdb/publisher/options.ts';
import { batchOf, PublisherHarness, sequenceOf } from '../../support/publisher-harness.ts';
import type { Reply } from '../../support/q-server.ts';

const DONE: Reply = { value: { kind: 'primitive', type: 101, code: 0 } };

describe('kdb publisher in trouble', () => {
  let harness: PublisherHarness;

  const publishing: typeof PublisherHarness.publishing = async (...given) => {
    harness = await PublisherHarness.publishing(...given);
    return harness;
  };

  afterEach(() => harness.close());

  describe('a lost connection', () => {
    it('sends again, in order and first of all, what was not answered', async () => {
      const { tickerplant, source, watch } = await publishing();
      tickerplant.onUpdate = (_update, count) => (count === 1 ? DONE : count === 4 ? 'close' : 'nothing');
      harness.offer(...Array.from({ length: 6 }, (_, i) => batchOf(i)));
      await harness.reached('backing-off');
      expect(source.rewoundSequences).deep.equal([[1, 2, 3, 4, 5]]);
      tickerplant.updates.length = 0;
      tickerplant.onUpdate = () => DONE;
      await harness.retry();
      await watch.until(() => source.acknowledgedSequences.length === 6);
      expect(tickerplant.updates.map(sequenceOf)).deep.equal([1, 2, 3, 4, 5]);
      expect(source.acknowledgedSequences).deep.equal([0, 1, 2, 3, 4, 5]);
    });

    it('is also the loss of the connection for questions', async () => {
      const { tickerplant } = await publishing();
      const questions = tickerplant.server.peers[1]!;
      questions.socket.destroy();
      await harness.reached('backing-off');
      await harness.watch.until(() => tickerplant.server.openPeers.length === 0);
      expect(harness.logger.messages('error').at(-1)).match(/ was lost\. .* Trying again in [\d.]+ s\.$/);
      await harness.retry();
      await harness.reached('publishing');
      await harness.watch.until(() => / is back after /.test(harness.logger.messages('info').at(-1)!));
    });

    it('leaves none open where the second of the two is refused', async () => {
      harness = await PublisherHarness.start({}, undefined, {
        handshake: (_credentials, connectionNumber) => (connectionNumber === 2 ? 'refuse' : 'accept'),
      });
      const { error } = await harness.reached('backing-off');
      expect(error.code).equal('KDB_REFUSED_PASSWORD');
      await harness.watch.until(() => harness.tickerplant.server.openPeers.length === 0);
      await harness.retry();
      await harness.reached('publishing');
    });

    it('is made of a tickerplant that does not answer', async () => {
      const { tickerplant, source } = await publishing({
        timing: { ...timing(), answerTimeoutMs: 2000, dateIntervalMs: 1e9 },
      });
      tickerplant.onUpdate = () => 'nothing';
      harness.offer(batchOf(1));
      await harness.watch.until(() => tickerplant.updates.length === 1);
      await harness.clock.advance(2000);
      const { error } = await harness.reached('backing-off');
      expect(error.code).equal('KDB_ANSWER_TIMEOUT');
      expect(source.rewoundSequences).deep.equal([[1]]);
    });

    it('is tried again for ever, ever more rarely, and at once again after a good connection', async () => {
      const { tickerplant } = await publishing();
      tickerplant.server.handshake = () => 'refuse';
      for (const peer of tickerplant.server.openPeers) peer.socket.destroy();
      const waits: number[] = [];
      for (let i = 0; i < 10; i++) {
        const { retryAtMs } = await harness.reached('backing-off');
        waits.push(retryAtMs - harness.clock.monotonicMs());
        await harness.retry();
        await harness.watch.until(
          () => harness.stateNames.filter(name => name === 'backing-off').length === i + 2,
        );
      }
      expect(waits).deep.equal([125, 250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
      tickerplant.server.handshake = () => 'accept';
      await harness.retry();
      await harness.reached('publishing');
      await harness.readDate();
      for (const peer of tickerplant.server.openPeers) peer.socket.destroy();
      const { retryAtMs } = await harness.reached('backing-off');
      expect(retryAtMs - harness.clock.monotonicMs()).most(250);
    });

    for (const mode of ['async+chaser', 'async-unverified'] as const) {
      it(`is no more than that in the middle of a write, in mode ${mode}`, async () => {
        const { tickerplant, source, publisher } = await publishing({ mode });
        const peer = tickerplant.server.peers[0]!.socket;
        peer.pause();
        const large = Array.from({ length: 32 }, (_, i) =>
          batchOf(i, { columns: new Uint8Array(1024 * 1024) }),
        );
        harness.offer(...large);
        peer.resetAndDestroy();
        await harness.reached('backing-off');
        expect(source.takenCount).equal(0);
        const known = [...source.unverifiedSequences, ...source.waiting.map(({ sequence }) => sequence)];
        expect(known).deep.equal(large.map(({ sequence }) => sequence));
        expect(publisher.inFlight.batches).equal(0);
      });
    }

    it('takes nothing for sent that was still to be written', async () => {
      const { tickerplant, source, publisher, watch } = await publishing({ mode: 'async-unverified' });
      const peer = tickerplant.server.peers[0]!.socket;
      peer.pause();
      // More than the system keeps for a peer that does not read.
      harness.offer(batchOf(0, { columns: new Uint8Array(64 * 1024 * 1024) }));
      harness.offer(batchOf(1));
      await watch.until(() => publisher.inFlight.batches === 1);
      peer.resetAndDestroy();
      await harness.reached('backing-off');
      expect(source.unverifiedSequences).deep.equal([]);
      expect(source.waiting.map(({ sequence }) => sequence)).deep.equal([0, 1]);
    });

    it('does not forget what was handed to the network unverified but never left', async () => {
      const { tickerplant, source, watch } = await publishing({ mode: 'async-unverified' });
      const peer = tickerplant.server.peers[0]!.socket;
      peer.pause();
      const large = Array.from({ length: 64 }, (_, i) =>
        batchOf(i, { columns: new Uint8Array(1024 * 1024) }),
      );
      harness.offer(...large);
      expect(source.waiting.length).above(0);
      await watch.until(() => source.unverifiedSequences.length > 0);
      peer.destroy();
      await harness.reached('backing-off');
      expect(source.takenCount).equal(0);
      const known = [...source.unverifiedSequences, ...source.waiting.map(({ sequence }) => sequence)];
      expect(known).deep.equal(large.map(({ sequence }) => sequence));
    });
  });

  describe('a batch that is refused', () => {
    for (const signal of ['type', 'length', 'mismatch', 'agg1s']) {
      it(`is put aside for '${signal}, and the others go on`, async () => {
        const { tickerplant, source, watch, logger } = await publishing();
        tickerplant.onUpdate = update => (sequenceOf(update) === 2 ? { signal } : DONE);
        harness.offer(batchOf(1), batchOf(2), batchOf(3));
        await watch.until(() => source.acknowledgedSequences.length === 2);
        expect(source.acknowledgedSequences).deep.equal([1, 3]);
        expect(source.refusedBatches.map(([sequence]) => sequence)).deep.equal([2]);
        expect(source.refusedBatches[0]![1]).include(`'${signal}`);
        expect(logger.messages('error')).deep.equal([`the tickerplant refused 1 rows of agg1s: '${signal}`]);
      });
    }

    it('opens the breaker as the third in a row: nothing more is put aside, one batch probes', async () => {
      const { tickerplant, source, watch } = await publishing();
      tickerplant.onUpdate = () => ({ signal: 'type' });
      harness.offer(...Array.from({ length: 6 }, (_, i) => batchOf(i)));
      const held = await harness.reached('holding');
      expect(held).include({ reason: 'breaker', detail: "3 batches refused in a row, the last with 'type" });
      expect(harness.publisher.ready).equal(false);
      await harness.answered();
      expect(source.refusedBatches.map(([sequence]) => sequence)).deep.equal([0, 1, 2]);

      tickerplant.updates.length = 0;
      await harness.retry();
      await watch.until(() => harness.stateNames.filter(name => name === 'holding').length === 2);
      expect(tickerplant.updates.map(sequenceOf)).deep.equal([3]);
      expect(source.refusedBatches.length).equal(3);

      tickerplant.onUpdate = () => DONE;
      await harness.retry();
      await watch.until(() => source.acknowledgedSequences.length === 3);
      expect(source.acknowledgedSequences).deep.equal([3, 4, 5]);
      expect(harness.publisher.ready).equal(true);

      tickerplant.onUpdate = update => (sequenceOf(update) === 7 ? { signal: 'type' } : DONE);
      harness.offer(batchOf(7), batchOf(8));
      await watch.until(() => source.acknowledgedSequences.includes(8));
      expect(source.refusedBatches.map(([sequence]) => sequence)).deep.equal([0, 1, 2, 7]);
    });

    it('does not open the breaker where others between them are taken', async () => {
      const { tickerplant, source, watch } = await publishing();
      tickerplant.onUpdate = update => (sequenceOf(update) % 2 === 0 ? { signal: 'length' } : DONE);
      harness.offer(...Array.from({ length: 10 }, (_, i) => batchOf(i)));
      await watch.until(() => source.acknowledgedSequences.length + source.refusedBatches.length === 10);
      expect(harness.stateNames).not.include('holding');
    });

    it('stays behind an open breaker when the connection is lost', async () => {
      const { tickerplant, source } = await publishing();
      tickerplant.onUpdate = () => ({ signal: 'type' });
      harness.offer(...Array.from({ length: 5 }, (_, i) => batchOf(i)));
      await harness.reached('holding');
      await harness.answered();
      for (const peer of tickerplant.server.openPeers) peer.socket.destroy();
      await harness.reached('backing-off');
      tickerplant.updates.length = 0;
      await harness.retry();
      await harness.reached('holding');
      expect(tickerplant.updates.map(sequenceOf)).deep.equal([3]);
      expect(source.refusedBatches.length).equal(3);
    });
  });

  describe("the tickerplant's own error", () => {
    it('holds everything, sends the same batch again, then the rest', async () => {
      const { tickerplant, source, watch, logger } = await publishing();
      tickerplant.onUpdate = () => ({ signal: 'wsfull' });
      harness.offer(batchOf(1), batchOf(2), batchOf(3));
      const held = await harness.reached('holding');
      expect(held).include({ reason: 'tickerplant-error', detail: "'wsfull" });
      await harness.answered();
      harness.offer(batchOf(4));
      expect(logger.messages('error')).deep.equal(["publishing is held (tickerplant-error): 'wsfull"]);

      tickerplant.updates.length = 0;
      await harness.retry();
      await watch.until(() => harness.stateNames.filter(name => name === 'holding').length === 2);
      expect(tickerplant.updates.map(sequenceOf)).deep.equal([1]);

      tickerplant.updates.length = 0;
      tickerplant.onUpdate = () => DONE;
      await harness.retry();
      await watch.until(() => source.acknowledgedSequences.length === 4);
      expect(tickerplant.updates.map(sequenceOf)).deep.equal([1, 2, 3, 4]);
      expect(source.refusedBatches).deep.equal([]);
    });

    it('waits for the answers to what was sent behind, and sends that again too: the order of versions stays', async () => {
      const { tickerplant, source, watch } = await publishing();
      tickerplant.onUpdate = (_update, count) => (count === 1 ? { signal: 'stop' } : 'nothing');
      harness.offer(batchOf(1), batchOf(2), batchOf(3));
      await harness.reached('holding');
      await watch.until(() => tickerplant.updates.length === 3);
      await harness.retry();
      expect(harness.publisher.state.name).equal('holding');
      const [, second, third] = tickerplant.updates;
      tickerplant.onUpdate = () => DONE;
      second!.peer.answer(DONE);
      third!.peer.answer(DONE);
      await watch.until(() => source.acknowledgedSequences.length === 3);
      expect(source.acknowledgedSequences).deep.equal([1, 2, 3]);
      expect(source.rewoundSequences).deep.equal([[1, 2, 3]]);
      expect(tickerplant.updates.slice(3).map(sequenceOf)).deep.equal([1, 2, 3]);
    });

    it('behind a chaser holds all that the chaser stands for', async () => {
      const { tickerplant, source, watch } = await publishing({ mode: 'async+chaser' });
      tickerplant.chaserReply = { signal: 'access' };
      harness.offer(batchOf(1), batchOf(2));
      await harness.reached('holding');
      tickerplant.chaserReply = DONE;
      await harness.retry();
      await watch.until(() => source.acknowledgedSequences.length === 2);
      expect(source.rewoundSequences).deep.equal([[1, 2]]);
    });
  });
});

function timing(): PublisherOptions['timing'] {
  return {
    connectTimeoutMs: 5000,
    answerTimeoutMs: 30_000,
    dateIntervalMs: 1000,
    firstBackoffMs: 250,
    longestBackoffMs: 30_000,
    refusedMs: 20_000,
  };
}
