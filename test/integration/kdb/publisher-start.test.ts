import { expect } from 'chai';
import { ExitCode } from '../../../src/base/exit-codes.ts';
import { KdbConnectError, KdbNotTickerplantError, KdbSchemaError } from '../../../src/kdb/errors.ts';
import { DEFAULT_PUBLISHER_TIMING, type PublisherOptions } from '../../../src/kdb/publisher/options.ts';
import { AGGREGATE_TABLES } from '../../../src/tables/definitions.ts';
import { batchOf, PublisherHarness, TODAY } from '../../support/publisher-harness.ts';
import type { Reply } from '../../support/q-server.ts';

const DONE: Reply = { value: { kind: 'primitive', type: 101, code: 0 } };

describe('kdb publisher at the start', () => {
  let harness: PublisherHarness;

  const publishing: typeof PublisherHarness.publishing = async (...given) => {
    harness = await PublisherHarness.publishing(...given);
    return harness;
  };

  afterEach(() => harness.close());

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
      expect(error.message).include("expected a date from .u.d; received the error '.u.d");
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

    it('ends the start where the password is refused for so long that the process is not just starting', async () => {
      await failing({}, 'refuse');
      const refusedMs = harness.clock.monotonicMs();
      let attempts = 0;
      while (harness.clock.monotonicMs() - refusedMs < DEFAULT_PUBLISHER_TIMING.refusedMs) {
        attempts++;
        await harness.watch.until(
          () => harness.stateNames.filter(name => name === 'backing-off').length === attempts,
        );
        await harness.retry();
      }
      expect(attempts).greaterThan(4);
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
