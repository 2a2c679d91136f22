import { createHash } from 'node:crypto';
import { MassiveKdbError, messageOf } from '../base/errors.ts';
import {
  acquireProcessLock,
  LockDamagedError,
  LockHeldError,
  type Processes,
  type ProcessLock,
  systemProcesses,
} from '../base/process-lock.ts';
import type { Cluster } from './hosts.ts';

/** Another process on this machine holds the connection. Code `MASSIVE_CONNECTION_IN_USE`. */
export class ConnectionInUseError extends MassiveKdbError {
  readonly pid: number;

  constructor(cluster: Cluster, pid: number, file: string) {
    super('MASSIVE_CONNECTION_IN_USE', {
      what: `process ${pid} already has the connection to Massive for ${cluster} with this key (${file})`,
      remedy: `Stop it first (kill ${pid}): Massive closes one of two connections with one key and market.`,
    });
    this.pid = pid;
  }
}

/** The lock file cannot be made or read. Code `MASSIVE_CONNECTION_LOCK`. */
export class ConnectionLockError extends MassiveKdbError {
  constructor(path: string, error: unknown) {
    super('MASSIVE_CONNECTION_LOCK', {
      what: `the lock in ${path} cannot be used: ${messageOf(error)}`,
      remedy: 'Make its directory writable for this user; delete the file if its content is damaged.',
      cause: error,
    });
  }
}

/**
 * Makes sure that this process is the only one on this machine to connect with this key to this cluster, until it
 * releases the lock or ends.
 *
 * @param directory made if it does not exist. The key is in the file's name as a short hash only.
 * @throws ConnectionInUseError, ConnectionLockError
 */
export async function acquireConnectionLock(
  directory: string,
  cluster: Cluster,
  key: string,
  processes: Processes = systemProcesses,
): Promise<ProcessLock> {
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 12);
  try {
    return await acquireProcessLock(directory, `massive-${cluster.replace('/', '-')}-${hash}`, processes);
  } catch (error) {
    if (error instanceof LockHeldError) throw new ConnectionInUseError(cluster, error.pid, error.file);
    if (error instanceof LockDamagedError) throw new ConnectionLockError(error.file, error.cause);
    throw new ConnectionLockError(directory, error);
  }
}
