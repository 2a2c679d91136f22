import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { controlPath } from '../../../src/cli/start/gaps.ts';
import { askControl } from '../../../src/ops/control/client.ts';
import type {
  Candles,
  ConfigurationList,
  Coverage,
  DaemonStatus,
  LatestBars,
  QuarantineList,
  Series,
  Subscriptions,
} from '../../../src/ops/status/report.ts';
import { AGGREGATE_TABLES } from '../../../src/tables/definitions.ts';
import { SessionCalendar } from '../../../src/tables/session-calendar.ts';
import { CommandProcess, runCommand } from '../../support/command-process.ts';
import { FakeTickerplant } from '../../support/fake-tickerplant.ts';
import { MassiveServer, type ServerConnection } from '../../support/massive-server.ts';
import { rejection } from '../../support/rest-harness.ts';

const KEY = 'aVerySecretMassiveKey';

describe('a running daemon says how it is', () => {
  let directory: string;
  let massive: MassiveServer;
  let tickerplant: FakeTickerplant;
  let daemon: CommandProcess;
  let connection: ServerConnection;
  const others: CommandProcess[] = [];
  let sending: NodeJS.Timeout | undefined;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'massive-kdb-status-'));
    massive = await MassiveServer.start();
    tickerplant = await FakeTickerplant.listen([AGGREGATE_TABLES.agg1s]);
    tickerplant.date = new SessionCalendar('stocks').tradingDate(Date.now());
    writeFileSync(
      join(directory, 'massive-kdb.yaml'),
      `feeds:\n  - {market: stocks, channels: [A], symbols: [AAPL, MSFT], host: "${massive.url}"}\n` +
        `targets:\n  - {name: main, port: ${tickerplant.server.target().port}}\n` +
        'state: {directory: state}\ndrain: {intervalMs: 50}\n',
    );
    daemon = command('start');
    connection = await massive.connection(0);
    await connection.subscribed;
  });
  after(async () => {
    clearInterval(sending);
    for (const { process } of [daemon, ...others]) process.kill('SIGKILL');
    await Promise.all([daemon, ...others].map(({ done }) => done));
    await massive.stop();
    await tickerplant.server.close();
    rmSync(directory, { recursive: true });
  });

  const environment = () => ({ MASSIVE_API_KEY: KEY, HOME: directory, MASSIVE_KDB_STATUS_PORT: '0' });
  function command(...line: string[]): CommandProcess {
    const started = new CommandProcess(line, environment(), directory);
    others.push(started);
    return started;
  }
  const ask = async <Answer>(path: string): Promise<Answer> =>
    (await askControl(controlPath(join(directory, 'state'), 'stocks'), 'GET', path)) as Answer;
  const tell = (path: string, ...symbols: string[]): Promise<Subscriptions> =>
    askControl(controlPath(join(directory, 'state'), 'stocks'), 'POST', path, {
      symbols,
    }) as Promise<Subscriptions>;
  /** Asks until the answer is as it will be. The daemon has other work, and whoever waits ends with it. */
  async function askUntil<Answer>(path: string, is: (answer: Answer) => boolean): Promise<Answer> {
    while (daemon.process.exitCode === null && daemon.process.signalCode === null) {
      const answer = await ask<Answer>(path);
      if (answer !== undefined && is(answer)) return answer;
      await delay(20);
    }
    throw new Error(`the daemon has ended: ${(await daemon.done).stderr}`);
  }
  function bar(sym: string, secondsAgo: number, close: number): object {
    const startMs = (Math.floor(Date.now() / 1000) - secondsAgo) * 1000;
    const prices = { op: 10, vw: close, o: close, c: close, h: close, l: close, a: 10, z: 5 };
    return { ev: 'A', sym, v: 100, av: 1_000, ...prices, s: startMs, e: startMs + 1_000 };
  }

  it('with rows received and acknowledged, its parts in sentences, and no secret', async () => {
    connection.send([bar('AAPL', 4, 11), bar('MSFT', 4, 12), bar('AAPL', 3, 13), { ev: 'A', sym: 5 }]);
    const status = await askUntil<DaemonStatus>(
      '/status',
      ({ feeds: [feed] }) => feed?.targets[0]?.deliveredRows['agg1s'] === 3,
    );
    const [feed] = status.feeds;
    expect(status).to.include({ pid: daemon.process.pid });
    expect(feed).to.deep.include({ name: 'stocks', channels: ['A'], receivedEvents: 4, lostRows: 0 });
    expect(feed!.receivedRows).to.deep.equal({ agg1s: 3 });
    expect(feed!.lines.session.text).to.match(/^Streaming 2 symbols of stocks since \d\d:\d\d UTC, last bar/);
    expect(feed!.lines.tickerplant.text).to.match(/^The tickerplant main \(:\d+\) acknowledges every row/);
    expect(feed!.lines.spool.text).to.match(/^Every row is on disk before it is sent; /);
    expect(feed!.session).to.include({ state: 'streaming', connections: 1, reconnects: 0, subscriptions: 2 });
    expect(feed!.targets[0]!.lagMs.count).to.equal(3);
    expect(feed!.quarantine).to.deep.equal({ events: 1, batches: 0 });
    expect(JSON.stringify(status)).not.to.include(KEY);
  });

  it('with its newest bars, the candles of one symbol, and who had bars when', async () => {
    const bars = await ask<LatestBars>('/bars?search=aa');
    expect(bars.symbols).to.equal(2);
    expect(bars.bars.map(({ sym, close }) => [sym, close])).to.deep.equal([['AAPL', 13]]);
    expect((await ask<LatestBars>('/bars?limit=1')).bars).to.have.length(1);
    const { bars: candles } = await ask<Candles>('/candles/AAPL');
    expect(candles.map(({ close }) => close)).to.deep.equal([11, 13]);
    expect((await ask<Candles>('/candles/NONE')).bars).to.deep.equal([]);
    const { groups } = await ask<Coverage>('/coverage');
    expect(groups.map(({ name, symbols }) => [name, symbols])).to.deep.equal([
      ['AAPL', 1],
      ['MSFT', 1],
    ]);
  });

  it('with what it has done each second, what it could not use, and its settings', async () => {
    const { points } = await askUntil<Series>('/series', series => series.points.length >= 2);
    expect(points.at(-1)!.atMs - points.at(-2)!.atMs).to.be.within(500, 10_000);
    const quarantine = await askUntil<QuarantineList>('/quarantine', ({ events }) => events.length > 0);
    expect(quarantine.events[0]!.text).to.equal('{"ev":"A","sym":5}');
    const { settings } = await ask<ConfigurationList>('/configuration');
    const key = settings.find(({ path }) => path === 'feeds[0].key');
    expect(key!.value).to.equal('"MASSIVE_API_KEY" ([secret] from the variable MASSIVE_API_KEY)');
    expect(settings.find(({ path }) => path === 'drain.intervalMs')).to.deep.include({ value: '50' });
    expect(JSON.stringify(settings)).not.to.include(KEY);
  });

  it('and takes symbols by hand, refusing what cannot be', async () => {
    expect((await tell('/subscriptions/add', 'IBM')).symbols).to.deep.equal(['AAPL', 'IBM', 'MSFT']);
    expect((await tell('/subscriptions/remove', 'MSFT')).symbols).to.deep.equal(['AAPL', 'IBM']);
    const error = await rejection(tell('/subscriptions/remove', 'AAPL', 'IBM'));
    expect(error.code).to.equal('SUBSCRIPTION_REQUEST');
    expect((await rejection(tell('/subscriptions/add', 'X:BTCUSD'))).code).to.equal('MASSIVE_SUBSCRIPTION');
  });

  it('and lets rows be read along', async () => {
    const tap = command('tap', '--sym', 'AAPL', '--json');
    const read = once(tap.process.stdout!, 'data');
    // It may not listen yet when the first ones pass.
    sending = setInterval(() => connection.send([bar('IBM', 3, 1), bar('AAPL', 3, 21.5)]), 100);
    const [line] = await read.finally(() => clearInterval(sending));
    expect(JSON.parse(String(line).split('\n')[0]!)).to.include({ table: 'agg1s', sym: 'AAPL', close: 21.5 });
    tap.process.kill('SIGINT');
    expect((await tap.done).code).to.equal(0);
  });

  it('to massive-kdb status, which ends as the daemon is', async () => {
    await askUntil<DaemonStatus>('/status', ({ ready }) => ready);
    const shown = await runCommand(['status'], environment(), directory);
    expect(shown.stderr).to.equal('');
    expect(shown.code).to.equal(0);
    expect(shown.stdout).to.match(/session +Streaming 2 symbols of stocks/);
    await tickerplant.server.close();
    await askUntil<DaemonStatus>('/status', ({ ready }) => !ready);
    const json = await runCommand(['status', '--json'], environment(), directory);
    expect(json.code).to.equal(1);
    const [status] = JSON.parse(json.stdout) as DaemonStatus[];
    expect(status!.reasons[0]).to.match(/^The tickerplant main \(:\d+\) is away since/);
    daemon.process.kill('SIGKILL');
    await daemon.done;
    const nobody = await runCommand(['status'], environment(), directory);
    expect(nobody.code).to.equal(69);
    expect(nobody.stderr).to.match(/no daemon answers in .*state\. Start one/);
  });
});
