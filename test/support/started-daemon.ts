import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AGGREGATE_TABLES } from '../../src/tables/definitions.ts';
import { CommandProcess } from './command-process.ts';
import { FakeTickerplant } from './fake-tickerplant.ts';
import { START_MS, TRADING_DATE } from './feed-harness.ts';
import { MassiveServer } from './massive-server.ts';
import { testSecret } from './secrets.ts';

/** `massive-kdb start` as a process, started as often as a test wants, between a service and a tickerplant of its own. */
export class StartedDaemon {
  readonly directory: string;
  readonly massive: MassiveServer;
  tickerplant: FakeTickerplant;
  readonly #processes: CommandProcess[] = [];

  private constructor(directory: string, massive: MassiveServer, tickerplant: FakeTickerplant) {
    this.directory = directory;
    this.massive = massive;
    this.tickerplant = tickerplant;
  }

  static async prepare(): Promise<StartedDaemon> {
    const tickerplant = await FakeTickerplant.listen([AGGREGATE_TABLES.agg1s]);
    tickerplant.date = TRADING_DATE;
    const directory = mkdtempSync(join(tmpdir(), 'massive-kdb-daemon-'));
    return new StartedDaemon(directory, await MassiveServer.start(), tickerplant);
  }

  start(...flags: string[]): CommandProcess {
    return this.startFrom(this.massive.url, ...flags);
  }

  /** The same with another service. */
  startFrom(host: string, ...flags: string[]): CommandProcess {
    const line = ['--market', 'stocks', '--channels', 'A', '--host', host];
    const started = new CommandProcess(
      ['start', ...line, '--target', `:${this.tickerplant.server.port}`, ...flags],
      { MASSIVE_API_KEY: testSecret('massive'), HOME: this.directory },
      this.directory,
    );
    this.#processes.push(started);
    return started;
  }

  /** Sends a bar of each symbol on one of the connections, in their order, once it is subscribed. */
  async send(connectionIndex: number, symbols: readonly string[]): Promise<void> {
    const connection = await this.massive.connection(connectionIndex);
    await connection.subscribed;
    const window = { s: START_MS, e: START_MS + 1 };
    connection.send(symbols.map(sym => ({ ev: 'A', sym, v: 1, o: 2, c: 2, h: 2, l: 2, ...window })));
  }

  /** Resolves when the tickerplant has more than so many batches. */
  async delivered(moreThan = 0): Promise<void> {
    await this.tickerplant.server.watch.until(() => this.tickerplant.updates.length > moreThan);
  }

  async close(): Promise<void> {
    for (const { process } of this.#processes) process.kill('SIGKILL');
    // One that has not ended yet may write into the directory while it is removed.
    await Promise.all(this.#processes.map(({ done }) => done));
    await this.massive.stop();
    await this.tickerplant.server.close();
    rmSync(this.directory, { recursive: true });
  }
}
