import { dirname } from 'node:path';
import { LockDamagedError } from '../../base/process-lock.ts';
import type { SpoolIdentity } from '../../realtime/spool/identity.ts';
import { type Check, type Finding, fail, pass, skipped, warn } from './check.ts';

/** What the checks of directories do, for real or for a test. */
export interface DiskEffects {
  /** What is at a path; undefined where nothing is. Rejects with what the system says. */
  look(path: string): Promise<PathFacts | undefined>;
  /** Writes a file into a directory, syncs it and removes it. Rejects with what the system says. */
  tryWriting(directory: string): Promise<void>;
  /** Opens an existing file for writing and closes it. Rejects with what the system says. */
  tryAppending(file: string): Promise<void>;
  /** Bytes that this user may still write to the disk of an existing path. */
  freeBytes(path: string): Promise<number>;
  /** The user of this process; undefined where the system has none. */
  readonly ownUser: number | undefined;
}

export interface PathFacts {
  readonly isDirectory: boolean;
  readonly user: number;
}

/** A disk that has stalled must not stall this. */
const LIMIT_MS = 10_000;

/** A directory that the daemon writes into. */
export interface WrittenDirectory {
  /** `state directory` */
  readonly name: string;
  /** What of several it is of: a feed. */
  readonly of?: string;
  readonly path: string;
  readonly setting: string;
}

export function directoryCheck({ path, setting, ...named }: WrittenDirectory, disk: DiskEffects): Check {
  return { ...named, limitMs: LIMIT_MS, run: () => directoryFinding(path, setting, disk) };
}

/** Whether what is made at a path belongs to the same user as what is there, or above it. Rejects as `look` does. */
export async function isOwnPlace(path: string, disk: DiskEffects): Promise<boolean> {
  const { facts } = await nearest(path, disk);
  return disk.ownUser === undefined || facts.user === disk.ownUser;
}

/** The file for log lines, where there is one. */
export function logFileCheck(file: string | null, disk: DiskEffects): Check {
  return {
    name: 'log file',
    limitMs: LIMIT_MS,
    run: async () => {
      if (file === null) return skipped('logging.file names none: lines go to standard error');
      const directory = await directoryFinding(dirname(file), 'logging.file', disk);
      if (directory.outcome !== 'pass' || !(await disk.look(file))) return directory;
      try {
        await disk.tryAppending(file);
        return pass(`${file} can be written`);
      } catch (error) {
        return notWritable(file, 'logging.file', error);
      }
    },
  };
}

async function directoryFinding(path: string, setting: string, disk: DiskEffects): Promise<Finding> {
  try {
    const { path: place, facts } = await nearest(path, disk);
    if (!facts.isDirectory) {
      return fail(`${place} is not a directory`, `Move it away, or set ${setting} to another place.`);
    }
    await disk.tryWriting(place);
    if (place !== path) return pass(`${path} is not there yet, and can be made`);
    if (disk.ownUser === undefined || facts.user === disk.ownUser) return pass(`${path} can be written`);
    return warn(
      `${path} can be written, and belongs to another user (${facts.user}; this is ${disk.ownUser})`,
      'Run doctor as the user that runs the daemon: only then is what it says true for the daemon.',
    );
  } catch (error) {
    return notWritable(path, setting, error);
  }
}

const FULL: readonly string[] = ['ENOSPC', 'EDQUOT'];

function notWritable(path: string, setting: string, error: unknown): Finding {
  const { code = String(error) } = error as NodeJS.ErrnoException;
  if (FULL.includes(code)) {
    return fail(`no space is left for ${path} (${code})`, `Make room, or set ${setting} to another disk.`);
  }
  return fail(
    `${path} cannot be written (${code})`,
    `Give this user the permission, or set ${setting} to another place.`,
  );
}

/** A path, or the nearest above it that is there. */
async function nearest(
  path: string,
  disk: DiskEffects,
): Promise<{ readonly path: string; readonly facts: PathFacts }> {
  const facts = await disk.look(path);
  if (facts) return { path, facts };
  const above = dirname(path);
  if (above === path) throw new Error(`${path} is not there`);
  return nearest(above, disk);
}

/** A feed's spool, and what the checks of it do. */
export interface SpoolSubject {
  /** `stocks` */
  readonly name: string;
  readonly directory: string;
  /** Undefined where there is none. Throws SpoolError where another release wrote it. */
  identity(): Promise<SpoolIdentity | 'damaged' | undefined>;
  /** The running process that has it. Throws LockDamagedError. */
  holder(): Promise<number | undefined>;
  /** The process that answers for this feed, if one does. */
  daemonPid(): Promise<number | undefined>;
  usedBytes(): Promise<number>;
}

/** Whether a spool is of this release, and who has it. */
export function spoolCheck(spool: SpoolSubject): Check {
  return { name: 'spool', of: spool.name, limitMs: LIMIT_MS * 2, run: () => spoolFinding(spool) };
}

async function spoolFinding(spool: SpoolSubject): Promise<Finding> {
  const identity = await spool.identity();
  if (identity === undefined) return pass('there is none yet; the first start makes it');
  if (identity === 'damaged') {
    return warn(
      `its identity in ${spool.directory} is damaged`,
      'The next start gives it a new one, and sends what is not acknowledged again: rows may be twice in the tickerplant.',
    );
  }
  try {
    const holder = await spool.holder();
    if (holder === undefined) return pass('of this release, and free');
    if (holder === (await spool.daemonPid()))
      return pass(`of this release, and the daemon has it (process ${holder})`);
    return warn(
      `process ${holder} has it, and does not answer for this feed`,
      `See what it is (ps ${holder}): while it runs no daemon can have this spool.`,
    );
  } catch (error) {
    if (!(error instanceof LockDamagedError)) throw error;
    return fail(`its lock ${error.file} is damaged`, 'Make sure that no daemon runs, and remove that file.');
  }
}

/** What the spools of all feeds may take, of one disk. */
export interface SpoolSpace {
  readonly directory: string;
  readonly maxBytes: number;
  readonly segmentBytes: number;
  readonly spools: readonly Pick<SpoolSubject, 'usedBytes'>[];
}

/** Free space against what the spools may still grow by. */
export function spaceCheck(
  { directory, maxBytes, segmentBytes, spools }: SpoolSpace,
  disk: DiskEffects,
): Check {
  return {
    name: 'free space',
    limitMs: LIMIT_MS,
    run: async () => {
      let wantedBytes = 0;
      for (const spool of spools) wantedBytes += Math.max(0, maxBytes - (await spool.usedBytes()));
      const { path } = await nearest(directory, disk);
      const freeBytes = await disk.freeBytes(path);
      const text = `${gibibytes(freeBytes)} free for spools that may grow by ${gibibytes(wantedBytes)}`;
      const remedy = 'Make room, set spool.directory to another disk, or lower spool.maxBytes.';
      if (freeBytes < segmentBytes) return fail(`${text}: not enough for one file of the spool`, remedy);
      return freeBytes < wantedBytes ? warn(text, remedy) : pass(text);
    },
  };
}

function gibibytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}
