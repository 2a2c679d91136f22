import type { ConnectionEndedError, Phase } from './ending.ts';

/** Where a session stands. `sinceMs` is wall-clock time, ms since 1970: gaps are bounded by it. */
export type SessionState =
  | { readonly name: 'idle'; readonly sinceMs: number }
  | { readonly name: Exclude<Phase, 'streaming' | 'closing'>; readonly sinceMs: number }
  /** Every pair is answered: what comes from `sinceMs` on is complete, but for the pairs that were refused. */
  | { readonly name: 'streaming'; readonly sinceMs: number }
  /** Without a connection since `sinceMs`; the next one is tried at `retryMs`. */
  | {
      readonly name: 'backing-off';
      readonly sinceMs: number;
      readonly retryMs: number;
      readonly error: ConnectionEndedError;
    }
  /** Closed on purpose, until `resume`. */
  | { readonly name: 'suspended'; readonly sinceMs: number; readonly reason: string }
  | { readonly name: 'stopping'; readonly sinceMs: number }
  | { readonly name: 'stopped'; readonly sinceMs: number }
  /** It will not try again. */
  | { readonly name: 'failed'; readonly sinceMs: number };

/** Whether a session has ended or is about to, for good. */
export function isOver({ name }: SessionState): boolean {
  return name === 'stopping' || name === 'stopped' || name === 'failed';
}

/** Durations of a session, in ms. */
export interface SessionTiming {
  /** From the start of a connection until it is open: name, proxy, TLS and upgrade together. */
  readonly connectMs: number;
  readonly welcomeMs: number;
  readonly authenticateMs: number;
  /** Longest wait for the next acknowledgement while any is outstanding. */
  readonly acknowledgeMs: number;
  readonly pingMs: number;
  /** Backoff between attempts. */
  readonly retryBaseMs: number;
  readonly retryCapMs: number;
  /** How long a connection must have streamed before the backoff starts anew. */
  readonly healthyMs: number;
  /** Backoff after a refusal that time alone rarely mends. */
  readonly longRetryMs: number;
  /** Two evictions within this time are a pattern. */
  readonly evictionWindowMs: number;
  /** How often silence is looked at. */
  readonly silenceCheckMs: number;
  readonly silenceFloorMs: number;
  readonly silenceCeilingMs: number;
}

export const DEFAULT_TIMING: SessionTiming = {
  connectMs: 15_000,
  welcomeMs: 10_000,
  authenticateMs: 10_000,
  acknowledgeMs: 10_000,
  pingMs: 20_000,
  retryBaseMs: 1_000,
  retryCapMs: 60_000,
  healthyMs: 60_000,
  longRetryMs: 300_000,
  evictionWindowMs: 1_800_000,
  silenceCheckMs: 5_000,
  silenceFloorMs: 60_000,
  silenceCeilingMs: 3_600_000,
};
