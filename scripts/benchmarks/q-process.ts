import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const SCRIPTS = fileURLToPath(new URL('../../../q/', import.meta.url));
const ANNOUNCED_PORT = /listening on port (\d+)/;

/** A `massive-kdb q` process that serves one of the project's scripts. */
export class QProcess {
  readonly port: number;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, port: number) {
    this.#process = process;
    this.port = port;
  }

  /** Resolves when it listens, on a port that the kernel chose. */
  static async start(script: string, ...args: readonly string[]): Promise<QProcess> {
    const child = spawn(process.execPath, [MAIN, 'q', SCRIPTS + script, ...args, '-p', '0'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout! })) {
      lines.push(line);
      const port = ANNOUNCED_PORT.exec(line)?.[1];
      if (port === undefined) continue;
      child.stdout!.resume();
      return new QProcess(child, Number(port));
    }
    throw new Error(`${script} ended: ${lines.join(' ')}`);
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exited;
  }
}
