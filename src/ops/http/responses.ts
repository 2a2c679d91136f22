import type { ServerResponse } from 'node:http';
import { REFUSALS, type Refusal, type RefusalReason } from './refusals.ts';

/** An answer as a whole. */
export interface Reply {
  readonly status: number;
  /** The content type. */
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** The connection ends with it: what else comes on it is not to be trusted. */
  readonly closing?: boolean;
  /** Where it is one, though it does not look like one. */
  readonly refusal?: RefusalReason;
}

/**
 * Sent with everything. `same-origin` instead of `no-referrer`: with that a browser says of the page's own forms that
 * their origin is null (Fetch standard, "append a request Origin header").
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
};

export function page(body: string, status = 200): Reply {
  return { status, type: 'text/html; charset=utf-8', body };
}

export function json(value: unknown, status = 200): Reply {
  return { status, type: 'application/json', body: `${JSON.stringify(value)}\n` };
}

/** To the page by GET, as after a form. */
export function seePage(headers: Readonly<Record<string, string>> = {}): Reply {
  return { status: 303, type: 'text/plain; charset=utf-8', body: '', headers: { location: '/', ...headers } };
}

/** What the one who asks is told; as the control socket says it where programs ask. */
export function refused(reason: RefusalReason, path: string): Reply {
  const { status, what, remedy }: Refusal = REFUSALS[reason];
  const closing = true;
  if (path.startsWith('/api/')) {
    const code = `STATUS_${reason.toUpperCase().replaceAll('-', '_')}`;
    return { ...json({ error: { code, what, remedy } }, status), closing };
  }
  return { status, type: 'text/plain; charset=utf-8', body: `${what}. ${remedy}\n`, closing };
}

export function send(response: ServerResponse, { status, type, body, headers, closing }: Reply): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    ...SECURITY_HEADERS,
    'content-type': type,
    ...(status === 304 ? {} : { 'content-length': Buffer.byteLength(body) }),
    ...(closing ? { connection: 'close' } : {}),
    ...headers,
  });
  response.end(body);
}

/** The same as bytes, for a connection on which there is no request to answer. */
export function rawRefusal(reason: RefusalReason): string {
  const { status, type, body } = refused(reason, '');
  const lines = [
    `HTTP/1.1 ${status} Refused`,
    `content-type: ${type}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'connection: close',
  ];
  return `${lines.join('\r\n')}\r\n\r\n${String(body)}`;
}
