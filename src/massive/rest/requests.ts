import { type Dispatcher, request } from 'undici';
import { Backoff } from '../../base/backoff.ts';
import type { Clock } from '../../base/clock.ts';
import type { Counters } from '../../base/counters.ts';
import { delay } from '../../base/delay.ts';
import { seconds } from '../../base/durations.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { isLoopback } from '../../base/loopback.ts';
import type { Random } from '../../base/random.ts';
import { baseAddress } from '../http/base-address.ts';
import { headerOf, retryAfterMs } from '../http/headers.ts';
import { directAgent, proxyAgent } from '../http/proxy-agent.ts';
import { type AnswerBody, errorTextOf, readBody } from './answer-body.ts';
import {
  RestAddressError,
  RestAnswerError,
  RestBadRequestError,
  RestError,
  RestKeyError,
  RestKeyRefusedError,
  RestNotFoundError,
  RestNotInPlanError,
  RestUnavailableError,
} from './errors.ts';
import type { RequestBudget } from './request-budget.ts';

export interface RestOptions {
  /** https://, or http:// to this machine. */
  readonly address: string;
  readonly key: string;
  readonly connectTimeoutMs: number;
  /** Until an answer begins, and between two parts of its body. */
  readonly silenceTimeoutMs: number;
  /** Until an answer is whole. */
  readonly answerTimeoutMs: number;
  /** Of one request, the first included. */
  readonly attempts: number;
  readonly retryBaseMs: number;
  readonly retryCapMs: number;
  readonly maxAnswerBytes: number;
}

export const REST_DEFAULTS = {
  address: 'https://api.massive.com',
  connectTimeoutMs: 10_000,
  silenceTimeoutMs: 30_000,
  answerTimeoutMs: 180_000,
  attempts: 6,
  retryBaseMs: 1_000,
  retryCapMs: 60_000,
  // A page of 50,000 bars has some 7 MB.
  maxAnswerBytes: 64 * 1024 * 1024,
} as const satisfies Partial<RestOptions>;

export interface RestParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly counters: Counters;
  readonly budget: RequestBudget;
  /** Where the proxy variables are. */
  readonly environment: Readonly<NodeJS.ProcessEnv>;
  /** Told of every answer that came whole, whatever it says. */
  readonly onAnswer?: (answer: RestAnswer) => void;
}

/** An answer as it came, and how long it took. */
export interface RestAnswer {
  readonly url: URL;
  readonly statusCode: number;
  readonly contentType: string;
  readonly text: string;
  readonly tookMs: number;
}

type Query = Readonly<Record<string, string | number | boolean>>;

const OK = 200;
const TOO_MANY_REQUESTS = 429;
/** Statuses below 500 that another attempt may mend. */
const PASSING: readonly number[] = [408, TOO_MANY_REQUESTS];

/** Of the limit's window, before a request that was one too many is made again. */
const PATIENCE_SHARE = 0.25;

/**
 * Requests to Massive's REST service, with the key in a header and nowhere else. Each is first let through by the budget.
 * 429, 5xx and failures of the network are tried again after a growing delay, or the one that Retry-After asks for; what
 * is wrong with a request itself is not.
 */
export class RestRequests {
  readonly #options: RestOptions;
  readonly #parts: RestParts;
  readonly #base: URL;
  readonly #agent: Dispatcher;

  /** @throws RestAddressError, RestKeyError, ProxyError */
  constructor(options: RestOptions, parts: RestParts) {
    this.#options = options;
    this.#parts = parts;
    this.#base = baseUrl(options.address);
    if (!/^[\x21-\x7e]+$/.test(options.key)) throw new RestKeyError();
    // What stays on this machine needs no proxy, which would see the key in clear.
    this.#agent =
      this.#base.protocol === 'http:' ? directAgent(options) : proxyAgent(options, parts.environment);
  }

  /** The counters of what is wrong with answers, for those who read them. */
  get counters(): Counters {
    return this.#parts.counters;
  }

  /** The address of an endpoint; parts of `path` are escaped by the caller. */
  url(path: string, query: Query = {}): URL {
    const url = new URL(this.#base.href.replace(/\/$/, '') + path);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    return url;
  }

  /** Whether an address that an answer gives is of the service itself, so that the key may go there. */
  isOwn(url: URL): boolean {
    return url.origin === this.#base.origin && url.username === '' && url.password === '';
  }

  /**
   * The text of what is at an address of `url`.
   *
   * @throws RestError, the signal's reason
   */
  async get(url: URL, signal: AbortSignal): Promise<string> {
    const { attempts, retryBaseMs, retryCapMs: capMs } = this.#options;
    const { budget, clock, counters, logger, random } = this.#parts;
    const backoff = new Backoff({ baseMs: retryBaseMs, capMs }, random);
    const patience = new Backoff(
      { baseMs: Math.max(retryBaseMs, budget.limit.windowMs * PATIENCE_SHARE), capMs },
      random,
    );
    for (let attempt = 1; ; attempt++) {
      await budget.take(signal);
      const outcome = await this.#try(url, signal);
      if ('text' in outcome) return outcome.text;
      if (attempt >= attempts) {
        throw new RestUnavailableError(
          `${this.#shown(url)} ${outcome.what}${attempts > 1 ? `, ${attempts} times` : ''}`,
          outcome.cause,
        );
      }
      const isOneTooMany = outcome.status === TOO_MANY_REQUESTS;
      const ownMs = (isOneTooMany ? patience : backoff).next();
      const delayMs = Math.min(Math.max(ownMs, outcome.retryAfterMs), capMs);
      counters.counter('rest_requests_retried').add();
      logger.warn(`${this.#shown(url)} ${outcome.what}; it is asked again in ${seconds(delayMs)}`);
      if (isOneTooMany) budget.pause(delayMs);
      await delay(clock, delayMs, signal);
    }
  }

  close(): Promise<void> {
    return this.#agent.close();
  }

  async #try(url: URL, signal: AbortSignal): Promise<Failure | { readonly text: string }> {
    signal.throwIfAborted();
    const { budget, clock, counters } = this.#parts;
    const { answerTimeoutMs, maxAnswerBytes: maxBytes } = this.#options;
    const startMs = clock.monotonicMs();
    counters.counter('rest_requests').add();
    const isOverdue = () => clock.monotonicMs() - startMs > answerTimeoutMs;
    try {
      const response = await this.#send(url, signal);
      const body = await readBody(response, this.#shown(url), { maxBytes, isOverdue });
      budget.addBytes(body.bytes);
      this.#parts.onAnswer?.({
        url,
        statusCode: response.statusCode,
        contentType: headerOf(response.headers, 'content-type') ?? '',
        text: body.text,
        tookMs: clock.monotonicMs() - startMs,
      });
      if (response.statusCode === OK) return { text: body.text };
      return this.#failureOf(url, response, body);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof RestError) throw error;
      return { what: `failed: ${this.#withoutKey(messageOf(error))}`, retryAfterMs: 0, cause: error };
    }
  }

  #send(url: URL, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    return request(url, {
      dispatcher: this.#agent,
      headers: {
        authorization: `Bearer ${this.#options.key}`,
        accept: 'application/json',
        'accept-encoding': 'gzip',
        'user-agent': 'massive-kdb',
      },
      signal,
    });
  }

  /** A failure that may pass. Throws the RestError of one that stays. */
  #failureOf(url: URL, { statusCode, headers }: Dispatcher.ResponseData, body: AnswerBody): Failure {
    const told = `${statusCode}: ${this.#withoutKey(errorTextOf(body))}`;
    const shown = this.#shown(url);
    switch (statusCode) {
      case 400:
        throw new RestBadRequestError(shown, told);
      case 401:
        throw new RestKeyRefusedError(this.#base.host, told);
      case 403:
        if (isJson(body)) throw new RestNotInPlanError(shown, told);
        // A gateway or a proxy on the way refuses everything.
        throw new RestUnavailableError(`${shown} was answered ${told}`);
      case 404:
        throw new RestNotFoundError(shown, told);
    }
    if (statusCode < 500 && !PASSING.includes(statusCode)) {
      throw new RestAnswerError(`${shown} was answered neither with data nor with a known error`, told);
    }
    return {
      what: `was answered ${told}`,
      status: statusCode,
      retryAfterMs: retryAfterMs(headers, this.#parts.clock.wallMs()),
    };
  }

  /** What was asked for, without the query: cursors say nothing to a reader. */
  #shown({ pathname }: URL): string {
    return this.#withoutKey(`${this.#base.host}${pathname}`);
  }

  /** Whatever an answer repeats, the key is not shown. */
  #withoutKey(text: string): string {
    return text.replaceAll(this.#options.key, '[key]');
  }
}

interface Failure {
  readonly what: string;
  readonly status?: number;
  readonly retryAfterMs: number;
  readonly cause?: unknown;
}

function isJson({ text }: AnswerBody): boolean {
  return /^\s*[{[]/.test(text);
}

function baseUrl(address: string): URL {
  const url = baseAddress(address, problem => new RestAddressError(problem));
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new RestAddressError(
      'is not encrypted, and the key would travel in clear: http:// is for this machine only',
    );
  }
  return url;
}
