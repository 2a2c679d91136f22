import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AcceptedFileKey } from '../options.ts';
import { S3Error } from './s3-errors.ts';

/*
 * AWS Signature Version 4 as S3 checks it, from Amazon's description: in the Authorization header, or in the query of
 * an address that was signed beforehand. Bodies are not checked: no request here has one.
 */

const ALGORITHM = 'AWS4-HMAC-SHA256';
const MOST_SKEW_MS = 15 * 60 * 1000;

/** What somebody says about the signature of a request. */
interface Claim {
  readonly keyId: string;
  /** date/region/service/aws4_request */
  readonly scope: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** As in the scope of the request: 20261002T140000Z. */
  readonly time: string;
  readonly payloadHash: string;
  /** How long it may be used; undefined for a request that was signed when it was sent. */
  readonly validSeconds: number | undefined;
}

/**
 * Whose request it is.
 *
 * @param nowMs wall clock
 * @throws S3Error
 */
export function signerOf(
  request: IncomingMessage,
  url: URL,
  keys: readonly AcceptedFileKey[],
  nowMs: number,
): AcceptedFileKey {
  const claim = url.searchParams.has('X-Amz-Signature') ? queryClaim(url) : headerClaim(request);
  const key = keys.find(({ keyId }) => keyId === claim.keyId);
  if (!key) throw new S3Error('InvalidAccessKeyId', { AWSAccessKeyId: claim.keyId });
  checkTime(claim, nowMs);
  const canonical = canonicalRequest(request, url, claim);
  const toSign = [ALGORITHM, claim.time, claim.scope, sha256(canonical)].join('\n');
  const signature = createHmac('sha256', signingKey(key.secret, claim.scope)).update(toSign).digest();
  const given = Buffer.from(claim.signature, 'hex');
  if (given.length !== signature.length || !timingSafeEqual(given, signature)) {
    throw new S3Error('SignatureDoesNotMatch', { AWSAccessKeyId: claim.keyId });
  }
  return key;
}

function headerClaim({ headers }: IncomingMessage): Claim {
  const { authorization } = headers;
  if (authorization === undefined) throw new S3Error('AccessDenied');
  const match =
    /^AWS4-HMAC-SHA256\s+Credential=([^/,]+)\/([^,]+),\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]+)$/.exec(
      authorization,
    );
  if (!match) throw new S3Error('AuthorizationHeaderMalformed');
  const [, keyId = '', scope = '', signedHeaders = '', signature = ''] = match;
  return {
    keyId,
    scope,
    signedHeaders: signedHeaders.split(';'),
    signature,
    time: headerTime(headers),
    payloadHash: String(headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD'),
    validSeconds: undefined,
  };
}

function headerTime(headers: IncomingMessage['headers']): string {
  const amzDate = headers['x-amz-date'];
  if (amzDate !== undefined) return String(amzDate);
  const ms = Date.parse(headers.date ?? '');
  if (Number.isNaN(ms)) throw new S3Error('AccessDenied');
  return new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

function queryClaim({ searchParams }: URL): Claim {
  const given = (name: string): string => searchParams.get(name) ?? '';
  const [keyId = '', ...scope] = given('X-Amz-Credential').split('/');
  return {
    keyId,
    scope: scope.join('/'),
    signedHeaders: given('X-Amz-SignedHeaders').split(';'),
    signature: given('X-Amz-Signature'),
    time: given('X-Amz-Date'),
    payloadHash: 'UNSIGNED-PAYLOAD',
    validSeconds: Number(given('X-Amz-Expires')),
  };
}

function checkTime({ time, scope, validSeconds }: Claim, nowMs: number): void {
  const match = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(time);
  if (!match || !/^\d{8}\/[^/]+\/s3\/aws4_request$/.test(scope) || scope.slice(0, 8) !== time.slice(0, 8)) {
    throw new S3Error('AuthorizationHeaderMalformed');
  }
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const signedMs = Date.UTC(year, month - 1, day, hour, minute, second);
  const skewMs = nowMs - signedMs;
  const lateMs = validSeconds === undefined ? MOST_SKEW_MS : validSeconds * 1000;
  if (skewMs > lateMs || skewMs < -MOST_SKEW_MS) {
    throw new S3Error('RequestTimeTooSkewed', {
      RequestTime: time,
      ServerTime: new Date(nowMs).toISOString(),
      MaxAllowedSkewMilliseconds: String(MOST_SKEW_MS),
    });
  }
}

function canonicalRequest(request: IncomingMessage, url: URL, claim: Claim): string {
  const path = (request.url ?? '/').split('?')[0]!;
  const headers = claim.signedHeaders.map(
    name =>
      `${name}:${String(request.headers[name] ?? '')
        .trim()
        .replace(/ +/g, ' ')}\n`,
  );
  return [
    request.method,
    path.split('/').map(reencoded).join('/'),
    canonicalQuery(url),
    headers.join(''),
    claim.signedHeaders.join(';'),
    claim.payloadHash,
  ].join('\n');
}

function canonicalQuery({ searchParams }: URL): string {
  return [...searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encoded(name), encoded(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function reencoded(segment: string): string {
  try {
    return encoded(decodeURIComponent(segment));
  } catch {
    throw new S3Error('InvalidURI');
  }
}

/** All but unreserved characters as %XX. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function signingKey(secret: string, scope: string): Buffer {
  return scope
    .split('/')
    .reduce<Buffer | string>(
      (key, part) => createHmac('sha256', key).update(part).digest(),
      `AWS4${secret}`,
    ) as Buffer;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
