import { performance } from 'node:perf_hooks';

/** A pending timer; `cancel` is idempotent. */
export interface Timer {
  cancel(): void;
}

/**
 * Time as the program sees it. Passed in wherever time matters, so that tests decide what time it is.
 * Durations are measured on the monotonic clock only: the wall clock may step.
 */
export interface Clock {
  /** Wall clock: milliseconds since 1970-01-01T00:00Z, with a fraction where the system has one. */
  wallMs(): number;
  /** Milliseconds since an arbitrary start; never goes back. */
  monotonicMs(): number;
  /** Runs `action` once after `delayMs`; it never keeps the process alive by itself unless `keepAlive`. */
  after(delayMs: number, action: () => void, keepAlive?: boolean): Timer;
}

export const systemClock: Clock = {
  wallMs: () => performance.timeOrigin + performance.now() + wallDriftMs(),
  monotonicMs: () => performance.now(),
  after(delayMs, action, keepAlive = true) {
    const handle = setTimeout(action, delayMs);
    if (!keepAlive) handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
};

/** performance.timeOrigin is fixed at process start: follow the wall clock when it is stepped. */
function wallDriftMs(): number {
  const driftMs = Date.now() - (performance.timeOrigin + performance.now());
  return Math.abs(driftMs) < 2 ? 0 : driftMs;
}
