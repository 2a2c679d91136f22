/** What the service says about itself, literally. A status element is one JSON object in a message's array. */
function status(name: string, message: string): string {
  return JSON.stringify({ ev: 'status', status: name, message });
}

export const CONNECTED = status('connected', 'Connected Successfully');
export const AUTH_SUCCESS = status('auth_success', 'authenticated');
export const AUTH_FAILED = status('auth_failed', 'authentication failed');
export const NOT_ENTITLED = status(
  'auth_failed',
  "Your plan doesn't include websocket access. Visit https://massive.com/pricing to upgrade.",
);
export const AUTH_TIMEOUT = status('auth_timeout', 'No authentication request received.');
/** Massive publishes no text for it. */
export const AUTH_REQUIRED = status('auth_required', 'authentication required');
export const NOT_AUTHORIZED = status('error', 'not authorized');
/** The blank at the end belongs to it. */
export const MAX_CONNECTIONS = status(
  'max_connections',
  'Maximum number of websocket connections exceeded. ',
);
/** Nothing that Massive is known to send: a client must tolerate it. */
export const UNKNOWN_STATUS = status('maintenance', 'This status is not in any list.');

export function subscribed(pair: string): string {
  return status('success', `subscribed to: ${pair}`);
}

export function unsubscribed(pair: string): string {
  return status('success', `unsubscribed to: ${pair}`);
}
