import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { PROGRAM } from './program.ts';

const ANNOUNCED_PORT = /listening on port (\d+)/;

/** A `massive-kdb q` process of a test, and what it prints. */
export class QChild {
  readonly process: ChildProcess;
  stdout = '';
  stderr = '';
  readonly #exited: Promise<number | string>;
  #heard: () => void = () => {};

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
      this.#heard();
    });
    this.process.stderr!.on('data', chunk => {
      this.stderr += chunk;
      this.#heard();
    });
    this.#exited = once(this.process, 'close').then(([code, signal]) => code ?? signal);
    void this.#exited.then(() => this.#heard());
  }

  /** Resolves when it has printed what matches. */
  async printed(pattern: RegExp): Promise<RegExpMatchArray> {
    for (;;) {
      const found = pattern.exec(this.stdout + this.stderr);
      if (found !== null) return found;
      if (this.process.exitCode !== null) throw new Error(`q ended: ${this.stdout}${this.stderr}`);
      await new Promise<void>(resolve => {
        this.#heard = resolve;
      });
    }
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
    if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill(signal);
    await this.#exited;
  }
}
