import { expect } from 'chai';
import { AGGREGATE_TABLES } from '../../../src/tables/definitions.ts';
import type { CommandProcess } from '../../support/command-process.ts';
import { FakeTickerplant, type Update } from '../../support/fake-tickerplant.ts';
import { symbolsOf } from '../../support/feed-harness.ts';
import { StartedDaemon } from '../../support/started-daemon.ts';

const DONE = { value: { kind: 'primitive', type: 101, code: 0 } } as const;

describe('massive-kdb start - killed without warning', () => {
  let daemon: StartedDaemon;
  let tickerplant: FakeTickerplant;

  beforeEach(async () => {
    daemon = await StartedDaemon.prepare();
    tickerplant = daemon.tickerplant;
  });
  afterEach(() => daemon.close());

  function start(): CommandProcess {
    return daemon.start('--drain-interval-ms', '10');
  }

  async function killed({ process, done }: CommandProcess): Promise<void> {
    process.kill('SIGKILL');
    await done;
  }

  it('sends at its next start what had no answer, before anything new', async () => {
    tickerplant.onUpdate = () => 'nothing';
    const first = start();
    await daemon.send(0, ['A', 'B']);
    await daemon.delivered();
    await killed(first);

    tickerplant.updates.length = 0;
    tickerplant.onUpdate = () => DONE;
    const second = start();
    await daemon.delivered();
    await daemon.send(1, ['C']);
    await daemon.delivered(1);
    second.process.kill('SIGTERM');
    expect((await second.done).code).equal(0);
    expect(tickerplant.updates.map(({ columns }) => symbolsOf(columns))).deep.equal([['A', 'B'], ['C']]);
  });

  it('sends it under the name and number that it had, so that our tickerplant takes it once', async () => {
    tickerplant.isNumbering = true;
    tickerplant.onUpdate = () => 'nothing';
    const first = start();
    await daemon.send(0, ['A']);
    await daemon.delivered();
    await killed(first);

    const numbers = new Set<string>();
    const taken: Update[] = [];
    tickerplant.onUpdate = update => {
      const name = `${update.numbered?.source} ${update.numbered?.sequence}`;
      const isNew = !numbers.has(name);
      numbers.add(name);
      if (isNew) taken.push(update);
      return { value: { kind: 'atom', type: 'boolean', value: isNew } };
    };
    tickerplant.onUpdate(tickerplant.updates[0]!, 1);
    const second = start();
    await daemon.send(1, ['B']);
    await tickerplant.server.watch.until(() => taken.length > 1);
    second.process.kill('SIGTERM');
    expect((await second.done).code).equal(0);
    expect(tickerplant.updates.map(({ functionName }) => functionName)).deep.equal(Array(3).fill('.fh.upd'));
    expect(taken.map(({ columns }) => symbolsOf(columns))).deep.equal([['A'], ['B']]);
  });

  it('ends with 0 where rows wait on disk for a tickerplant that is away, and says how many', async () => {
    tickerplant.onUpdate = () => 'nothing';
    const first = start();
    await daemon.send(0, ['A', 'B', 'C']);
    await daemon.delivered();
    await tickerplant.server.close();
    first.process.kill('SIGTERM');
    const { code, stderr } = await first.done;
    expect(code).equal(0);
    expect(stderr).match(/in all: 3 rows received; 0 delivered .*3 wait on disk/);
    expect(stderr).not.contain('ROWS LOST');
    tickerplant = await FakeTickerplant.listen([AGGREGATE_TABLES.agg1s]);
    daemon.tickerplant = tickerplant;
    start();
    await daemon.delivered();
    expect(symbolsOf(tickerplant.updates[0]!.columns)).deep.equal(['A', 'B', 'C']);
  });
});
