import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { PROGRAM } from './program.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command as its users run it. Nothing of this process's environment that begins with MASSIVE or KDB. */
export class CommandProcess {
  readonly process: ChildProcess;
  readonly done: Promise<CommandResult>;

  constructor(
    line: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    workingDirectory = ROOT,
  ) {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(MASSIVE|KDB)_/.test(name));
    this.process = spawn(process.execPath, [...PROGRAM, ...line], {
      cwd: workingDirectory,
      // Daemons of several tests run at once.
      env: { ...Object.fromEntries(inherited), MASSIVE_KDB_STATUS_PORT: '0', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    this.process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    this.done = new Promise((resolve, reject) => {
      this.process.on('error', reject);
      this.process.on('close', code => resolve({ code, stdout, stderr }));
    });
  }
}

/** Runs a command to its end. */
export function runCommand(
  line: readonly string[],
  environment?: Readonly<Record<string, string>>,
  workingDirectory?: string,
): Promise<CommandResult> {
  return new CommandProcess(line, environment, workingDirectory).done;
}
