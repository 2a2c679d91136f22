import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { ActiveFault, HttpFaults } from '../http/http-faults.ts';
import { type Reply, sendReply } from '../http/reply.ts';
import type { AcceptedFileKey } from '../options.ts';
import { errorReply } from '../rest/rest-errors.ts';
import type { FileStore, PublishedFile } from './file-store.ts';
import { codeOfStatus, S3Error, s3ErrorReply } from './s3-errors.ts';
import { listing } from './s3-listing.ts';
import { signerOf } from './s3-signature.ts';

const BUCKET = 'flatfiles';

/** Whether a path belongs to the S3 service. */
export function isFilesPath(path: string): boolean {
  return path === `/${BUCKET}` || path.startsWith(`/${BUCKET}/`);
}

/** What the service is made of. */
export interface S3Parts {
  readonly keys: readonly AcceptedFileKey[];
  readonly store: FileStore;
  readonly faults: HttpFaults;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** An S3 of one bucket, to list and to read from. Every key may list everything; who may not read it is told then. */
export class S3Service {
  readonly #parts: S3Parts;
  #requests = 0;

  constructor(parts: S3Parts) {
    this.#parts = parts;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { faults, clock, logger } = this.#parts;
    const fault = faults.next('files');
    if (fault?.kind === 'http-silence') return;
    const id = (++this.#requests).toString(16).toUpperCase().padStart(16, '0');
    response.setHeader('date', new Date(clock.wallMs()).toUTCString());
    response.setHeader('x-amz-request-id', id);
    const reply = await this.#reply(request, id, fault);
    logger.debug('files', { method: request.method, path: request.url?.split('?')[0], status: reply.status });
    await sendReply(request, response, reply, faults.disturbance(fault));
  }

  async #reply(request: IncomingMessage, id: string, fault: ActiveFault | undefined): Promise<Reply> {
    const path = request.url?.split('?')[0] ?? '/';
    try {
      if (fault?.kind === 'http-error') return injectedError(fault, path, id);
      return await this.#answerTo(request, fault?.kind === 'half-file');
    } catch (error) {
      if (error instanceof S3Error) return s3ErrorReply(error, path, id);
      throw error;
    }
  }

  async #answerTo(request: IncomingMessage, half: boolean): Promise<Reply> {
    const { store, keys, clock } = this.#parts;
    const url = new URL(request.url ?? '/', 'http://localhost');
    const signer = signerOf(request, url, keys, clock.wallMs());
    if (request.method !== 'GET' && request.method !== 'HEAD') throw new S3Error('MethodNotAllowed');
    const key = decodeURIComponent(url.pathname).slice(BUCKET.length + 2);
    if (key === '') return listing(store, BUCKET, url.searchParams, clock);
    const file = store.find(key);
    if (!file) throw new S3Error('NoSuchKey', { Key: key });
    if (signer.markets !== 'all' && !signer.markets.includes(file.dataset.market))
      throw new S3Error('AccessDenied');
    return this.#object(request, file, half);
  }

  async #object({ method, headers }: IncomingMessage, file: PublishedFile, half: boolean): Promise<Reply> {
    const { store } = this.#parts;
    const { bytes, md5 } = await store.describe(file);
    const etag = `"${md5}"`;
    const total = half ? Math.floor(bytes / 2) : bytes;
    const common = {
      etag,
      'last-modified': new Date(file.modifiedMs).toUTCString(),
      'accept-ranges': 'bytes',
      'content-type': 'application/gzip',
    };
    if (headers['if-match'] !== undefined && !namesTag(headers['if-match'], etag)) {
      throw new S3Error('PreconditionFailed', { Condition: 'If-Match' });
    }
    if (headers['if-none-match'] !== undefined && namesTag(headers['if-none-match'], etag)) {
      return { status: 304, headers: common, body: Buffer.alloc(0) };
    }
    const range = rangeOf(headers.range, total);
    const [first, last] = range ?? [0, total - 1];
    const length = last - first + 1;
    const body = method === 'HEAD' ? Buffer.alloc(0) : await store.read(file, first, last);
    const contentRange: Record<string, string> = range
      ? { 'content-range': `bytes ${first}-${last}/${total}` }
      : {};
    return {
      status: range ? 206 : 200,
      headers: { ...common, ...contentRange },
      body,
      // A HEAD has the length of the body that it does not have.
      length,
    };
  }
}

function injectedError(fault: Extract<ActiveFault, { kind: 'http-error' }>, path: string, id: string): Reply {
  const code = codeOfStatus(fault.status);
  const reply = code === undefined ? errorReply(fault.status, id) : s3ErrorReply(new S3Error(code), path, id);
  if (fault.afterSeconds === undefined) return reply;
  return { ...reply, headers: { ...reply.headers, 'retry-after': String(fault.afterSeconds) } };
}

function namesTag(list: string, etag: string): boolean {
  return list.split(',').some(tag => tag.trim() === '*' || tag.trim() === etag);
}

/**
 * First and last byte of a range; undefined where all is asked for, or several ranges, which S3 does not do.
 *
 * @throws S3Error
 */
function rangeOf(header: string | undefined, total: number): [first: number, last: number] | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const [, from = '', to = ''] = match;
  const first = from === '' ? Math.max(0, total - Number(to)) : Number(from);
  const last = from === '' || to === '' ? total - 1 : Math.min(Number(to), total - 1);
  if (first >= total || first > last) {
    throw new S3Error('InvalidRange', { RangeRequested: header ?? '', ActualObjectSize: String(total) });
  }
  return [first, last];
}
