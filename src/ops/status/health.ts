import { seconds } from '../../base/durations.ts';
import type { DaemonStatus } from './report.ts';

/** The answer to `GET /health/live` and `/health/ready`: 200 where it is so, else 503 with the reasons. */
export type Health = { readonly [So in 'live' | 'ready']?: boolean } & {
  readonly reasons: readonly string[];
};

/** Whether drains go on; where they do not for `limitMs`, only a new process helps. */
export function liveness({ feeds, startedMs, nowMs }: DaemonStatus, limitMs: number): Health {
  const reasons = feeds.flatMap(({ name, lastDrainMs }) => {
    const stillMs = nowMs - Math.max(startedMs, lastDrainMs ?? 0);
    return stillMs > limitMs ? [`${name}: no drain was completed for ${seconds(stillMs)}`] : [];
  });
  return { live: reasons.length === 0, reasons };
}

/** Whether rows of every feed arrive where they should. */
export function readiness({ ready, reasons }: DaemonStatus): Health {
  return { ready, reasons };
}
