import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { AGGREGATE_TABLES } from '../../../src/tables/definitions.ts';
import { CommandProcess } from '../../support/command-process.ts';
import { FakeTickerplant, type Update } from '../../support/fake-tickerplant.ts';
import { START_MS, symbolsOf, TRADING_DATE } from '../../support/feed-harness.ts';
import { MassiveServer } from '../../support/massive-server.ts';

const DONE = { value: { kind: 'primitive', type: 101, code: 0 } } as const;

describe('massive-kdb start - killed without warning', function () {
  this.timeout(60_000);
  let directory: string;
  let massive: MassiveServer;
  let tickerplant: FakeTickerplant;
  const processes: CommandProcess[] = [];

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'massive-kdb-crash-'));
    massive = await MassiveServer.start();
    tickerplant = await FakeTickerplant.listen([AGGREGATE_TABLES.agg1s]);
    tickerplant.date = TRADING_DATE;
  });
  afterEach(async () => {
    for (const { process } of processes.splice(0)) process.kill('SIGKILL');
    await massive.stop();
    await tickerplant.server.close();
    rmSync(directory, { recursive: true });
  });

  function start(): CommandProcess {
    const flags = ['--market', 'stocks', '--channels', 'A', '--host', massive.url];
    const target = ['--target', `:${tickerplant.server.port}`, '--drain-interval-ms', '10'];
    const environment = { MASSIVE_API_KEY: 'aKey', HOME: directory };
    const started = new CommandProcess(['start', ...flags, ...target], environment, directory);
    processes.push(started);
    return started;
  }

  async function send(index: number, symbols: readonly string[]): Promise<void> {
    const connection = await massive.connection(index);
    await connection.subscribed;
    const bars = symbols.map(sym => ({
      ev: 'A',
      sym,
      v: 1,
      o: 2,
      c: 2,
      h: 2,
      l: 2,
      s: START_MS,
      e: START_MS + 1,
    }));
    connection.send(bars);
  }

  async function killed({ process, done }: CommandProcess): Promise<void> {
    process.kill('SIGKILL');
    await done;
  }

  it('sends at its next start what had no answer, before anything new', async () => {
    tickerplant.onUpdate = () => 'nothing';
    const first = start();
    await send(0, ['A', 'B']);
    await tickerplant.server.watch.until(() => tickerplant.updates.length > 0);
    await killed(first);

    tickerplant.updates.length = 0;
    tickerplant.onUpdate = () => DONE;
    const second = start();
    await tickerplant.server.watch.until(() => tickerplant.updates.length > 0);
    await send(1, ['C']);
    await tickerplant.server.watch.until(() => tickerplant.updates.length > 1);
    second.process.kill('SIGTERM');
    expect((await second.done).code).equal(0);
    expect(tickerplant.updates.map(({ columns }) => symbolsOf(columns))).deep.equal([['A', 'B'], ['C']]);
  });

  it('sends it under the name and number that it had, so that our tickerplant takes it once', async () => {
    tickerplant.isNumbering = true;
    tickerplant.onUpdate = () => 'nothing';
    const first = start();
    await send(0, ['A']);
    await tickerplant.server.watch.until(() => tickerplant.updates.length > 0);
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
    await send(1, ['B']);
    await tickerplant.server.watch.until(() => taken.length > 1);
    second.process.kill('SIGTERM');
    expect((await second.done).code).equal(0);
    expect(tickerplant.updates.map(({ functionName }) => functionName)).deep.equal(Array(3).fill('.fh.upd'));
    expect(taken.map(({ columns }) => symbolsOf(columns))).deep.equal([['A'], ['B']]);
  });

  it('ends with 0 where rows wait on disk for a tickerplant that is away, and says how many', async () => {
    tickerplant.onUpdate = () => 'nothing';
    const first = start();
    await send(0, ['A', 'B', 'C']);
    await tickerplant.server.watch.until(() => tickerplant.updates.length > 0);
    await tickerplant.server.close();
    first.process.kill('SIGTERM');
    const { code, stderr } = await first.done;
    expect(code).equal(0);
    expect(stderr).match(/in all: 3 rows received; 0 delivered .*3 wait on disk/);
    expect(stderr).not.contain('ROWS LOST');
    tickerplant = await FakeTickerplant.listen([AGGREGATE_TABLES.agg1s]);
    start();
    await tickerplant.server.watch.until(() => tickerplant.updates.length > 0);
    expect(symbolsOf(tickerplant.updates[0]!.columns)).deep.equal(['A', 'B', 'C']);
  });
});
