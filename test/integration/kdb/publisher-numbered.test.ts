import { expect } from 'chai';
import { STATUS_TABLES } from '../../../src/tables/definitions.ts';
import type { Update } from '../../support/fake-tickerplant.ts';
import { batchOf, PublisherHarness, sequenceOf, TODAY } from '../../support/publisher-harness.ts';
import type { Reply } from '../../support/q-server.ts';

/** What q/tick.q does with numbers: each once, but what is above a hole that is filled is taken again. */
class NumberedLog {
  readonly taken: number[] = [];
  readonly #seen = new Set<number>();

  take({ numbered }: Update): Reply {
    const { sequence } = numbered!;
    const isNew = !this.#seen.has(sequence);
    if (isNew) {
      for (const seen of this.#seen) if (seen > sequence) this.#seen.delete(seen);
      this.#seen.add(sequence);
      this.taken.push(sequence);
    }
    return { value: { kind: 'atom', type: 'boolean', value: isNew } };
  }
}

describe('kdb publisher to our tickerplant', () => {
  let harness: PublisherHarness;
  let log: NumberedLog;

  beforeEach(() => {
    log = new NumberedLog();
  });
  afterEach(() => harness.close());

  async function start(changes: Parameters<typeof PublisherHarness.start>[0] = {}): Promise<void> {
    harness = await PublisherHarness.start(changes, tickerplant => {
      tickerplant.isNumbering = true;
      tickerplant.onUpdate = update => log.take(update);
    });
    await harness.reached('publishing');
  }

  it('says which batch of which source it is', async () => {
    await start();
    harness.offer(batchOf(7));
    await harness.answered();
    expect(harness.tickerplant.updates[0]).deep.include({
      functionName: '.fh.upd',
      numbered: { source: 'stocks.test', sequence: 7 },
      table: 'agg1s',
    });
    expect(sequenceOf(harness.tickerplant.updates[0]!)).equal(7);
    expect(harness.source.acknowledgedSequences).deep.equal([7]);
  });

  it('calls the function that the operator names all the same', async () => {
    harness = await PublisherHarness.start({ functionName: '.my.upd' }, tickerplant => {
      tickerplant.isNumbering = true;
    });
    await harness.reached('publishing');
    harness.offer(batchOf(1));
    await harness.answered();
    expect(harness.tickerplant.updates[0]?.functionName).equal('.my.upd');
  });

  it('counts what the tickerplant has taken before as acknowledged', async () => {
    await start();
    harness.offer(batchOf(1), batchOf(2));
    await harness.answered();
    harness.offer(batchOf(1), batchOf(2), batchOf(3));
    await harness.answered();
    expect(log.taken).deep.equal([1, 2, 3]);
    expect(harness.source.acknowledgedSequences).deep.equal([1, 2, 1, 2, 3]);
  });

  it('has the last version of a bar last where an error kept an earlier one out', async () => {
    await start();
    let isFailing = true;
    harness.tickerplant.onUpdate = update =>
      isFailing && update.numbered!.sequence === 2 ? { signal: 'wsfull' } : log.take(update);
    harness.offer(batchOf(1), batchOf(2), batchOf(3), batchOf(4));
    await harness.reached('holding');
    await harness.answered();
    expect(log.taken).deep.equal([1, 3, 4]);
    isFailing = false;
    await harness.retry();
    await harness.watch.until(() => harness.source.acknowledgedSequences.length === 4);
    expect(log.taken.slice(-3)).deep.equal([2, 3, 4]);
    expect(harness.source.acknowledgedSequences).deep.equal([1, 2, 3, 4]);
  });

  it('gives back what is of a date that has ended since it was read, without a word of trouble', async () => {
    await start();
    harness.tickerplant.onUpdate = update => {
      harness.tickerplant.date = TODAY + 1;
      return update.numbered!.sequence === 1 ? { signal: 'ended' } : log.take(update);
    };
    harness.offer(batchOf(1), batchOf(2, { tradingDate: TODAY + 1 }));
    await harness.reached('holding');
    await harness.retry();
    await harness.watch.until(() => harness.source.acknowledgedSequences.length === 1);
    expect(harness.source.acknowledgedSequences).deep.equal([2]);
    expect(harness.source.waiting.map(({ sequence }) => sequence)).deep.equal([1]);
    expect(harness.logger.messages('error')).deep.equal([]);
  });

  it('leaves out batches of a table that a tickerplant need not have', async () => {
    await start({ optionalTables: [STATUS_TABLES.gap] });
    harness.offer(batchOf(1), batchOf(2), batchOf(3, { table: 'gap' }), batchOf(4));
    await harness.answered();
    expect(harness.source.leftOutSequences).deep.equal([3]);
    expect(harness.source.acknowledgedSequences).deep.equal([1, 2, 4]);
    expect(harness.logger.messages('warn').join()).contain('no table gap');
  });
});
