import { acquireProcessLock, LockHeldError } from '../../base/process-lock.ts';
import { SpoolError } from './errors.ts';
import type { SpoolLock } from './options.ts';

/** What the names of the lock's files begin with. */
export const SPOOL_LOCK_NAME = 'spool';

/** Takes the directory of a spool for this process. Throws SpoolError SPOOL_LOCKED or SPOOL_DIRECTORY. */
export async function lockSpool(directory: string): Promise<SpoolLock> {
  try {
    return await acquireProcessLock(directory, SPOOL_LOCK_NAME);
  } catch (error) {
    if (error instanceof LockHeldError) throw SpoolError.locked(directory, error.pid, error.file);
    throw SpoolError.directory(directory, error);
  }
}
