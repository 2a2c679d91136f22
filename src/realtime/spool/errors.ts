import { EndingError, type ErrorDetails, messageOf } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-codes.ts';

/**
 * What can be wrong with a spool.
 * - `SPOOL_DIRECTORY`: the directory cannot be made, read or written.
 * - `SPOOL_VERSION`: another release of massive-kdb has written it.
 * - `SPOOL_LOCKED`: another process has it.
 * - `SPOOL_FULL`: it has reached its limit, and nothing in it is acknowledged.
 * - `SPOOL_DISK_FULL`: the disk has no room.
 * - `SPOOL_WRITE`, `SPOOL_READ`: the disk fails.
 * - `SPOOL_STALLED`: the disk does not answer, and no more may wait for it.
 * - `SPOOL_CLOSED`: it was closed before this.
 */
export type SpoolErrorCode =
  | 'SPOOL_DIRECTORY'
  | 'SPOOL_VERSION'
  | 'SPOOL_LOCKED'
  | 'SPOOL_FULL'
  | 'SPOOL_DISK_FULL'
  | 'SPOOL_WRITE'
  | 'SPOOL_READ'
  | 'SPOOL_STALLED'
  | 'SPOOL_CLOSED';

const EXIT_CODES: Readonly<Record<SpoolErrorCode, ExitCode>> = {
  SPOOL_DIRECTORY: ExitCode.io,
  SPOOL_VERSION: ExitCode.configuration,
  SPOOL_LOCKED: ExitCode.unavailable,
  SPOOL_FULL: ExitCode.io,
  SPOOL_DISK_FULL: ExitCode.io,
  SPOOL_WRITE: ExitCode.io,
  SPOOL_READ: ExitCode.io,
  SPOOL_STALLED: ExitCode.io,
  SPOOL_CLOSED: ExitCode.internal,
};

/** A spool cannot do what it was asked for. */
export class SpoolError extends EndingError {
  declare readonly code: SpoolErrorCode;

  constructor(code: SpoolErrorCode, details: ErrorDetails) {
    super(code, EXIT_CODES[code], details);
  }

  static directory(directory: string, cause: unknown): SpoolError {
    if (isDiskFull(cause)) return SpoolError.diskFull(directory, cause);
    return new SpoolError('SPOOL_DIRECTORY', {
      what: `the spool ${directory} cannot be used: ${messageOf(cause)}`,
      remedy:
        'Give this user the permission to read and write it, or set spool.directory or the state.directory around it to another place.',
      cause,
    });
  }

  static locked(directory: string, pid: number, file: string): SpoolError {
    return new SpoolError('SPOOL_LOCKED', {
      what: `process ${pid} has the spool ${directory} (${file})`,
      remedy: `Stop it first (kill ${pid}), or give this one a spool.directory of its own.`,
    });
  }

  /** Something else may not be changed while a daemon has a spool. */
  static inUse(directory: string, pid: number): SpoolError {
    return new SpoolError('SPOOL_LOCKED', {
      what: `process ${pid} is running (it has the spool ${directory})`,
      remedy: `Stop it first (kill ${pid}), then run this again.`,
    });
  }

  static write(file: string, cause: unknown): SpoolError {
    if (isDiskFull(cause)) return SpoolError.diskFull(file, cause);
    return new SpoolError('SPOOL_WRITE', {
      what: `the spool cannot write ${file}: ${messageOf(cause)}`,
      remedy: 'Look after the disk, or set spool.directory to another one.',
      cause,
    });
  }

  static read(file: string, cause: unknown): SpoolError {
    return new SpoolError('SPOOL_READ', {
      what: `the spool cannot read ${file}: ${messageOf(cause)}`,
      remedy: 'Look after the disk: what is kept there is not delivered until it can be read.',
      cause,
    });
  }

  static diskFull(path: string, cause: unknown): SpoolError {
    return new SpoolError('SPOOL_DISK_FULL', {
      what: `the disk of the spool is full: ${path}: ${messageOf(cause)}`,
      remedy: 'Make room on it, or set spool.directory to another disk.',
      cause,
    });
  }

  static full(directory: string, usedBytes: number, maxBytes: number): SpoolError {
    return new SpoolError('SPOOL_FULL', {
      what: `the spool ${directory} has reached its limit, and none of its ${usedBytes} bytes is acknowledged by every target`,
      expected: `at most spool.maxBytes = ${maxBytes}`,
      remedy: 'Bring the targets back, or raise spool.maxBytes.',
    });
  }

  static stalled(directory: string, waitingBytes: number): SpoolError {
    return new SpoolError('SPOOL_STALLED', {
      what: `the disk of the spool ${directory} does not answer, and ${waitingBytes} bytes wait for it`,
      remedy: 'Look after the disk, or set spool.directory to another one.',
    });
  }

  static closed(directory: string): SpoolError {
    return new SpoolError('SPOOL_CLOSED', {
      what: `the spool ${directory} is closed`,
      remedy: 'Report this with the log: nothing may be asked of it any more.',
    });
  }
}

const DISK_FULL_CODES: readonly unknown[] = ['ENOSPC', 'EDQUOT'];

export function isDiskFull(error: unknown): boolean {
  return DISK_FULL_CODES.includes((error as NodeJS.ErrnoException | undefined)?.code);
}

export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}
