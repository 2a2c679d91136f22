import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { QError } from '../values/value.ts';
import { fileError } from './file-error.ts';

const RETRY_MS = 10;
const LIMIT_MS = 30_000;

/**
 * Waits until no other process holds the lock of a file and takes it: a file beside it, whose name ends in $ so that
 * databases leave it alone, with the number of the process that holds it. One that a process left that is no more is
 * taken over. The answer gives the lock back. kdb+ itself does not see such a lock.
 */
export function lockFile(path: string): () => void {
  const lock = `${path}.lock$`;
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  for (let waitedMs = 0; ; waitedMs += RETRY_MS) {
    if (takeLock(lock)) return () => rmSync(lock, { force: true });
    const holder = holderOf(lock);
    if (holder !== undefined && !isAlive(holder)) removeLeft(lock, holder);
    else if (waitedMs >= LIMIT_MS)
      throw new QError(`${path}. Locked by process ${holder ?? 'unknown'}: ${lock}`);
    else Atomics.wait(sleeper, 0, 0, RETRY_MS);
  }
}

function takeLock(lock: string): boolean {
  return fileError(lock, () => {
    try {
      mkdirSync(dirname(lock), { recursive: true });
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  });
}

/** Removes a lock whose holder is no more; one that another process took in the meantime is put back. */
function removeLeft(lock: string, holder: number): void {
  const moved = `${lock}.${process.pid}$`;
  try {
    renameSync(lock, moved);
    if (holderOf(moved) !== holder) linkSync(moved, lock);
  } catch {
    // Another process was first.
  }
  rmSync(moved, { force: true });
}

/** Undefined while the holder has not written its number yet, and if the lock is gone again. */
function holderOf(lock: string): number | undefined {
  try {
    const holder = Number(readFileSync(lock, 'utf8'));
    return holder > 0 ? holder : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(holder: number): boolean {
  try {
    process.kill(holder, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
