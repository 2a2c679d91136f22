import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AskedProcess, LoaderProcess, ReaderProcess, script } from './loader-process.ts';
import { PROGRAM } from './program.ts';

/** A batch of table feedstat whose one row carries a number. */
export function numbered(number: number): string {
  return `\`feedstat;(enlist 0D01;enlist\`stocks;enlist ${number};enlist 0D;enlist 0;enlist 2026.01.05D15:00;enlist 2026.01.05D15:00)`;
}

/** q/tick.q of a test. */
export class TickProcess extends AskedProcess {
  constructor(args: readonly string[]) {
    super([script('tick.q'), ...(args.includes('-p') ? [] : ['-p', '0']), '-q', ...args]);
  }

  /** Sends a batch of one row as the feed does; whether it was new. */
  async send(source: string, sequence: number, number = sequence): Promise<boolean> {
    const answer = await this.literal(`.fh.upd[\`${source};${sequence};${numbered(number)}]`);
    if (answer !== '1b' && answer !== '0b') throw new Error(`.fh.upd answered ${answer}`);
    return answer === '1b';
  }
}

/** q/rdb.q of a test. */
export class RdbProcess extends AskedProcess {
  constructor(args: readonly string[]) {
    super([script('rdb.q'), '-p', '0', '-q', ...args]);
  }
}

/** The numbers of all batches in a log, in order, as a q process of its own replays them. */
export async function numbersIn(log: string): Promise<number[]> {
  const q = new AskedProcess(['-p', '0', '-q']);
  try {
    await q.ask('numbers:0#0');
    await q.ask('upd:{[name;columns] numbers,:columns 2}');
    await q.ask(`-11!\`$":${log}"`);
    const text = await q.literal('numbers');
    return text
      .replace(/^,/, '')
      .split(' ')
      .filter(part => /^\d+$/.test(part))
      .map(Number);
  } finally {
    await q.stop();
  }
}

/** Waits, by asking again and again, until an expression has a value. Between questions the process has time for it. */
export async function until(process: AskedProcess, expression: string, wanted: string): Promise<void> {
  for (;;) {
    const found = await process.literal(expression);
    if (found === wanted) return;
    if (process.process.exitCode !== null) throw new Error(`q ended; ${expression} was ${found}`);
    await delay(10);
  }
}

/** A batch of bars of one minute: `syms` symbols at minute `minute` of a trading date of crypto, all of volume `volume`. */
export function bars(date: string, minute: number, syms: number, volume: number): string {
  return `\`agg1m;value flip update sym:\`$string til ${syms},start:${date}+0D00:01*${minute},time:0D00:01*${minute},mkt:\`crypto,src:\`ws,volume:${volume}f,recv:${date}+0D00:01*${minute}+${volume} from ${syms}#enlist first agg1m`;
}

/** The q processes of one market's live side, in a directory of their own. */
export class LiveSide {
  readonly directory = mkdtempSync(join(tmpdir(), 'massive-kdb-live-'));
  readonly logs = join(this.directory, 'log');
  readonly root = join(this.directory, 'hdb');
  tick!: TickProcess;
  loader!: LoaderProcess;
  rdb!: RdbProcess;
  readonly #others: AskedProcess[] = [];

  /** The date of the tickerplant. */
  date = '';

  async start(): Promise<void> {
    this.tick = new TickProcess(this.#tickArgs());
    this.loader = new LoaderProcess(this.root, ['-grace', '0'], 'crypto');
    this.rdb = await this.startRdb();
    this.date = await this.tick.literal('.u.d');
  }

  /** Ends it as kill -9 does and starts it again where it was. */
  async restartTick(whileAway: () => Promise<void> = async () => {}): Promise<void> {
    const port = await this.tick.port();
    await this.tick.stop();
    await whileAway();
    this.tick = new TickProcess(['-p', String(port), ...this.#tickArgs()]);
    await this.tick.port();
  }

  async startLoader(port: number): Promise<void> {
    this.loader = new LoaderProcess(this.root, ['-grace', '0', '-p', String(port)], 'crypto');
    await this.loader.port();
  }

  async startRdb(): Promise<RdbProcess> {
    const addresses = ['-tp', `:${await this.tick.port()}`, '-loader', `:${await this.loader.port()}`];
    const eod = [process.execPath, ...PROGRAM, 'q', script('eod.q')].join(' ');
    const rdb = new RdbProcess([...addresses, '-market', 'crypto', '-eod', eod]);
    await rdb.port();
    return rdb;
  }

  /** A reader and a gateway over it and the RDB. */
  async startGateway(): Promise<AskedProcess> {
    const reader = new ReaderProcess(this.root, ['-loader', `:${await this.loader.port()}`, '-name', 'one']);
    this.#others.push(reader);
    const args = ['-rdb', `crypto=:${await this.rdb.port()}`, '-hdb', `crypto=:${await reader.port()}`];
    const gateway = new AskedProcess([script('gateway.q'), '-p', '0', '-q', ...args]);
    this.#others.push(gateway);
    await gateway.port();
    return gateway;
  }

  /** Runs the end of day of a log; the exit code and what it said. */
  async endDay(date: string, ...args: readonly string[]): Promise<{ code: number | string; said: string }> {
    const child = await this.startEndOfDay(date, ...args);
    const code = await child.exit();
    return { code, said: child.stdout + child.stderr };
  }

  async startEndOfDay(date: string, ...args: readonly string[]): Promise<AskedProcess> {
    const file = join(this.logs, `crypto.${date}`);
    const loader = `:${await this.loader.port()}`;
    return new AskedProcess([
      script('eod.q'),
      '-q',
      '-log',
      file,
      '-market',
      'crypto',
      '-loader',
      loader,
      ...args,
    ]);
  }

  /** Rows of a table in the database, as text, whatever process has merged them. */
  async held(table: string, date: string): Promise<string> {
    return this.loader.literal(
      `{md5 -3!value flip {@[x;where (type each flip x) within 20 76h;value]} .part.read[\`${table};.store.path[\`${table};${date}]]}[]`,
    );
  }

  async stop(): Promise<void> {
    for (const each of [...this.#others, this.rdb, this.loader, this.tick]) await each?.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  #tickArgs(): string[] {
    return ['-log', this.logs, '-market', 'crypto'];
  }
}
