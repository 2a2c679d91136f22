import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { controlPath } from '../../../src/cli/start/gaps.ts';
import { askControl } from '../../../src/ops/control/client.ts';
import type { DaemonStatus } from '../../../src/ops/status/report.ts';
import { AGGREGATE_TABLES } from '../../../src/tables/definitions.ts';
import { CommandProcess } from '../../support/command-process.ts';
import { FakeTickerplant } from '../../support/fake-tickerplant.ts';
import { START_MS } from '../../support/feed-harness.ts';
import { until } from '../../support/live-processes.ts';
import { LoaderProcess } from '../../support/loader-process.ts';
import { MassiveServer, type ServerConnection } from '../../support/massive-server.ts';
import { testSecret } from '../../support/secrets.ts';

const DAY_MS = 86_400_000;
const FEEDS = [
  { market: 'stocks', channel: 'A', identity: { ev: 'A', sym: 'AAPL' } },
  { market: 'crypto', channel: 'XAS', identity: { ev: 'XAS', pair: 'BTC-USD' } },
] as const;

/** Symbols of the date that has ended. */
const HELD = 'exec `$string sym from .part.read[`agg1s;.store.path[`agg1s;2026.10.01]]';

describe('massive-kdb start - loaders of several markets', () => {
  let directory: string;
  let massive: MassiveServer;
  let tickerplants: readonly FakeTickerplant[];
  let loaders: readonly LoaderProcess[];
  let started: CommandProcess | undefined;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'massive-kdb-loaders-'));
    massive = await MassiveServer.start();
    tickerplants = await Promise.all(FEEDS.map(() => FakeTickerplant.listen([AGGREGATE_TABLES.agg1s])));
    loaders = FEEDS.map(({ market }) => new LoaderProcess(join(directory, market), [], market));
  });
  afterEach(async () => {
    started?.process.kill('SIGKILL');
    await started?.done;
    for (const loader of loaders) await loader.stop();
    for (const { server } of tickerplants) await server.close();
    await massive.stop();
    rmSync(directory, { recursive: true });
  });

  it('rows of an ended date go to the loader of their market', async () => {
    started = await start();
    for (const [index, { market, identity }] of FEEDS.entries()) {
      const connection = await connectionOf(market);
      const { updates, server } = tickerplants[index]!;
      for (const startMs of [START_MS - DAY_MS, START_MS]) {
        const window = { s: startMs, e: startMs + 1000 };
        connection.send([{ ...identity, v: 1, o: 2, c: 2, h: 2, l: 2, ...window }]);
      }
      await server.watch.until(() => updates.length > 0);
      await putAside(market);
    }
    started.process.kill('SIGTERM');
    const { code, stderr } = await started.done;
    expect(code, stderr).to.equal(0);
    expect(stderr).not.to.include('have one loader');
    // What it had no time to merge, the next one merges first.
    started = await start();
    await until(loaders[0]!, HELD, ',`AAPL');
    await until(loaders[1]!, HELD, ',`BTC-USD');
  });

  it('is warned of where markets have one loader, which takes the rows of one', async () => {
    started = await start(() => []);
    await connectionOf('crypto');
    started.process.kill('SIGTERM');
    const { code, stderr } = await started.done;
    expect(code, stderr).to.equal(0);
    expect(stderr).to.match(
      /warn.* stocks and crypto have one loader, at 127\.0\.0\.1:\d+, .*history\.loader\.addresses/,
    );
  });

  /** Both markets in one configuration, with a tickerplant each, and a loader each unless the list says otherwise. */
  async function start(addresses = (port: number) => [`crypto=:${port}`]): Promise<CommandProcess> {
    const [stocks, crypto] = (await Promise.all(loaders.map(loader => loader.port()))) as [number, number];
    const file = join(directory, 'feeds.json');
    writeFileSync(
      file,
      JSON.stringify({
        feeds: FEEDS.map(({ market, channel }) => ({
          ...{ market, channels: [channel], host: new URL('/', massive.url).href, targets: [market] },
        })),
        targets: FEEDS.map(({ market }, index) => ({ name: market, port: tickerplants[index]!.server.port })),
        gaps: { fill: false },
        history: { loader: { port: stocks, addresses: addresses(crypto) } },
      }),
    );
    const environment = { MASSIVE_API_KEY: testSecret('massive'), HOME: directory };
    return new CommandProcess(['start', '--config', file], environment, directory);
  }

  /** Resolves when the row of the ended date is where a stop merges it from. */
  async function putAside(market: string): Promise<void> {
    const path = controlPath(join(directory, '.local/state/massive-kdb'), market);
    const isPutAside = async () => {
      const status = (await askControl(path, 'GET', '/status')) as DaemonStatus | undefined;
      return status?.feeds.find(feed => feed.market === market)?.targets[0]?.lateRows === 1;
    };
    while (started?.process.exitCode === null && !(await isPutAside())) await delay(20);
  }

  async function connectionOf(market: string): Promise<ServerConnection> {
    const both = await Promise.all([massive.connection(0), massive.connection(1)]);
    const connection = both.find(({ request }) => request.url?.endsWith(market))!;
    await connection.subscribed;
    return connection;
  }
});
