/** A status event as it stands in a frame: `{"ev":"status","status":...,"message":...}`. */
export interface StatusEvent {
  readonly status: string;
  readonly message: string;
}

/** What Massive says about the connection, by meaning. `message` is its own text. */
export type Status =
  | { readonly kind: 'connected' }
  | { readonly kind: 'authenticated' }
  | { readonly kind: 'auth-failed'; readonly cause: 'bad-key' | 'not-entitled'; readonly message: string }
  | { readonly kind: 'subscribed'; readonly pairs: readonly string[] }
  | { readonly kind: 'unsubscribed'; readonly pairs: readonly string[] }
  /** A subscription is refused; Massive does not say which. */
  | { readonly kind: 'not-authorized' }
  | { readonly kind: 'max-connections'; readonly message: string }
  /** Massive gives the connection up and says why. */
  | { readonly kind: 'told'; readonly status: Farewell; readonly message: string }
  | { readonly kind: 'unknown'; readonly status: string; readonly message: string };

export type Farewell = 'auth_timeout' | 'auth_required' | 'slow_consumer' | 'force_disconnect';

/**
 * The meaning of a status event. Source: the specification's enumerations, and the texts as they were seen on the
 * wire, where one status covers several meanings. What is new is `unknown`, never an error.
 */
export function statusOf({ status, message }: StatusEvent): Status {
  switch (status) {
    case 'connected':
      return { kind: 'connected' };
    case 'auth_success':
      return { kind: 'authenticated' };
    case 'auth_failed':
      return { kind: 'auth-failed', cause: /\bplan\b/i.test(message) ? 'not-entitled' : 'bad-key', message };
    case 'success':
      return successOf(message);
    case 'error':
      return /not authorized/i.test(message)
        ? { kind: 'not-authorized' }
        : { kind: 'unknown', status, message };
    case 'max_connections':
      return { kind: 'max-connections', message };
    case 'auth_timeout':
    case 'auth_required':
    case 'slow_consumer':
    case 'force_disconnect':
      return { kind: 'told', status, message };
    default:
      return { kind: 'unknown', status, message };
  }
}

const ACKNOWLEDGEMENT = /^(un)?subscribed to:\s*(.*)$/i;

function successOf(message: string): Status {
  const acknowledgement = ACKNOWLEDGEMENT.exec(message);
  if (acknowledgement) {
    const pairs = acknowledgement[2]!.split(',').map(pair => pair.trim());
    return { kind: acknowledgement[1] ? 'unsubscribed' : 'subscribed', pairs };
  }
  // The specification's welcome says success where the wire says connected.
  if (/^connected/i.test(message)) return { kind: 'connected' };
  return { kind: 'unknown', status: 'success', message };
}
