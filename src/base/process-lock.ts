import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from './directories.ts';

/** A process that may hold a lock. */
export interface LockOwner {
  readonly pid: number;
  /** Something that changes when the pid is given to another process. */
  readonly started: string;
}

/** What the lock has to know about processes; see `systemProcesses`. */
export interface Processes {
  readonly self: number;
  /** What `LockOwner.started` is for a running process; undefined when there is none of that pid. */
  startOf(pid: number): Promise<string | undefined>;
}

/** A lock that this process holds. */
export interface ProcessLock {
  readonly file: string;
  /** Leaves it to the next process. */
  release(): Promise<void>;
}

/** A running process holds the lock. Users of locks say what that means to them. */
export class LockHeldError extends Error {
  readonly pid: number;
  readonly file: string;

  constructor(pid: number, file: string) {
    super(`process ${pid} holds ${file}`);
    this.pid = pid;
    this.file = file;
  }
}

/** The content of a lock's file is none that was written here. */
export class LockDamagedError extends Error {
  readonly file: string;

  constructor(file: string, cause: unknown) {
    super(`${file} is damaged`, { cause });
    this.file = file;
  }
}

/**
 * Makes sure that this process is the only one on this machine to have the lock, until it releases it or ends. The
 * lock of a process that is gone is taken over.
 *
 * A lock is a file with a generation in its name; the newest counts. Taking over means creating the next generation,
 * which the file system grants to one process only, and an old one is never removed before a newer one is there: so
 * of any number that find a lock stale at once, one gets it.
 *
 * @param directory made if it does not exist
 * @param name what the names of its files begin with
 * @throws LockHeldError, LockDamagedError, and what the system says
 */
export async function acquireProcessLock(
  directory: string,
  name: string,
  processes: Processes = systemProcesses,
): Promise<ProcessLock> {
  const generations = new LockGenerations(directory, name);
  makeDirectory(directory, 0o700);
  const started = await processes.startOf(processes.self);
  const content = JSON.stringify({ pid: processes.self, started });
  for (;;) {
    const newest = (await generations.list()).at(-1) ?? 0;
    await requireFree(generations.file(newest), processes);
    const own = newest + 1;
    if (await generations.create(own, content)) {
      const all = await generations.list();
      await Promise.all(all.filter(other => other < own).map(other => generations.remove(other)));
      if (all.at(-1) === own) return { file: generations.file(own), release: () => generations.release(own) };
      // Others have come and gone while this one hesitated.
      await generations.remove(own);
    }
  }
}

/** The pid of the running process that holds a lock; undefined where none does. Throws what `acquireProcessLock` does. */
export async function holderOfLock(
  directory: string,
  name: string,
  processes: Processes = systemProcesses,
): Promise<number | undefined> {
  const generations = new LockGenerations(directory, name);
  const newest = (await generations.list()).at(-1) ?? 0;
  return holderOf(generations.file(newest), processes);
}

async function requireFree(file: string, processes: Processes): Promise<void> {
  const pid = await holderOf(file, processes);
  if (pid !== undefined) throw new LockHeldError(pid, file);
}

async function holderOf(file: string, processes: Processes): Promise<number | undefined> {
  const content = await readFile(file, 'utf8').catch(ignoring('ENOENT'));
  if (content === undefined) return undefined;
  const { pid, started } = parseOwner(file, content);
  if (pid === undefined) return undefined;
  const start = await processes.startOf(pid);
  return start !== undefined && start === started ? pid : undefined;
}

function parseOwner(file: string, content: string): Partial<LockOwner> {
  try {
    return JSON.parse(content) as Partial<LockOwner>;
  } catch (error) {
    throw new LockDamagedError(file, error);
  }
}

/** The files of one lock. */
class LockGenerations {
  readonly #directory: string;
  readonly #name: string;

  constructor(directory: string, name: string) {
    this.#directory = directory;
    this.#name = name;
  }

  file(generation: number): string {
    return join(this.#directory, `${this.#name}.${generation}.lock`);
  }

  /** The generations that exist, ascending. */
  async list(): Promise<readonly number[]> {
    const names = await readdir(this.#directory);
    return names
      .filter(name => name.startsWith(`${this.#name}.`) && name.endsWith('.lock'))
      .map(name => Number(name.slice(this.#name.length + 1, -'.lock'.length)))
      .sort((a, b) => a - b);
  }

  /** Creates a generation with its content in one step, so that nobody reads half of it; false when it exists. */
  async create(generation: number, content: string): Promise<boolean> {
    const draft = await this.#draft(content);
    try {
      await link(draft, this.file(generation));
      return true;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      return false;
    } finally {
      await unlink(draft);
    }
  }

  /** Empties a generation and lets it stand, so that the next one has a higher number. */
  async release(generation: number): Promise<void> {
    await rename(await this.#draft('{}'), this.file(generation));
  }

  async remove(generation: number): Promise<void> {
    await unlink(this.file(generation)).catch(ignoring('ENOENT'));
  }

  async #draft(content: string): Promise<string> {
    const draft = join(this.#directory, `${this.#name}.${randomUUID()}.draft`);
    await writeFile(draft, content, { flag: 'wx', mode: 0o600 });
    return draft;
  }
}

/** For `catch`: an error with this code is no error. */
function ignoring(code: string): (error: unknown) => undefined {
  return error => {
    if (codeOf(error) !== code) throw error;
    return undefined;
  };
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

/** The processes of this machine. Where there is no /proc, a running process is known by its pid alone. */
export const systemProcesses: Processes = {
  self: process.pid,
  async startOf(pid) {
    try {
      process.kill(pid, 0);
    } catch (error) {
      if (codeOf(error) === 'ESRCH') return undefined;
    }
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    // Field 22 is the start, in clock ticks since boot; field 2 is a name in brackets that may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : (fields[19] ?? '');
  },
};
