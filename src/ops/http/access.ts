import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type AllowedHosts, parseHost, parseOrigin, samePort } from './hosts.ts';
import type { RefusalReason } from './refusals.ts';
import { sessionIn } from './session-cookie.ts';

/** Who may be answered. */
export interface AccessRules {
  readonly hosts: AllowedHosts;
  /** The names of the configuration alone. Behind a proxy the page may have one of them and the request another. */
  readonly proxyHosts: AllowedHosts | null;
  /** Whether the server itself speaks TLS. */
  readonly tls: boolean;
}

/** What decides about a request. */
export interface AccessRequest {
  readonly method?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** Whether a request shows that it knows the token. */
export type Identity =
  | { readonly name: 'known'; readonly untilMs: number }
  | { readonly name: 'unknown'; readonly reason: RefusalReason };

/**
 * Why a request is not answered whoever sent it; undefined where it may be. A page of another site may have sent it: the
 * Host must be one of ours (else an address of theirs was made to lead here), the Origin the page's own, and a request
 * that changes anything must say its Origin or bring the token itself.
 */
export function placeProblem(
  { method, headers }: AccessRequest,
  rules: AccessRules,
): RefusalReason | undefined {
  const host = parseHost(headers.host ?? '');
  if (!host || !rules.hosts.has(host)) return 'host';
  if (headers['sec-fetch-site'] === 'cross-site') return 'cross-site';
  if (headers.origin === undefined) {
    return method === 'POST' && headers.authorization === undefined ? 'origin-missing' : undefined;
  }
  const origin = parseOrigin(headers.origin);
  if (!origin) return 'origin';
  const isOwn = origin.name === host.name && samePort(origin, host);
  if (isOwn && (rules.proxyHosts !== null || origin.scheme === (rules.tls ? 'https' : 'http')))
    return undefined;
  return rules.proxyHosts?.has(origin) && origin.scheme === 'https' ? undefined : 'origin';
}

/** Whether a request brings the token, or a session that was begun with it. */
export function identityOf({ headers }: AccessRequest, token: string | undefined, nowMs: number): Identity {
  if (token === undefined) return { name: 'unknown', reason: 'token-unusable' };
  if (headers.authorization !== undefined) {
    const given = /^Bearer +(\S+)$/i.exec(headers.authorization)?.[1];
    return given !== undefined && isToken(given, token)
      ? { name: 'known', untilMs: Number.POSITIVE_INFINITY }
      : { name: 'unknown', reason: 'token-wrong' };
  }
  const session = sessionIn(headers.cookie, token, nowMs);
  switch (session.name) {
    case 'valid':
      return { name: 'known', untilMs: session.untilMs };
    case 'absent':
      return { name: 'unknown', reason: 'token-missing' };
    case 'expired':
      return { name: 'unknown', reason: 'session-expired' };
    case 'forged':
      return { name: 'unknown', reason: 'session-forged' };
  }
}

/** Takes as long for a wrong token as for the right one, whatever their lengths. */
export function isToken(given: string, token: string): boolean {
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
