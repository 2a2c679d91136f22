import type { Clock } from '../../base/clock.ts';
import { Connection } from '../connection.ts';
import { ConnectionEndedError } from '../ending.ts';
import { DEFAULT_TIMING, type SessionTiming } from '../session-state.ts';
import type { OpenSocket } from '../socket.ts';
import type { StatusEvent } from '../status.ts';

export interface SessionProbeOptions {
  /** From `feedUrl`. */
  readonly url: string;
  readonly key: string;
  /** What to subscribe to. */
  readonly pairs: readonly string[];
  readonly timing?: Partial<SessionTiming>;
}

/** What Massive made of a key and some subscriptions. */
export interface SessionProbe {
  readonly authenticated: boolean;
  readonly confirmed: readonly string[];
  /** Massive said `not authorized`, and left these unanswered. */
  readonly refused: readonly string[];
  /** Neither confirmed nor refused. */
  readonly unanswered: readonly string[];
  /** Why it ended before every pair was answered. */
  readonly error: ConnectionEndedError | undefined;
}

const CLOSE_MS = 1_000;

/**
 * One connection for as long as it takes to be answered, then closed. The caller makes sure that no other one with this
 * key is open (see acquireConnectionLock): Massive would end that one.
 */
export function probeSession(
  { url, key, pairs, timing }: SessionProbeOptions,
  { clock, openSocket }: { readonly clock: Clock; readonly openSocket: OpenSocket },
): Promise<SessionProbe> {
  return new Promise(resolve => {
    let authenticated = false;
    let refused: readonly string[] = [];
    let unanswered: readonly string[] = [];
    const connection: Connection = new Connection(
      { address: { url }, key, pairs: () => pairs, timing: { ...DEFAULT_TIMING, ...timing } },
      clock,
      openSocket,
      {
        phaseChanged: phase => {
          if (phase === 'streaming') connection.close(CLOSE_MS);
        },
        frame: statusEventsIn,
        authenticated: () => {
          authenticated = true;
        },
        pairsFailed: (failed, isRefused) => {
          if (isRefused) refused = failed;
          else unanswered = failed;
        },
        unexpected: () => {},
        ended: ending => {
          if (ending.kind === 'subscriptions-refused') refused = ending.pairs;
          if (ending.kind === 'subscriptions-unanswered') unanswered = ending.pairs;
          resolve({
            authenticated,
            confirmed: connection.tracker.withState('confirmed'),
            refused,
            unanswered,
            error: ending.kind === 'requested' ? undefined : new ConnectionEndedError(url, ending),
          });
        },
      },
    );
  });
}

/** The status events of a frame; market data between them is not for a probe. */
function statusEventsIn(bytes: Uint8Array): readonly StatusEvent[] {
  let frame: unknown;
  try {
    frame = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return [];
  }
  if (!Array.isArray(frame)) return [];
  return (frame as readonly unknown[]).flatMap(event => {
    const { ev, status, message } = (event ?? {}) as Readonly<Record<string, unknown>>;
    if (ev !== 'status' || typeof status !== 'string') return [];
    return [{ status, message: typeof message === 'string' ? message : '' }];
  });
}
