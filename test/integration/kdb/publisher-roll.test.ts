import { expect } from 'chai';
import { batchOf, PublisherHarness, TODAY } from '../../support/publisher-harness.ts';
import type { Reply } from '../../support/q-server.ts';

const DONE: Reply = { value: { kind: 'primitive', type: 101, code: 0 } };

/** From the first moment of the manual clock to the end of its date in New York. */
const TO_MIDNIGHT_MS = 14 * 3_600_000;

describe("kdb publisher at the tickerplant's roll", () => {
  let harness: PublisherHarness;

  beforeEach(async () => {
    harness = await PublisherHarness.start();
    await harness.reached('publishing');
  });

  afterEach(() => harness.close());

  /** Time passes without a reading of the date. */
  function passTo(ms: number): void {
    harness.clock.stepWall(ms);
    harness.clock.skip(100);
  }

  function doubtfulRows(): number {
    const target = `127.0.0.1:${harness.tickerplant.server.port}`;
    return harness.counters.snapshot().get(`kdb_rows_date_doubtful{tickerplant="${target}"}`) ?? 0;
  }

  it('sends no row of the date that has ended, though the roll has not been read yet', async () => {
    const { tickerplant, source } = harness;
    passTo(TO_MIDNIGHT_MS);
    tickerplant.date = TODAY + 1;
    harness.offer(batchOf(1), batchOf(2, { tradingDate: TODAY + 1 }));
    await harness.watch.until(() => source.acknowledgedSequences.length > 0);
    expect(source.acknowledgedSequences).deep.equal([2]);
    expect(source.waiting.map(({ sequence }) => sequence)).deep.equal([1]);
    expect(doubtfulRows()).equal(0);
  });

  it('takes back what our tickerplant refuses because it has rolled, and is not alarmed', async () => {
    const { tickerplant, source, logger, watch } = harness;
    tickerplant.onUpdate = () => {
      tickerplant.date = TODAY + 1;
      return { signal: 'ended' };
    };
    harness.offer(batchOf(1));
    expect(await harness.reached('holding')).include({ reason: 'date-ended' });
    tickerplant.onUpdate = () => DONE;
    harness.offer(batchOf(2, { tradingDate: TODAY + 1 }));
    await harness.retry();
    await watch.until(() => source.acknowledgedSequences.length > 0);
    expect(source.acknowledgedSequences).deep.equal([2]);
    expect(source.waiting.map(({ sequence }) => sequence)).deep.equal([1]);
    expect(logger.messages('error')).deep.equal([]);
    expect(doubtfulRows()).equal(0);
  });

  it('goes on with the old date as long as the tickerplant says that it has it', async () => {
    const { source } = harness;
    for (const sequence of [1, 2, 3]) {
      passTo(sequence === 1 ? TO_MIDNIGHT_MS - 500 : 250);
      harness.offer(batchOf(sequence));
      await harness.watch.until(() => source.acknowledgedSequences.length === sequence);
    }
    expect(doubtfulRows()).equal(0);
  });

  it('says which rows were answered when the tickerplant may have rolled already', async () => {
    const { tickerplant, source, logger } = harness;
    harness.offer(batchOf(1, { rowCount: 100 }));
    await harness.watch.until(() => source.acknowledgedSequences.length === 1);
    await harness.readDate();
    tickerplant.onUpdate = () => {
      tickerplant.date = TODAY + 1;
      return DONE;
    };
    harness.offer(batchOf(2, { rowCount: 10 }));
    await harness.watch.until(() => source.acknowledgedSequences.length === 2);
    await harness.readDate();
    expect(doubtfulRows()).equal(10);
    expect(logger.messages('warn').join()).match(/^10 rows of 2026-10-02 .* 2026-10-03/);
  });

  it('says so too of rows that were on their way when the roll was read', async () => {
    const { tickerplant, source, logger } = harness;
    tickerplant.onUpdate = () => 'nothing';
    harness.offer(batchOf(1, { rowCount: 10 }));
    await harness.watch.until(() => tickerplant.updates.length === 1);
    tickerplant.date = TODAY + 1;
    await harness.readDate();
    expect(logger.messages('warn')).deep.equal([]);
    tickerplant.updates[0]!.peer.answer(DONE);
    await harness.watch.until(() => source.acknowledgedSequences.length === 1);
    expect(doubtfulRows()).equal(10);
  });

  it('still ends when it is stopped at that moment', async () => {
    const { source, publisher } = harness;
    passTo(TO_MIDNIGHT_MS);
    harness.offer(batchOf(1));
    expect(await publisher.stop(10_000)).deep.equal([]);
    expect(source.acknowledgedSequences).deep.equal([1]);
  });
});
