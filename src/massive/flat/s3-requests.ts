import aws4 from 'aws4';
import { type Dispatcher, request } from 'undici';
import { Backoff } from '../../base/backoff.ts';
import type { Clock } from '../../base/clock.ts';
import type { Counters } from '../../base/counters.ts';
import { delay } from '../../base/delay.ts';
import { seconds } from '../../base/durations.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Random } from '../../base/random.ts';
import { baseAddress } from '../http/base-address.ts';
import { retryAfterMs } from '../http/headers.ts';
import { proxyAgent } from '../http/proxy-agent.ts';
import {
  FlatEndpointError,
  FlatFileError,
  FlatStoreAnswerError,
  FlatStoreUnavailableError,
} from './errors.ts';

export interface S3Options {
  /** http:// or https://, with a path if need be. */
  readonly endpoint: string;
  readonly bucket: string;
  /** Massive's store takes any. */
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly connectTimeoutMs: number;
  /** Until an answer begins, and between two parts of its body. */
  readonly silenceTimeoutMs: number;
  /** Of one request, the first included. */
  readonly attempts: number;
  readonly retryBaseMs: number;
  readonly retryCapMs: number;
}

export const S3_DEFAULTS = {
  endpoint: 'https://files.massive.com',
  bucket: 'flatfiles',
  region: 'us-east-1',
  connectTimeoutMs: 10_000,
  silenceTimeoutMs: 30_000,
  attempts: 6,
  retryBaseMs: 1_000,
  retryCapMs: 60_000,
} as const satisfies Partial<S3Options>;

export interface S3Parts {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly counters: Counters;
  /** Where the proxy variables are. */
  readonly environment: Readonly<NodeJS.ProcessEnv>;
}

export interface S3Request {
  readonly method: 'GET' | 'HEAD';
  /** Empty for the bucket itself. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export type S3Response = Dispatcher.ResponseData;

/** The longest text that is taken as an answer; a page of a listing has some 300 kB. */
const MAX_TEXT_BYTES = 8 * 1024 * 1024;

const TOO_MANY_REQUESTS = 429;

/**
 * Signed requests to one bucket (signature version 4, path style), through the proxy that the environment names. 429, 5xx
 * and failures of the network are tried again after a growing delay, or the one that Retry-After asks for; every other
 * answer is the caller's. The secret only ever enters signatures.
 */
export class S3Requests {
  /** The bucket's address. */
  readonly place: string;
  readonly #options: S3Options;
  readonly #parts: S3Parts;
  readonly #url: URL;
  readonly #agent: Dispatcher;

  /** @throws FlatEndpointError, ProxyError */
  constructor(options: S3Options, parts: S3Parts) {
    this.#options = options;
    this.#parts = parts;
    this.#url = endpointUrl(options);
    this.place = this.#url.href;
    this.#agent = proxyAgent(options, parts.environment);
  }

  /**
   * Sends a request until it is answered, and gives the answer to `take`, which reads as much of the body as the request
   * is for; a failure of the network within is one of the request.
   *
   * @throws FlatStoreUnavailableError when the attempts are used up; what `take` throws; the signal's reason
   */
  async send<Taken>(asked: S3Request, take: (response: S3Response) => Promise<Taken>): Promise<Taken> {
    const { attempts, retryBaseMs: baseMs, retryCapMs: capMs } = this.#options;
    const backoff = new Backoff({ baseMs, capMs }, this.#parts.random);
    for (let attempt = 1; ; attempt++) {
      const failure = await this.#try(asked, take);
      if ('taken' in failure) return failure.taken;
      if (attempt >= attempts) {
        throw new FlatStoreUnavailableError(
          `${this.#shown(asked)} ${failure.what}${attempts > 1 ? `, ${attempts} times` : ''}`,
          failure.cause,
        );
      }
      const delayMs = Math.min(Math.max(backoff.next(), failure.retryAfterMs), capMs);
      this.#parts.counters.counter('flat_requests_retried').add();
      this.#parts.logger.warn(
        `${this.#shown(asked)} ${failure.what}; it is asked again in ${seconds(delayMs)}`,
      );
      await delay(this.#parts.clock, delayMs, asked.signal);
    }
  }

  close(): Promise<void> {
    return this.#agent.close();
  }

  async #try<Taken>(
    asked: S3Request,
    take: (response: S3Response) => Promise<Taken>,
  ): Promise<Failure | { readonly taken: Taken }> {
    asked.signal.throwIfAborted();
    try {
      const response = await this.#request(asked);
      if (response.statusCode !== TOO_MANY_REQUESTS && response.statusCode < 500) {
        return { taken: await take(response) };
      }
      await response.body.dump();
      return {
        what: `was answered ${response.statusCode}`,
        retryAfterMs: retryAfterMs(response.headers, this.#parts.clock.wallMs()),
      };
    } catch (error) {
      asked.signal.throwIfAborted();
      if (error instanceof FlatFileError) throw error;
      return { what: `failed: ${messageOf(error)}`, retryAfterMs: 0, cause: error };
    }
  }

  #request({ method, key, query, headers, signal }: S3Request): Promise<S3Response> {
    const { region, accessKeyId, secretAccessKey } = this.#options;
    const search = new URLSearchParams(query).toString().replaceAll('+', '%20');
    const path = `${this.#url.pathname}${key && `/${encoded(key)}`}${search && `?${search}`}`;
    const date = new Date(this.#parts.clock.wallMs()).toISOString().replace(/[-:]|\.\d+/g, '');
    const signed = aws4.sign(
      {
        service: 's3',
        region,
        method,
        host: this.#url.host,
        path,
        headers: { ...headers, 'x-amz-date': date },
      },
      { accessKeyId, secretAccessKey },
    );
    return request(`${this.#url.origin}${path}`, {
      dispatcher: this.#agent,
      method,
      headers: signed.headers as Record<string, string>,
      signal,
    });
  }

  #shown({ method, key }: S3Request): string {
    return `${method} ${this.place}${key && `/${key}`}`;
  }
}

interface Failure {
  readonly what: string;
  readonly retryAfterMs: number;
  readonly cause?: unknown;
}

/** The text of a body. Throws FlatStoreAnswerError where it has no end in sight. */
export async function textOf({ body }: S3Response, place: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_TEXT_BYTES)
      throw new FlatStoreAnswerError(`${place} answers at great length`, `${length} bytes`);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A key as it stands in a path: all but letters, digits and `-._~/` escaped. */
function encoded(key: string): string {
  return key
    .split('/')
    .map(part =>
      encodeURIComponent(part).replace(
        /[!'()*]/g,
        mark => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
      ),
    )
    .join('/');
}

function endpointUrl({ endpoint, bucket }: S3Options): URL {
  const url = baseAddress(endpoint, problem => new FlatEndpointError(problem));
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${encoded(bucket)}`;
  return url;
}
