import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { MassiveKdbError } from '../../base/errors.ts';
import { END_WITH_PARENT } from '../parent.ts';

const MAIN = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../main.ts' : '../main.js', import.meta.url),
);
const KILL_AFTER_MS = 15_000;
const REMEMBERED_LINES = 20;

/** A process of the demo has ended, or not started, by itself. Code `DEMO_PROCESS`. */
export class DemoProcessError extends MassiveKdbError {
  constructor(name: string, what: string, lines: readonly string[]) {
    super('DEMO_PROCESS', {
      what: `the ${name} ${what}${lines.length > 0 ? `; it said: ${lines.slice(-3).join(' | ')}` : ''}`,
      remedy: 'Run the demo again; MASSIVE_KDB_DEBUG=1 shows everything that its processes print.',
    });
  }
}

export interface ChildOptions {
  readonly name: string;
  readonly command: string;
  readonly arguments: readonly string[];
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Whether its warnings are of interest to the person who watches. */
  readonly showErrors: boolean;
  /** Whether it is massive-kdb, and so can be told to end when the demo does, even if that is killed. */
  readonly endsWithParent?: boolean;
}

/** A process of the demo: its lines, and its end. */
export class Child {
  readonly name: string;
  readonly process: ChildProcess;
  /** Resolves with the exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
  readonly #lines: string[] = [];
  readonly #errors: string[] = [];
  readonly #waiting: ((line: string) => void)[] = [];

  constructor(options: ChildOptions) {
    const { name, command, arguments: args, directory, environment, showErrors, endsWithParent } = options;
    this.name = name;
    // A group of its own: Ctrl-C is for the demo, which stops its processes in order.
    this.process = spawn(command, args, {
      cwd: directory,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe', ...(endsWithParent ? (['ipc'] as const) : [])],
      detached: true,
    });
    // One that ends before it reads this is no surprise.
    if (endsWithParent) this.process.send(END_WITH_PARENT, () => {});
    this.ended = new Promise(resolve => {
      this.process.once('error', error => resolve(error.message));
      this.process.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'));
    });
    createInterface({ input: this.process.stdout! }).on('line', line => this.#heard(line));
    createInterface({ input: this.process.stderr! }).on('line', line => {
      this.#errors.push(line);
      if (this.#errors.length > REMEMBERED_LINES) this.#errors.shift();
      if (showErrors || process.env['MASSIVE_KDB_DEBUG']) process.stderr.write(`${name}: ${line}\n`);
    });
  }

  /** The next line of its output. @throws DemoProcessError when it ends before */
  async nextLine(): Promise<string> {
    const queued = this.#lines.shift();
    if (queued !== undefined) return queued;
    const line = new Promise<string>(resolve => this.#waiting.push(resolve));
    const ended = this.ended.then(code => {
      throw this.failure(`ended with ${code} instead of starting`);
    });
    return Promise.race([line, ended]);
  }

  /** The last line of all its output, once it has ended. */
  async lastLine(): Promise<string> {
    const { stdout } = this.process;
    if (stdout && !stdout.closed) await once(stdout, 'close');
    await this.ended;
    const line = this.#lines.at(-1);
    if (line === undefined) throw this.failure('ended without a summary');
    return line;
  }

  /** Rejects when the process ends, for whatever reason. */
  async watch(): Promise<never> {
    const code = await this.ended;
    throw this.failure(`ended with ${code}`);
  }

  /** An error that says what is wrong with it, with what it said itself. */
  failure(what: string): DemoProcessError {
    return new DemoProcessError(this.name, what, this.#errors);
  }

  get running(): boolean {
    return (
      this.process.exitCode === null && this.process.signalCode === null && this.process.pid !== undefined
    );
  }

  /** Asks it to stop; a process that does not within its time is killed. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (!this.running) return;
    const kill = setTimeout(() => this.process.kill('SIGKILL'), KILL_AFTER_MS);
    this.process.kill(signal);
    await this.ended;
    clearTimeout(kill);
  }

  #heard(line: string): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(line);
    else this.#lines.push(line);
    if (this.#lines.length > REMEMBERED_LINES) this.#lines.shift();
  }
}

/** How a command of massive-kdb is typed in the directory and by the way in which this process was started. */
export function typedCommand(): string {
  if (basename(process.argv[1] ?? '') !== 'massive-kdb') return `node ${relative(process.cwd(), MAIN)}`;
  return process.env['npm_command'] === 'exec' ? 'npx massive-kdb' : 'massive-kdb';
}

/** A command of massive-kdb itself as a process. */
export function massiveKdb(
  name: string,
  args: readonly string[],
  options: Pick<ChildOptions, 'directory' | 'environment' | 'showErrors'>,
): Child {
  return new Child({
    ...options,
    name,
    endsWithParent: true,
    command: process.execPath,
    arguments: [...process.execArgv, MAIN, ...args],
  });
}

/** This process's environment without what configures massive-kdb: the demo is the same everywhere. */
export function cleanEnvironment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const own = /^(MASSIVE_KDB_(?!DEBUG)|MASSIVE_API_KEY|KDB_PASSWORD)/;
  const kept = Object.entries(process.env).filter(([name]) => !own.test(name));
  return { ...Object.fromEntries(kept), ...extra };
}
