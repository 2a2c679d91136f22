import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  CHANNELS,
  daemonLine,
  END_OF_DAY,
  MAIN,
  qLine,
  ROOT,
  simulatorLine,
  writeConfiguration,
} from '../command-lines.ts';
import { ManagedProcess } from '../managed-process.ts';
import { freePorts } from '../ports.ts';
import type { FastClock } from './fast-clock.ts';
import type { MarketDay } from './options.ts';

export const PROCESSES = ['simulator', 'loader', 'hdb', 'tickerplant', 'rdb', 'gateway', 'daemon'] as const;

export type ProcessName = (typeof PROCESSES)[number];

type Listening = Exclude<ProcessName, 'daemon'>;

/** The longest timeout that can be configured. */
const LONGEST_MS = 600_000;
/** A machine that is given less real time than that for each drain does nothing else. */
const REAL_DRAIN_MS = 15;

/** The processes of a live feed as somebody runs them, all by one clock. */
export class System {
  readonly truthFile: string;
  readonly ports: Readonly<Record<Listening, number>>;
  readonly processes: Readonly<Record<ProcessName, ManagedProcess>>;
  readonly #day: MarketDay;
  readonly #directory: string;

  private constructor(day: MarketDay, directory: string, clock: FastClock, ports: System['ports']) {
    this.#day = day;
    this.#directory = directory;
    this.truthFile = join(directory, 'truth.ndjson');
    this.ports = ports;
    mkdirSync(join(directory, 'logs'), { recursive: true });
    const commands = this.#commands();
    const processOf = (name: ProcessName): ManagedProcess =>
      new ManagedProcess(
        name,
        {
          command: process.execPath,
          arguments: [MAIN, ...commands[name]],
          directory: ROOT,
          // Nothing may depend on the zone of a process.
          environment: () => ({ TZ: 'Asia/Tokyo', MASSIVE_API_KEY: 'demo', ...clock.environment }),
        },
        join(directory, 'logs', `${name}.log`),
      );
    this.processes = Object.fromEntries(
      PROCESSES.map(name => [name, processOf(name)]),
    ) as unknown as System['processes'];
    this.#configure();
  }

  static async prepare(day: MarketDay, directory: string, clock: FastClock): Promise<System> {
    const names = PROCESSES.filter(name => name !== 'daemon');
    const free = await freePorts(names.length);
    const ports = Object.fromEntries(names.map((name, index) => [name, free[index]!]));
    return new System(day, directory, clock, ports as System['ports']);
  }

  get controlSocket(): string {
    return join(this.#directory, 'state', `control-${this.#day.market}.sock`);
  }

  async close(): Promise<void> {
    for (const name of [...PROCESSES].reverse()) await this.processes[name].stop();
  }

  #configure(): void {
    const { market, speed } = this.#day;
    // What takes no longer than usual takes more of the market's time.
    const timeout = (usualMs: number): number => Math.min(LONGEST_MS, usualMs * speed);
    const configuration = {
      feeds: [
        {
          market,
          host: `ws://127.0.0.1:${this.ports.simulator}`,
          channels: Object.values(CHANNELS[market]),
        },
      ],
      targets: [{ name: 'tickerplant', port: this.ports.tickerplant }],
      state: { directory: join(this.#directory, 'state') },
      // A disk is no faster than usual: what takes long would be taken for a disk that fails.
      spool: { sync: 'never' },
      drain: { intervalMs: Math.max(1000, REAL_DRAIN_MS * speed) },
      history: {
        rest: { address: `http://127.0.0.1:${this.ports.simulator}`, tier: 'paid' },
        loader: { port: this.ports.loader },
      },
      timeouts: {
        massiveConnectMs: timeout(15_000),
        massiveAnswerMs: timeout(10_000),
        targetConnectMs: timeout(5000),
        targetAnswerMs: timeout(30_000),
        stopMs: timeout(10_000),
      },
    };
    writeConfiguration(this.#configurationFile, configuration);
  }

  get #configurationFile(): string {
    return join(this.#directory, 'daemon.yaml');
  }

  #commands(): Readonly<Record<ProcessName, readonly string[]>> {
    const { market, symbols, rate, seed } = this.#day;
    const { ports } = this;
    const at = (name: Listening): string => `:${ports[name]}`;
    const q = (script: string, name: Listening, ...args: readonly string[]): string[] =>
      qLine(script, ports[name], ...args);
    const root = join(this.#directory, 'hdb');
    const logs = join(this.#directory, 'tickerplant');
    return {
      simulator: simulatorLine({
        '--port': ports.simulator,
        '--market': market,
        '--symbols': symbols,
        '--rate': rate,
        '--seed': seed,
        '--hours': 'exchange',
        '--truth': this.truthFile,
      }),
      loader: q('feed.q', 'loader', '-root', root, '-market', market),
      hdb: q('hdb.q', 'hdb', '-root', root, '-loader', at('loader'), '-name', 'hdb'),
      tickerplant: q('tick.q', 'tickerplant', '-log', logs, '-market', market),
      rdb: [
        ...q('rdb.q', 'rdb', '-tp', at('tickerplant'), '-loader', at('loader'), '-market', market),
        '-eod',
        END_OF_DAY,
      ],
      gateway: q('gateway.q', 'gateway', '-rdb', `${market}=${at('rdb')}`, '-hdb', `${market}=${at('hdb')}`),
      daemon: daemonLine(this.#configurationFile),
    };
  }
}
