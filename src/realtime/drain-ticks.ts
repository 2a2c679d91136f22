import { Observable } from 'rxjs';
import type { Clock, Timer } from '../base/clock.ts';

/** One tick of the drain: how late it came, as a sign of a busy event loop. */
export interface DrainTick {
  readonly lateMs: number;
}

/**
 * A tick each `intervalMs`, counted from the end of the work that the previous tick caused: a slow drain delays
 * the next one and is never overtaken by it. It never completes; unsubscribing cancels the timer.
 */
export function drainTicks(clock: Clock, intervalMs: number): Observable<DrainTick> {
  return new Observable(subscriber => {
    let timer: Timer;
    const arm = () => {
      const dueMs = clock.monotonicMs() + intervalMs;
      timer = clock.after(intervalMs, () => {
        subscriber.next({ lateMs: Math.max(0, clock.monotonicMs() - dueMs) });
        if (!subscriber.closed) arm();
      });
    };
    arm();
    return () => timer.cancel();
  });
}
