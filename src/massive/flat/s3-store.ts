import { headerOf } from '../http/headers.ts';
import { FlatCredentialsError, FlatStoreAnswerError, NotInPlanError } from './errors.ts';
import { type S3Options, type S3Parts, S3Requests, type S3Response, textOf } from './s3-requests.ts';
import { errorCodeOf, listingOf, toTheSecond } from './s3-xml.ts';
import type { FileIdentity, FlatStore, GetOptions, GetResult, ListedFile } from './store.ts';

const OK = 200;
const PARTIAL = 206;
const UNAUTHORIZED = 401;
const FORBIDDEN = 403;
const NOT_FOUND = 404;
const PRECONDITION_FAILED = 412;
const RANGE_NOT_SATISFIABLE = 416;

/** What S3 says where it is the credentials that are wrong, not what they may read. */
const CREDENTIAL_CODES: readonly string[] = [
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'RequestTimeTooSkewed',
  'AuthorizationHeaderMalformed',
  'InvalidToken',
  'ExpiredToken',
];

/** Flat files in a bucket of Massive's, or of any store that speaks S3. */
export class S3Store implements FlatStore {
  readonly #requests: S3Requests;

  /** @throws FlatEndpointError, ProxyError */
  constructor(options: S3Options, parts: S3Parts) {
    this.#requests = new S3Requests(options, parts);
  }

  get place(): string {
    return this.#requests.place;
  }

  async *list(prefix: string, signal: AbortSignal): AsyncGenerator<ListedFile> {
    let token: string | undefined;
    do {
      const query = { 'list-type': '2', prefix, ...(token && { 'continuation-token': token }) };
      const page = await this.#requests.send({ method: 'GET', key: '', query, signal }, async response => {
        if (response.statusCode !== OK) throw (await this.#refusal(response, prefix)) ?? this.#noBucket();
        return listingOf(await textOf(response, this.place), this.place);
      });
      yield* page.files;
      if (page.nextToken !== undefined && page.nextToken === token) {
        throw new FlatStoreAnswerError(`${this.place} goes on with the same page of a listing`, prefix);
      }
      token = page.nextToken;
    } while (token !== undefined);
  }

  async head(key: string, signal: AbortSignal): Promise<FileIdentity | undefined> {
    const answer = await this.#requests.send({ method: 'HEAD', key, signal }, async response => {
      await response.body.dump();
      return response;
    });
    if (answer.statusCode === OK) return this.#identityOf(answer, headerOf(answer.headers, 'content-length'));
    if (answer.statusCode === NOT_FOUND) return undefined;
    // An answer to HEAD has no body to say why.
    const result = await this.get(key, { signal });
    if (result.kind !== 'body') return undefined;
    for await (const _ of result.body) break;
    return result.identity;
  }

  get(key: string, { from = 0, ifMatch, signal }: GetOptions): Promise<GetResult> {
    const headers = {
      ...(from > 0 && { range: `bytes=${from}-` }),
      ...(ifMatch !== undefined && { 'if-match': ifMatch }),
    };
    return this.#requests.send(
      { method: 'GET', key, headers, signal },
      async (response): Promise<GetResult> => {
        const { statusCode, body } = response;
        if (statusCode === OK || statusCode === PARTIAL) {
          const fromByte = statusCode === OK ? 0 : this.#firstByteOf(response, from);
          const size = statusCode === OK ? headerOf(response.headers, 'content-length') : totalOf(response);
          const identity = this.#identityOf(response, size);
          if (ifMatch === undefined || identity.etag === ifMatch)
            return { kind: 'body', identity, fromByte, body };
          // A store that does not know If-Match.
          await body.dump();
          return { kind: 'changed' };
        }
        if (statusCode === PRECONDITION_FAILED || statusCode === RANGE_NOT_SATISFIABLE) {
          await body.dump();
          return { kind: 'changed' };
        }
        const refusal = await this.#refusal(response, key);
        if (refusal === undefined) return { kind: 'missing' };
        throw refusal;
      },
    );
  }

  localPath(): undefined {
    return undefined;
  }

  close(): Promise<void> {
    return this.#requests.close();
  }

  #noBucket(): Error {
    return new FlatStoreAnswerError(`${this.place} cannot be listed`, String(NOT_FOUND));
  }

  /** Why the store does not hand something out; undefined where it is not there. */
  async #refusal(response: S3Response, what: string): Promise<Error | undefined> {
    const { statusCode } = response;
    const text = await textOf(response, this.place);
    const code = errorCodeOf(text);
    if (statusCode === NOT_FOUND && code !== 'NoSuchBucket') return undefined;
    if (statusCode === UNAUTHORIZED || CREDENTIAL_CODES.includes(code ?? '')) {
      return new FlatCredentialsError(this.place, code ?? String(statusCode));
    }
    if (statusCode === FORBIDDEN) return new NotInPlanError(what);
    return new FlatStoreAnswerError(
      `${this.place} does not hand out ${what}`,
      `${statusCode} ${code ?? ''}`.trim(),
    );
  }

  #identityOf({ headers }: S3Response, size: string | undefined): FileIdentity {
    const etag = headerOf(headers, 'etag');
    const sizeBytes = Number(size ?? Number.NaN);
    const lastModifiedMs = toTheSecond(Date.parse(headerOf(headers, 'last-modified') ?? ''));
    if (!etag || !Number.isSafeInteger(sizeBytes) || Number.isNaN(lastModifiedMs)) {
      const received = `ETag ${etag}, size ${size}, date ${headerOf(headers, 'last-modified')}`;
      throw new FlatStoreAnswerError(`${this.place} does not say which version of a file it has`, received);
    }
    return { etag, sizeBytes, lastModifiedMs };
  }

  #firstByteOf(response: S3Response, asked: number): number {
    const range = headerOf(response.headers, 'content-range');
    const first = Number(/^bytes (\d+)-/.exec(range ?? '')?.[1] ?? Number.NaN);
    if (first === asked) return first;
    throw new FlatStoreAnswerError(
      `${this.place} answers with another part than asked for`,
      `Content-Range ${range}`,
    );
  }
}

/** The size of the whole file, from the answer with a part of it. */
function totalOf({ headers }: S3Response): string | undefined {
  return /\/(\d+)$/.exec(headerOf(headers, 'content-range') ?? '')?.[1];
}
