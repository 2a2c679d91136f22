import { expect } from 'chai';
import { ExitCode } from '../../../src/base/exit-codes.ts';
import { KdbConnectError, KdbNotTickerplantError, KdbSchemaError } from '../../../src/kdb/errors.ts';
import type { PublisherOptions } from '../../../src/kdb/publisher/options.ts';
import { AGGREGATE_TABLES } from '../../../src/tables/definitions.ts';
import type { FakeTickerplant } from '../../support/fake-tickerplant.ts';
import { batchOf, PublisherHarness, sequenceOf, TODAY } from '../../support/publisher-harness.ts';
import type { Reply } from '../../support/q-server.ts';

const DONE: Reply = { value: { kind: 'primitive', type: 101, code: 0 } };

describe('kdb publisher in trouble', () => {
  let harness: PublisherHarness;

  async function publishing(
    changes: Partial<PublisherOptions> = {},
    prepare?: (tickerplant: FakeTickerplant) => void,
  ): Promise<PublisherHarness> {
    harness = await PublisherHarness.start(changes, prepare);
    await harness.reached('publishing');
    return harness;
  }

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
      await harness.retry();
      await harness.reached('publishing');
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

    it('waits for the answers to what was sent before, and keeps only what they refuse', async () => {
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
      expect(source.acknowledgedSequences).deep.equal([2, 3, 1]);
      expect(source.rewoundSequences).deep.equal([[1]]);
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

  describe('a tickerplant that is not as it should be', () => {
    it('ends the first start with every difference in every table', async () => {
      harness = await PublisherHarness.start({ tables: Object.values(AGGREGATE_TABLES) }, ({ tables }) => {
        tables.delete('agg1d');
        tables.get('agg1s')!['trades'] = 'i';
      });
      const { error } = await harness.reached('failed');
      expect(error).instanceOf(KdbSchemaError);
      expect(error.exitCode).equal(ExitCode.schema);
      expect((error as KdbSchemaError).differences).deep.equal([
        'table agg1s: column trades is int, expected long',
        'table agg1d is missing',
      ]);
      expect(error.message.split('\n').length).equal(1);
      await harness.watch.until(() => harness.tickerplant.server.openPeers.length === 0);
    });

    it('holds later, and goes on when the tables are as they were', async () => {
      const { tickerplant, source } = await publishing();
      const columns = tickerplant.tables.get('agg1s')!;
      for (const peer of tickerplant.server.openPeers) peer.socket.destroy();
      await harness.reached('backing-off');
      tickerplant.tables.delete('agg1s');
      harness.offer(batchOf(1));
      await harness.retry();
      const held = await harness.reached('holding');
      expect(held.reason).equal('schema');
      expect(held.detail).include('table agg1s is missing');
      expect(tickerplant.updates).deep.equal([]);
      tickerplant.tables.set('agg1s', columns);
      await harness.retry();
      await harness.watch.until(() => source.acknowledgedSequences.length === 1);
    });

    it('ends the first start where there is no date, or no meta', async () => {
      harness = await PublisherHarness.start({}, ({ replies }) => replies.set('.u.d', { signal: '.u.d' }));
      const { error } = await harness.reached('failed');
      expect(error).instanceOf(KdbNotTickerplantError);
      expect(error.message).include("expected a date from .u.d; received '.u.d");
      await harness.close();

      harness = await PublisherHarness.start({}, ({ replies }) => replies.set('meta agg1s', DONE));
      expect((await harness.reached('failed')).error.code).equal('KDB_MALFORMED');
    });

    for (const [logHandle, what] of [
      [0n, 'writes no log'],
      [undefined, 'has no word for its log'],
    ] as const) {
      it(`is published to but not ready where it ${what}`, async () => {
        harness = await PublisherHarness.start({}, tickerplant => {
          tickerplant.logHandle = logHandle;
        });
        await harness.reached('unlogged');
        expect(harness.publisher.ready).equal(false);
        expect(harness.logger.messages('warn')[0]).include('writes no log');
        harness.offer(batchOf(1));
        await harness.watch.until(() => harness.source.acknowledgedSequences.length === 1);
      });
    }

    it('is ready without a log where the operator accepts that', async () => {
      harness = await PublisherHarness.start({ allowUnlogged: true }, tickerplant => {
        tickerplant.logHandle = 0n;
      });
      await harness.reached('unlogged');
      expect(harness.publisher.ready).equal(true);
    });

    it('is said to have the wrong zone, once, and to have the right one again', async () => {
      harness = await PublisherHarness.start({}, tickerplant => {
        tickerplant.offsetMs = 0;
      });
      const { tickerplant, publisher, logger } = harness;
      await harness.reached('publishing');
      await harness.readDate();
      expect(publisher.calendarDifference).include('TZ=America/New_York');
      tickerplant.offsetMs = -4 * 3_600_000;
      await harness.readDate();
      expect(publisher.calendarDifference).equal(undefined);
      expect(logger.messages('error').length).equal(1);
    });

    it('is said to keep its zone to itself', async () => {
      harness = await PublisherHarness.start({}, ({ replies }) =>
        replies.set('.z.P-.z.p', { signal: 'access' }),
      );
      await harness.reached('publishing');
      expect(harness.logger.messages('warn')).deep.equal(["the tickerplant's zone cannot be read"]);
      expect(harness.publisher.calendarDifference).equal(undefined);
    });

    it('is said to be of another date, and its own date is the one that counts', async () => {
      harness = await PublisherHarness.start({}, tickerplant => {
        tickerplant.date = TODAY - 1;
      });
      await harness.reached('publishing');
      expect(harness.publisher.calendarDifference).include('files under 2026-10-01');
      harness.offer(batchOf(1), batchOf(2, { tradingDate: TODAY - 1 }));
      await harness.watch.until(() => harness.source.acknowledgedSequences.length === 1);
      expect(harness.source.acknowledgedSequences).deep.equal([2]);
    });

    it('goes on with the date it had where the next cannot be read', async () => {
      const { tickerplant, logger } = await publishing();
      tickerplant.replies.set('.u.d', { signal: 'access' });
      await harness.readDate();
      expect(logger.messages('warn').length).equal(1);
      expect(logger.messages('warn')[0]).include("'access");
      tickerplant.replies.delete('.u.d');
      tickerplant.date = TODAY + 1;
      await harness.readDate();
      expect(harness.publisher.date).equal(TODAY + 1);
    });
  });

  describe('a first connection that fails', () => {
    async function failing(
      changes: Partial<PublisherOptions>,
      handshake: 'refuse' | { bytes: Uint8Array },
    ): Promise<void> {
      harness = await PublisherHarness.start(changes, undefined, { handshake: () => handshake });
    }

    it('is tried again where nothing listens, unless that should end the start', async () => {
      const target = { host: '127.0.0.1', port: 1, user: '', password: '' };
      harness = await PublisherHarness.start({ target });
      for (let i = 1; i <= 5; i++) {
        await harness.watch.until(
          () => harness.stateNames.filter(name => name === 'backing-off').length === i,
        );
        await harness.retry();
      }
      await harness.close();
      harness = await PublisherHarness.start({ target, failFast: true });
      const { error } = await harness.reached('failed');
      expect(error).include({ code: 'KDB_UNREACHABLE', exitCode: ExitCode.unavailable });
    });

    it('ends the start where the password is refused again and again', async () => {
      await failing({}, 'refuse');
      for (let i = 1; i <= 2; i++) {
        await harness.watch.until(
          () => harness.stateNames.filter(name => name === 'backing-off').length === i,
        );
        await harness.retry();
      }
      const { error } = await harness.reached('failed');
      expect(error).instanceOf(KdbConnectError).property('code', 'KDB_REFUSED_PASSWORD');
    });

    it('ends the start at once where the peer is not q', async () => {
      await failing({}, { bytes: Buffer.from('SSH-2.0-OpenSSH_9.6\r\n') });
      expect((await harness.reached('failed')).error.code).equal('KDB_NOT_Q');
    });

    it('ends a start that may not wait where the connection is lost while it is checked', async () => {
      harness = await PublisherHarness.start({ failFast: true }, ({ replies }) =>
        replies.set('.u.d', 'close'),
      );
      expect((await harness.reached('failed')).error.code).equal('KDB_CONNECTION_LOST');
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
  };
}
