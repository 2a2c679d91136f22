import type { Clock } from './clock.ts';

/**
 * A clock for what must not end the process when it fails: what an action of a timer throws is told to `failed`, and goes
 * no further.
 */
export function guardedClock(clock: Clock, failed: (error: unknown) => void): Clock {
  return {
    wallMs: () => clock.wallMs(),
    monotonicMs: () => clock.monotonicMs(),
    after: (delayMs, action, keepAlive) =>
      clock.after(
        delayMs,
        () => {
          try {
            action();
          } catch (error) {
            failed(error);
          }
        },
        keepAlive,
      ),
  };
}
