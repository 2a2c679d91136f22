import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { memoryCounters } from '../../src/base/counters.ts';
import { StatusServer } from '../../src/ops/http/server.ts';
import { BROWSER_FILES } from '../../src/ops/page/files.ts';
import { type GapView, loginPage, statusPage } from '../../src/ops/page/render.ts';
import type { ConfigurationList } from '../../src/ops/status/report.ts';
import { MovingFeedRoutes } from './moving-feed-routes.ts';
import { MovingDaemon, type MovingFeedOptions } from './moving-status.ts';
import { RecordingLogger } from './recording-logger.ts';
import { testSecret } from './secrets.ts';

const SECOND_MS = 1_000;
const TOKEN = testSecret('status-token');

const STOCKS: MovingFeedOptions = {
  name: 'stocks',
  market: 'stocks',
  channels: ['A', 'AM'],
  eventsPerSecond: 1_180,
};
const CRYPTO: MovingFeedOptions = {
  name: 'crypto',
  market: 'crypto',
  channels: ['XAS', 'XA'],
  eventsPerSecond: 140,
};

/** The status server of a daemon whose numbers move without any feed behind them. */
export class StatusFixture {
  readonly daemon: MovingDaemon;
  readonly routes: ReadonlyMap<string, MovingFeedRoutes>;
  readonly address: string;
  readonly token = TOKEN;
  readonly #server: StatusServer;
  readonly #directory: string;
  readonly #moving: NodeJS.Timeout;

  private constructor(
    daemon: MovingDaemon,
    routes: ReadonlyMap<string, MovingFeedRoutes>,
    server: StatusServer,
    directory: string,
  ) {
    this.daemon = daemon;
    this.routes = routes;
    this.#server = server;
    this.#directory = directory;
    this.address = server.address;
    this.#moving = setInterval(() => daemon.tick(), SECOND_MS);
  }

  static async start(port = 0): Promise<StatusFixture> {
    const daemon = new MovingDaemon([STOCKS, CRYPTO]);
    const routes = new Map(
      daemon.feeds.map((feed, index) => [feed.options.name, new MovingFeedRoutes(daemon, feed, index + 11)]),
    );
    const directory = mkdtempSync(join(tmpdir(), 'massive-kdb-status-'));
    writeFileSync(join(directory, 'status-token'), TOKEN, { mode: 0o600 });
    const server = await StatusServer.listen(
      {
        host: '127.0.0.1',
        port,
        tls: null,
        behindProxy: false,
        allowedHosts: [],
        maxStreams: 8,
        stateDirectory: directory,
        liveLimitMs: 60_000,
      },
      {
        clock: systemClock,
        logger: new RecordingLogger(),
        counters: memoryCounters(),
        hide: () => {},
        source: {
          status: () => daemon.status(),
          configuration: () => CONFIGURATION,
          routesOf: name => routes.get(name)?.routes,
        },
        pages: {
          status: (status, gaps, message) =>
            statusPage({
              status,
              gaps: gaps as Readonly<Record<string, readonly GapView[]>>,
              ...(message !== undefined && { message }),
            }),
          login: loginPage,
          files: BROWSER_FILES,
        },
        metrics: { type: 'text/plain', text: async () => '' },
      },
    );
    return new StatusFixture(daemon, routes, server, directory);
  }

  async stop(): Promise<void> {
    clearInterval(this.#moving);
    await this.#server.close();
    rmSync(this.#directory, { recursive: true });
  }
}

const CONFIGURATION: ConfigurationList = {
  settings: [
    { path: 'feeds[0].market', value: 'stocks', origin: '/etc/massive-kdb/massive-kdb.yaml:4' },
    { path: 'feeds[0].channels', value: 'A, AM', origin: '/etc/massive-kdb/massive-kdb.yaml:5' },
    { path: 'feeds[0].key', value: '[secret] from MASSIVE_API_KEY', origin: 'environment' },
    {
      path: 'feeds[0].targets[0].address',
      value: '127.0.0.1:5010',
      origin: '/etc/massive-kdb/massive-kdb.yaml:9',
    },
    { path: 'drain.intervalMs', value: '1000', origin: 'default' },
    { path: 'spool.maxBytes', value: '21474836480', origin: 'default' },
    { path: 'status.port', value: '8910', origin: 'default' },
  ],
};
