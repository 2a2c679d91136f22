import { createHmac, timingSafeEqual } from 'node:crypto';

const NAME = 'massive_kdb_session';
const LASTS_MS = 12 * 3_600_000;
/** The clock may have been set back meanwhile, by a time server and not by more. */
const EARLY_MS = 60_000;
/** Pages of other ports of this host may have set some of the same name. */
const MOST_CANDIDATES = 8;

/** What a Cookie header says of a session. */
export type SessionState =
  | { readonly name: 'absent' }
  | { readonly name: 'expired' }
  | { readonly name: 'forged' }
  | { readonly name: 'valid'; readonly untilMs: number };

/** The Set-Cookie header that begins a session: its value is the time, and an HMAC of it by the token. */
export function sessionCookie(token: string, nowMs: number, secure: boolean): string {
  const issuedMs = Math.floor(nowMs);
  const value = `${issuedMs}.${codeOf(issuedMs, token).toString('base64url')}`;
  return `${nameFor(token)}=${value}; ${attributes(LASTS_MS / 1000, secure)}`;
}

/** The one that ends it. */
export function endedCookie(token: string, secure: boolean): string {
  return `${nameFor(token)}=; ${attributes(0, secure)}`;
}

/** Whether a Cookie header holds a session of this token. */
export function sessionIn(header: string | undefined, token: string, nowMs: number): SessionState {
  const before = `${nameFor(token)}=`;
  const values = (header ?? '')
    .split(';')
    .map(part => part.trim())
    .filter(part => part.startsWith(before))
    .map(part => part.slice(before.length))
    .slice(0, MOST_CANDIDATES);
  const states = values.map(value => stateOf(value, token, nowMs));
  const worstLast = ['valid', 'expired', 'forged'] as const;
  for (const name of worstLast) {
    const state = states.find(candidate => candidate.name === name);
    if (state) return state;
  }
  return { name: 'absent' };
}

function stateOf(value: string, token: string, nowMs: number): SessionState {
  const [, issued, code] = /^(\d{1,15})\.([\w-]{43})$/.exec(value) ?? [];
  if (issued === undefined || code === undefined) return { name: 'forged' };
  const issuedMs = Number(issued);
  if (!timingSafeEqual(codeOf(issuedMs, token), Buffer.from(code, 'base64url'))) return { name: 'forged' };
  const untilMs = issuedMs + LASTS_MS;
  if (nowMs >= untilMs || issuedMs > nowMs + EARLY_MS) return { name: 'expired' };
  return { name: 'valid', untilMs };
}

/**
 * Of each token another one: browsers keep the cookies of all ports of a host together, and a login at one daemon would
 * end the session at another.
 */
function nameFor(token: string): string {
  const mark = createHmac('sha256', token).update('massive-kdb session name').digest('hex').slice(0, 8);
  return `${NAME}_${mark}`;
}

function codeOf(issuedMs: number, token: string): Buffer {
  return createHmac('sha256', token).update(`massive-kdb session ${issuedMs}`).digest();
}

function attributes(maxAgeSeconds: number, secure: boolean): string {
  return `Max-Age=${maxAgeSeconds}; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}
