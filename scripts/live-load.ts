import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Child, cleanEnvironment } from '../src/cli/demo/child.ts';
import { SimulatorControl } from '../src/cli/demo/simulator-control.ts';
import type { FeedSummary } from '../src/realtime/summary.ts';
import { freePorts } from '../test/chaos/ports.ts';

/** As many symbols as the whole market of stocks has. */
const SYMBOLS = 12_000;

/** The program as it was built; scripts run in the project's root. */
export const MAIN = resolve('dist/cli/main.js');

/** Simulator, tickerplant and daemon, each a process of the last build, under a load of second bars of stocks. */
export class LiveLoad {
  readonly logs: string;
  readonly state: string;
  readonly #directory: string;
  readonly #port: number;
  readonly #children: Child[] = [];

  private constructor(directory: string, port: number) {
    this.#directory = directory;
    this.#port = port;
    this.logs = join(directory, 'logs');
    this.state = join(directory, 'state');
  }

  /** Ends its processes, and removes what they wrote, once `use` has ended. */
  static async during<Result>(name: string, use: (live: LiveLoad) => Promise<Result>): Promise<Result> {
    const [port] = (await freePorts(1)) as [number];
    const directory = await mkdtemp(join(tmpdir(), `massive-kdb-${name}-`));
    const live = new LiveLoad(directory, port);
    try {
      return await use(live);
    } finally {
      await live.#end();
    }
  }

  /** @param rate events a second, as it was given */
  async simulator(rate: string): Promise<{ readonly url: string; readonly control: SimulatorControl }> {
    const load = ['--symbols', String(SYMBOLS), '--rate', rate, '--late', '0'];
    const simulator = this.#start('simulator', ['simulate', '--json', ...load]);
    const { url } = JSON.parse(await simulator.nextLine()) as { readonly url: string };
    return { url, control: new SimulatorControl(url) };
  }

  tickerplant(): Child {
    const address = `127.0.0.1:${this.#port}`;
    return this.#start('tickerplant', [
      'q',
      'q/tick.q',
      '-market',
      'stocks',
      ...['-log', this.logs, '-p', address],
    ]);
  }

  daemon(url: string, settings: Readonly<Record<string, string>>): Child {
    const line = ['--market', 'stocks', '--host', url, '--channels', 'A', '--target', `:${this.#port}`];
    return this.#start('daemon', ['start', '--json', ...line], {
      MASSIVE_API_KEY: 'demo',
      MASSIVE_KDB_STATE_DIRECTORY: this.state,
      ...settings,
    });
  }

  #start(name: string, args: readonly string[], environment: Record<string, string> = {}): Child {
    const child = new Child({
      name,
      command: process.execPath,
      arguments: [MAIN, ...args],
      directory: process.cwd(),
      environment: cleanEnvironment(environment),
      showErrors: false,
    });
    this.#children.push(child);
    return child;
  }

  async #end(): Promise<void> {
    for (const child of this.#children.reverse()) await child.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

/** Stops a daemon. @returns what it says that its feed has done */
export async function stopped(daemon: Child): Promise<FeedSummary> {
  await daemon.stop();
  const { feeds } = JSON.parse(await daemon.lastLine()) as { readonly feeds: readonly [FeedSummary] };
  return feeds[0];
}

/** Second bars that were sent so far. */
export async function sentRows(control: SimulatorControl): Promise<number> {
  return (await control.truth())['agg1s']?.sent ?? 0;
}
