import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import type { SimulatorOptions } from '../../src/simulator/options.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { CommandProcess, type CommandResult } from './command-process.ts';
import { QChild } from './q-process.ts';

/** Simulator, loader, readers and backfills of one test, in a directory of their own. */
export class HistoryProcesses {
  readonly directory = mkdtempSync(join(tmpdir(), 'history-'));
  readonly root = join(this.directory, 'hdb');
  readonly simulator: Simulator;
  loader!: QChild;
  loaderPort = 0;
  /** Variables of the backfills, beside the usual ones or in their place. */
  environment: Readonly<Record<string, string>> = {};
  readonly #readers = new Map<string, QChild>();

  private constructor(simulator: Simulator) {
    this.simulator = simulator;
  }

  static async start(options: Partial<SimulatorOptions>): Promise<HistoryProcesses> {
    const simulator = await startSimulator(options, { clock: systemClock, logger: silentLogger });
    const processes = new HistoryProcesses(simulator);
    await processes.startLoader();
    return processes;
  }

  get httpAddress(): string {
    return this.simulator.url.replace(/^ws/, 'http');
  }

  async startLoader(): Promise<void> {
    this.loader = new QChild([
      'q/feed.q',
      '-root',
      this.root,
      '-market',
      'stocks',
      '-grace',
      '0',
      '-p',
      String(this.loaderPort),
    ]);
    if (this.loaderPort === 0) this.loaderPort = await this.loader.port();
  }

  /** The port of a process that reads what the loader publishes. */
  async startReader(name: string): Promise<number> {
    const reader = new QChild([
      'q/hdb.q',
      '-root',
      this.root,
      '-loader',
      `:${this.loaderPort}`,
      '-name',
      name,
      '-p',
      '0',
    ]);
    this.#readers.set(name, reader);
    return await reader.port();
  }

  /** kill -9. */
  async killReader(name: string): Promise<void> {
    await this.#readers.get(name)?.stop('SIGKILL');
  }

  /** A `massive-kdb backfill` of stocks. */
  backfill(...flags: readonly string[]): CommandProcess {
    return this.command('backfill', '--market', 'stocks', ...flags);
  }

  /** A command whose sources are the simulator and whose loader is this one. */
  command(...line: readonly string[]): CommandProcess {
    return new CommandProcess(line, {
      MASSIVE_API_KEY: 'demo',
      MASSIVE_S3_ACCESS_KEY: 'demo',
      MASSIVE_S3_SECRET_KEY: 'demo-secret',
      MASSIVE_KDB_STATE_DIRECTORY: join(this.directory, 'state'),
      MASSIVE_KDB_HISTORY_CACHE_DIRECTORY: join(this.directory, 'cache'),
      MASSIVE_KDB_HISTORY_FLAT_FILES_PLACE: this.httpAddress,
      MASSIVE_KDB_HISTORY_REST_ADDRESS: this.httpAddress,
      MASSIVE_KDB_HISTORY_REST_TIER: 'paid',
      MASSIVE_KDB_HISTORY_LOADER_PORT: String(this.loaderPort),
      ...this.environment,
    });
  }

  async runBackfill(...flags: readonly string[]): Promise<CommandResult> {
    return await this.backfill(...flags).done;
  }

  async stop(): Promise<void> {
    await Promise.all([this.loader.stop(), ...[...this.#readers.values()].map(reader => reader.stop())]);
    await this.simulator.close();
    rmSync(this.directory, { recursive: true });
  }
}
