import { aborted } from '../../base/abort.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import { seconds } from '../../base/durations.ts';
import { MassiveKdbError, messageOf } from '../../base/errors.ts';

/** What a check has found. A warning works, or mends itself; a failure keeps rows from where they belong. */
export type Finding =
  | { readonly outcome: 'pass' | 'skipped'; readonly text: string }
  | {
      readonly outcome: 'warn' | 'fail';
      readonly text: string;
      /** What to do about it. */
      readonly remedy: string;
    };

export type Outcome = Finding['outcome'];

/** One thing to look at. */
export interface Check {
  /** `tickerplant log` */
  readonly name: string;
  /** What of several it is about: a market, a target. */
  readonly of?: string;
  /** After this it has failed, whatever it waits for. */
  readonly limitMs: number;
  /** Looks; what it throws is a failure. The signal is aborted when nobody waits any more. */
  run(signal: AbortSignal): Promise<Finding>;
}

export interface Result {
  readonly name: string;
  readonly of: string | null;
  readonly finding: Finding;
}

export function pass(text: string): Finding {
  return { outcome: 'pass', text };
}

/** @param why it is not looked at */
export function skipped(why: string): Finding {
  return { outcome: 'skipped', text: why };
}

export function warn(text: string, remedy: string): Finding {
  return { outcome: 'warn', text, remedy };
}

export function fail(text: string, remedy: string): Finding {
  return { outcome: 'fail', text, remedy };
}

/** An error as a finding, with the remedy that it knows. */
export function findingOf(error: unknown, outcome: 'warn' | 'fail' = 'fail'): Finding {
  if (!(error instanceof MassiveKdbError)) {
    return { outcome, text: messageOf(error), remedy: 'Check the path, the address and the permissions.' };
  }
  const { what, expected, received, remedy } = error.details;
  const text = [what, expected && `expected ${expected}`, received && `received ${received}`];
  return { outcome, text: text.filter(Boolean).join('; '), remedy };
}

/** A value that several checks share: made when the first asks for it. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/**
 * Runs all checks side by side, and hands on what they find in their order, each as soon as those before it are told.
 * None takes longer than its limit. Throws the reason of `stop` once that is aborted.
 */
export async function runChecks(
  checks: readonly Check[],
  { clock, stop }: { readonly clock: Clock; readonly stop: AbortSignal },
  found: (result: Result) => void,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const stopped = rejectionOf(stop);
  const running = checks.map(check => limited(check, clock, stopped));
  // Awaited in their turn; until then a rejection must not count as one that nobody handles.
  for (const finding of [stopped, ...running]) finding.catch(() => {});
  for (const [index, { name, of = null }] of checks.entries()) {
    const result = { name, of, finding: await running[index]! };
    results.push(result);
    found(result);
  }
  return results;
}

/** Rejects with the reason of a signal once that is aborted. */
function rejectionOf(signal: AbortSignal): Promise<never> {
  return aborted(signal).then(() => {
    throw signal.reason;
  });
}

async function limited(check: Check, clock: Clock, stopped: Promise<never>): Promise<Finding> {
  const controller = new AbortController();
  let timer: Timer | undefined;
  const overdue = new Promise<Finding>(resolve => {
    timer = clock.after(check.limitMs, () =>
      resolve(
        fail(
          `there was no answer within ${seconds(check.limitMs)}`,
          'See whether the disk, the network or the process that is asked has stalled.',
        ),
      ),
    );
  });
  try {
    return await Promise.race([runSafely(check, controller.signal), overdue, stopped]);
  } finally {
    timer?.cancel();
    controller.abort();
  }
}

async function runSafely(check: Check, signal: AbortSignal): Promise<Finding> {
  try {
    return await check.run(signal);
  } catch (error) {
    return findingOf(error);
  }
}
