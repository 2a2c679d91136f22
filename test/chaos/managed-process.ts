import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, rmSync } from 'node:fs';

/** What massive-kdb understands on the IPC channel of a child. */
const END_WITH_PARENT = 'end with your parent';
/** Like a supervisor: what has ended by itself is started again after so long. */
const RESTART_MS = 1000;
const STOP_MS = 15_000;

export interface ProcessCommand {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly directory: string;
  /** Beside that of this process; asked for at each start. */
  readonly environment: () => Readonly<Record<string, string>>;
}

/** An end that nobody has asked for. */
export interface OwnEnd {
  readonly process: string;
  readonly code: number | string;
  readonly lastLine: string;
}

/** A process that can be killed, frozen and cramped, and is started again whenever nothing keeps it down. */
export class ManagedProcess {
  readonly name: string;
  readonly ownEnds: OwnEnd[] = [];
  readonly #command: ProcessCommand;
  readonly #logFile: string;
  #child: ChildProcess | undefined;
  /** Faults that keep it down. */
  #held = 0;
  #cramped = false;
  #stopping = false;
  #restart: NodeJS.Timeout | undefined;
  #lastLine = '';
  #lines: ((line: string) => void) | undefined;

  constructor(name: string, command: ProcessCommand, logFile: string) {
    this.name = name;
    this.#command = command;
    this.#logFile = logFile;
  }

  /** Undefined before the first start. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get alive(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  start(): void {
    if (this.alive || this.#stopping) return;
    clearTimeout(this.#restart);
    const { command, arguments: args, directory, environment } = this.#command;
    const child = spawn(command, args, {
      cwd: directory,
      env: { ...cleanEnvironment(), ...environment() },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    this.#child = child;
    child.send(END_WITH_PARENT, () => {});
    child.on('error', error => this.#log(`cannot be started: ${error.message}\n`));
    this.#log(`--- started as ${child.pid} at ${new Date().toISOString()}\n`);
    child.stdout!.on('data', (text: Buffer) => this.#heard(text.toString()));
    child.stderr!.on('data', (text: Buffer) => this.#heard(text.toString()));
    child.once('exit', (code, signal) => this.#ended(child, code ?? signal ?? 'unknown'));
    if (this.#cramped) this.#limit(1);
  }

  /** The first line that it prints. */
  firstLine(): Promise<string> {
    return new Promise(resolve => {
      this.#lines = resolve;
    });
  }

  /** kill -9; it stays down until `release` has been called as often. */
  async kill(): Promise<void> {
    this.#held++;
    const child = this.#child;
    if (!child || !this.alive) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  release(): void {
    if (--this.#held === 0) this.start();
  }

  /** SIGSTOP. @returns what lets this very process go on */
  freeze(): () => void {
    const child = this.#child;
    child?.kill('SIGSTOP');
    return () => child?.kill('SIGCONT');
  }

  /** No file of it can grow, as on a full disk, until `uncramp`. */
  cramp(): void {
    this.#cramped = true;
    this.#limit(1);
  }

  uncramp(): void {
    this.#cramped = false;
    this.#limit('unlimited');
  }

  /** Asks it to end for good. @returns its exit code, or the signal that ended it */
  async stop(): Promise<number | string> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (!child) return 'never started';
    if (!this.alive) return child.exitCode ?? child.signalCode ?? 'unknown';
    const ended = once(child, 'exit');
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    const [code, signal] = (await ended) as [number | null, string | null];
    clearTimeout(kill);
    return code ?? signal ?? 'unknown';
  }

  #limit(bytes: number | 'unlimited'): void {
    const pid = this.#child?.pid;
    if (!this.alive || pid === undefined) return;
    try {
      execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`], { stdio: 'pipe' });
    } catch (error) {
      if (this.alive) throw error;
    }
  }

  #ended(child: ChildProcess, code: number | string): void {
    if (child.pid !== undefined) forgetClock(child.pid);
    this.#log(`--- ended with ${code} at ${new Date().toISOString()}\n`);
    if (child !== this.#child || this.#stopping || this.#held > 0) return;
    this.ownEnds.push({ process: this.name, code, lastLine: this.#lastLine });
    this.#restart = setTimeout(() => {
      if (this.#held === 0) this.start();
    }, RESTART_MS);
  }

  #heard(text: string): void {
    this.#log(text);
    const lines = text.split('\n').filter(line => line !== '');
    this.#lastLine = lines.at(-1) ?? this.#lastLine;
    if (this.#lines && lines[0] !== undefined) this.#lines(lines[0]);
    this.#lines = undefined;
  }

  #log(text: string): void {
    appendFileSync(this.#logFile, text);
  }
}

/** A process with another clock that is killed leaves behind what later ones of the same id stumble over. */
function forgetClock(pid: number): void {
  for (const name of [`sem.faketime_sem_${pid}`, `faketime_shm_${pid}`]) {
    rmSync(`/dev/shm/${name}`, { force: true });
  }
}

/** Without what configures massive-kdb on this machine. */
function cleanEnvironment(): Record<string, string> {
  const own = /^(MASSIVE_KDB_(?!DEBUG)|MASSIVE_|KDB_PASSWORD)/;
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || own.test(name) ? [] : [[name, value]],
    ),
  );
}
