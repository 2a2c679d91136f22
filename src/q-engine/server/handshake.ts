/** What this engine can read: compressed messages, timestamp and timespan, guid; messages below 2 GB. */
export const OWN_CAPABILITY = 3;

/** The longest credentials that a client may send. */
export const MAX_HANDSHAKE_BYTES = 8192;

/** What a client says of itself before the first message. */
export interface Handshake {
  readonly user: string;
  readonly password: string;
  /** What both sides can read; the one byte of the answer. */
  readonly capability: number;
}

/** The bytes that open a connection: `user:password`, the capability and a zero byte. */
export function encodeHandshake(credentials: string): Uint8Array {
  return Buffer.concat([Buffer.from(credentials, 'utf8'), Uint8Array.of(OWN_CAPABILITY, 0)]);
}

/**
 * Reads what a client sent up to, not including, the zero byte. Clients older than version 2.6 send no
 * capability; theirs is 0. Returns undefined where the bytes are no credentials.
 */
export function decodeHandshake(bytes: Uint8Array): Handshake | undefined {
  const last = bytes.at(-1);
  const stated = last !== undefined && last < 0x20 ? last : undefined;
  const credentials = Buffer.from(bytes.subarray(0, stated === undefined ? bytes.length : -1)).toString(
    'utf8',
  );
  if (/[\x00-\x1f]/.test(credentials)) return undefined;
  const colon = credentials.indexOf(':');
  return {
    user: colon < 0 ? credentials : credentials.slice(0, colon),
    password: colon < 0 ? '' : credentials.slice(colon + 1),
    capability: Math.min(stated ?? 0, OWN_CAPABILITY),
  };
}
