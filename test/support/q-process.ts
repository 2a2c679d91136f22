import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { PROGRAM } from './program.ts';
import { Watch } from './watch.ts';

const ANNOUNCED_PORT = /listening on port (\d+)/;

/** A `massive-kdb q` process of a test, and what it prints. */
export class QChild {
  readonly process: ChildProcess;
  stdout = '';
  stderr = '';
  readonly #exited: Promise<number | string>;
  readonly #watch = new Watch();

  /** Starts one; `args` are those of q. Standard input stays open and empty. */
  constructor(
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    directory = process.cwd(),
  ) {
    this.process = spawn(process.execPath, [...PROGRAM, 'q', ...args], {
      cwd: directory,
      env: { ...process.env, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.process.stdout!.on('data', chunk => {
      this.stdout += chunk;
      this.#watch.changed();
    });
    this.process.stderr!.on('data', chunk => {
      this.stderr += chunk;
      this.#watch.changed();
    });
    this.#exited = once(this.process, 'close').then(([code, signal]) => code ?? signal);
    void this.#exited.then(() => this.#watch.changed());
  }

  /** Resolves when it has printed what matches. */
  async printed(pattern: RegExp): Promise<RegExpMatchArray> {
    const found = () => pattern.exec(this.stdout + this.stderr);
    await this.#watch.until(() => found() !== null || this.#hasEnded);
    const match = found();
    if (match === null) throw new Error(`q ended: ${this.stdout}${this.stderr}`);
    return match;
  }

  get #hasEnded(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  /** The port that `-p 0` chose. */
  async port(): Promise<number> {
    return Number((await this.printed(ANNOUNCED_PORT))[1]);
  }

  type(line: string): void {
    this.process.stdin!.write(`${line}\n`);
  }

  endInput(): void {
    this.process.stdin!.end();
  }

  /** The exit code, or the signal that ended it. */
  exit(): Promise<number | string> {
    return this.#exited;
  }

  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (!this.#hasEnded) this.process.kill(signal);
    await this.#exited;
  }
}
