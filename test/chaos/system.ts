import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clocks } from './clocks.ts';
import {
  CHANNELS,
  daemonLine,
  END_OF_DAY,
  MAIN,
  qLine,
  ROOT,
  simulatorLine,
  writeConfiguration,
} from './command-lines.ts';
import { ManagedProcess } from './managed-process.ts';
import type { Plan, Way } from './plan.ts';
import { freePorts } from './ports.ts';
import { TcpProxy } from './proxy.ts';
import { Volume } from './volume.ts';

export const PROCESSES = ['simulator', 'loader', 'hdb', 'tickerplant', 'rdb', 'daemon'] as const;

export type ProcessName = (typeof PROCESSES)[number];

/** Where the tickerplant counts its dates. */
export const ZONES = { crypto: 'UTC', stocks: 'America/New_York' } as const;

/**
 * What is proved: the processes of a live feed as somebody runs them, each on a port of its own, with proxies on the
 * ways between them.
 */
export class System {
  readonly directory: string;
  readonly stateDirectory: string;
  readonly truthFile: string;
  readonly ports: Readonly<Record<Exclude<ProcessName, 'daemon'>, number>>;
  readonly proxies: Readonly<Record<Way, TcpProxy>>;
  readonly processes: Readonly<Record<ProcessName, ManagedProcess>>;
  readonly #plan: Plan;
  /** Disks of their own, where this machine lets us have them. */
  readonly #volumes: Partial<Record<'daemon' | 'tickerplant', Volume>>;

  private constructor(
    plan: Plan,
    directory: string,
    clocks: Clocks,
    ports: System['ports'],
    proxies: System['proxies'],
  ) {
    this.#plan = plan;
    this.directory = directory;
    this.stateDirectory = join(directory, 'state');
    this.truthFile = join(directory, 'truth.ndjson');
    this.ports = ports;
    this.proxies = proxies;
    mkdirSync(join(directory, 'logs'), { recursive: true });
    this.#volumes = Volume.possible
      ? { daemon: Volume.mount(this.stateDirectory), tickerplant: Volume.mount(this.#logDirectory) }
      : {};
    const processOf = (name: ProcessName, args: readonly string[]): ManagedProcess =>
      new ManagedProcess(
        name,
        {
          command: process.execPath,
          arguments: [MAIN, ...args],
          directory: ROOT,
          environment: () => ({ ...this.#environment(), ...clocks.environment(name) }),
        },
        join(directory, 'logs', `${name}.log`),
      );
    const commands = this.#commands();
    this.processes = Object.fromEntries(
      PROCESSES.map(name => [name, processOf(name, commands[name])]),
    ) as unknown as System['processes'];
  }

  static async prepare(plan: Plan, directory: string, clocks: Clocks): Promise<System> {
    const [simulator, loader, hdb, tickerplant, rdb] = (await freePorts(5)) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const proxies = {
      stream: await TcpProxy.listen(simulator),
      rest: await TcpProxy.listen(simulator),
      'daemon-tickerplant': await TcpProxy.listen(tickerplant),
      'rdb-tickerplant': await TcpProxy.listen(tickerplant),
    };
    return new System(plan, directory, clocks, { simulator, loader, hdb, tickerplant, rdb }, proxies);
  }

  get controlSocket(): string {
    return join(this.stateDirectory, `control-${this.#plan.market}.sock`);
  }

  /** Where the daemon's segments are. */
  get spoolDirectory(): string {
    return join(this.stateDirectory, 'spool', this.#plan.market);
  }

  /** Writes the daemon's configuration. */
  configure(symbols: readonly string[]): void {
    const { market, drainMs, faster } = this.#plan;
    const configuration = {
      feeds: [
        {
          market,
          host: `ws://127.0.0.1:${this.proxies.stream.port}`,
          channels: Object.values(CHANNELS[market]),
          symbols,
        },
      ],
      targets: [{ name: 'tickerplant', port: this.proxies['daemon-tickerplant'].port }],
      state: { directory: this.stateDirectory },
      quarantine: { directory: join(this.directory, 'quarantine') },
      drain: { intervalMs: drainMs },
      history: {
        rest: {
          address: `http://127.0.0.1:${this.proxies.rest.port}`,
          tier: 'paid',
        },
        loader: { port: this.ports.loader },
      },
      gaps: { settledAfterMinutes: 0 },
      // Shorter than usual, so that a run shows what comes after them.
      timeouts: {
        massiveConnectMs: 3000 * faster,
        massiveAnswerMs: 3000 * faster,
        targetConnectMs: 2000 * faster,
        targetAnswerMs: 3000 * faster,
      },
      logging: { repeatWindowMs: 0 },
    };
    writeConfiguration(this.#configurationFile, configuration);
  }

  /** Leaves no room where a process keeps what must last. @returns what gives it back */
  fillDisk(victim: 'daemon' | 'tickerplant'): () => void {
    const volume = this.#volumes[victim];
    if (volume) {
      volume.fill();
      return () => volume.free();
    }
    this.processes[victim].cramp();
    return () => this.processes[victim].uncramp();
  }

  async close(): Promise<void> {
    for (const name of [...PROCESSES].reverse()) await this.processes[name].stop();
    await Promise.all(Object.values(this.proxies).map(proxy => proxy.close()));
    killAll(this.#logDirectory);
    for (const volume of Object.values(this.#volumes)) volume.unmount();
  }

  get #logDirectory(): string {
    return join(this.directory, 'tickerplant');
  }

  get #configurationFile(): string {
    return join(this.directory, 'daemon.yaml');
  }

  #environment(): Record<string, string> {
    return { TZ: ZONES[this.#plan.market], MASSIVE_API_KEY: 'demo' };
  }

  #commands(): Readonly<Record<ProcessName, readonly string[]>> {
    const { market, symbols, rate, seed, late } = this.#plan;
    const { ports, proxies } = this;
    const root = join(this.directory, 'hdb');
    const tickerplant = `:${proxies['rdb-tickerplant'].port}`;
    const loader = `:${ports.loader}`;
    const follow = ['-tp', tickerplant, '-loader', loader, '-market', market, '-eod', END_OF_DAY];
    return {
      simulator: simulatorLine({
        '--port': ports.simulator,
        '--market': market,
        '--symbols': symbols,
        '--rate': rate,
        '--seed': seed,
        '--late': late,
        '--hours': 'always',
        '--truth': this.truthFile,
      }),
      loader: qLine('feed.q', ports.loader, '-root', root, '-market', market, '-grace', '0'),
      hdb: qLine('hdb.q', ports.hdb, '-root', root, '-loader', loader, '-name', 'hdb'),
      tickerplant: qLine('tick.q', ports.tickerplant, '-log', this.#logDirectory, '-market', market),
      rdb: qLine('rdb.q', ports.rdb, ...follow),
      daemon: daemonLine(this.#configurationFile),
    };
  }
}

/** Ends what the processes of a run have started themselves and left, such as an end of day: it names their directory. */
function killAll(directory: string): void {
  if (!existsSync('/proc')) return;
  for (const name of readdirSync('/proc').filter(entry => /^\d+$/.test(entry))) {
    try {
      const line = readFileSync(`/proc/${name}/cmdline`, 'utf8');
      if (line.includes(directory)) process.kill(Number(name), 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
}
