import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { testSecret } from './secrets.ts';

export const ACCESS_KEY_ID = 'AKIDEXAMPLE0000000';
export const SECRET_ACCESS_KEY = testSecret('s3/', '+=');

/** What happens to a request instead of, or to, its answer. */
export type Fault =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  /** The body ends after so many bytes, and the connection with it. */
  | { readonly cutAfterBytes: number }
  /** The connection is closed without an answer. */
  | 'hang-up'
  /** Nothing is ever answered. */
  | 'silence';

interface Stored {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly lastModified: Date;
}

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly range: string | undefined;
  readonly ifMatch: string | undefined;
}

/** One bucket of an S3 store on this machine, with listings, ranges, ETags, and signatures that it computes by itself. */
export class S3Server {
  readonly seen: SeenRequest[] = [];
  /** One for each of the next requests; undefined lets one pass. */
  readonly faults: (Fault | undefined)[] = [];
  /** Called before each request is answered. */
  onRequest: (request: SeenRequest) => void = () => {};
  pageSize = 1000;
  knowsRanges = true;
  knowsIfMatch = true;
  readonly #bucket: string;
  readonly #files = new Map<string, Stored>();
  readonly #server: Server;

  private constructor(bucket: string) {
    this.#bucket = bucket;
    this.#server = createServer((request, response) => this.#serve(request, response));
  }

  static async start(bucket = 'flatfiles'): Promise<S3Server> {
    const server = new S3Server(bucket);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  put(key: string, bytes: Uint8Array, lastModified = new Date('2026-10-03T15:04:05Z')): void {
    const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
    this.#files.set(key, { bytes: Buffer.from(bytes), etag, lastModified });
  }

  delete(key: string): void {
    this.#files.delete(key);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.endpoint);
    const seen: SeenRequest = {
      method: request.method ?? '',
      path: decodeURIComponent(url.pathname),
      query: url.searchParams,
      range: request.headers.range,
      ifMatch: request.headers['if-match'],
    };
    this.seen.push(seen);
    this.onRequest(seen);
    const fault = this.faults.shift();
    if (fault === 'silence') return;
    if (fault === 'hang-up') {
      request.socket.destroy();
      return;
    }
    if (fault && 'status' in fault) {
      response.writeHead(fault.status, fault.headers).end(request.method === 'HEAD' ? undefined : fault.body);
      return;
    }
    const wrong = signatureProblem(request, url);
    const [bucket, ...rest] = seen.path.slice(1).split('/');
    if (wrong) this.#error(response, 403, wrong);
    else if (bucket !== this.#bucket) this.#error(response, 404, 'NoSuchBucket');
    else if (rest.join('/') === '') this.#list(response, url.searchParams);
    else this.#object(response, seen, this.#files.get(rest.join('/')), fault?.cutAfterBytes);
  }

  #object(
    response: ServerResponse,
    seen: SeenRequest,
    stored: Stored | undefined,
    cutAfterBytes = Number.POSITIVE_INFINITY,
  ): void {
    const [, first, last] = (this.knowsRanges && /^bytes=(\d+)-(\d*)$/.exec(seen.range ?? '')) || [];
    const from = Number(first ?? 0);
    if (!stored) {
      this.#error(response, 404, 'NoSuchKey');
    } else if (this.knowsIfMatch && seen.ifMatch !== undefined && seen.ifMatch !== stored.etag) {
      this.#error(response, 412, 'PreconditionFailed');
    } else if (first !== undefined && from >= stored.bytes.length) {
      this.#error(response, 416, 'InvalidRange');
    } else {
      const { bytes, etag, lastModified } = stored;
      const until = last ? Number(last) + 1 : bytes.length;
      response.writeHead(first === undefined ? 200 : 206, {
        'content-length': until - from,
        etag,
        'last-modified': lastModified.toUTCString(),
        ...(first !== undefined && { 'content-range': `bytes ${from}-${until - 1}/${bytes.length}` }),
      });
      this.#send(
        response,
        seen.method === 'HEAD' ? Buffer.alloc(0) : bytes.subarray(from, until),
        cutAfterBytes,
      );
    }
  }

  #send(response: ServerResponse, body: Buffer, cutAfterBytes: number): void {
    if (cutAfterBytes >= body.length) {
      response.end(body);
      return;
    }
    response.flushHeaders();
    response.write(body.subarray(0, cutAfterBytes), () => response.socket?.end());
  }

  #list(response: ServerResponse, query: URLSearchParams): void {
    const prefix = query.get('prefix') ?? '';
    const after = Buffer.from(query.get('continuation-token') ?? '', 'base64').toString();
    const keys = [...this.#files.keys()].filter(key => key.startsWith(prefix) && key > after).sort();
    const page = keys.slice(0, this.pageSize);
    const isTruncated = keys.length > page.length;
    const contents = page.map(key => {
      const { bytes, etag, lastModified } = this.#files.get(key)!;
      return `<Contents><Key>${key}</Key><LastModified>${lastModified.toISOString()}</LastModified><ETag>${etag.replaceAll('"', '&quot;')}</ETag><Size>${bytes.length}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
    });
    const token = Buffer.from(page.at(-1) ?? '').toString('base64');
    response
      .writeHead(200, { 'content-type': 'application/xml' })
      .end(
        `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>${this.#bucket}</Name><Prefix>${prefix}</Prefix><KeyCount>${page.length}</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>${isTruncated}</IsTruncated>${contents.join('')}${isTruncated ? `<NextContinuationToken>${token}</NextContinuationToken>` : ''}</ListBucketResult>`,
      );
  }

  #error(response: ServerResponse, status: number, code: string): void {
    response.writeHead(status, { 'content-type': 'application/xml' }).end(errorXml(code));
  }
}

export function errorXml(code: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>as the code says</Message><RequestId>tx0001</RequestId></Error>`;
}

/** The code with which S3 would refuse the request. Source: Amazon S3 API reference, Signature Version 4. */
function signatureProblem(request: IncomingMessage, url: URL): string | undefined {
  const [, credential = '', signedNames = '', signature] =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    ) ?? [];
  const [keyId, ...scope] = credential.split('/');
  if (keyId !== ACCESS_KEY_ID) return 'InvalidAccessKeyId';
  const time = String(request.headers['x-amz-date']);
  const canonicalRequest = [
    request.method,
    url.pathname,
    [...url.searchParams]
      .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
      .sort()
      .join('&'),
    ...signedNames.split(';').map(name => `${name}:${request.headers[name]}`),
    '',
    signedNames,
    request.headers['x-amz-content-sha256'],
  ].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(canonicalRequest)].join('\n');
  let key: Buffer = Buffer.from(`AWS4${SECRET_ACCESS_KEY}`);
  for (const part of scope) key = hmac(key, part);
  if (scope[0] !== time.slice(0, 8) || hmac(key, toSign).toString('hex') !== signature) {
    return 'SignatureDoesNotMatch';
  }
  return undefined;
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
