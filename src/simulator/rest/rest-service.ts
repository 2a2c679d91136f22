import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { hash3 } from '../hash.ts';
import type { MarketHistory } from '../history/market-history.ts';
import type { TradingCalendar } from '../history/trading-calendar.ts';
import type { ActiveFault, HttpFaults } from '../http/http-faults.ts';
import { compressed, type Reply, sendReply } from '../http/reply.ts';
import type { SimulatedMarket } from '../markets.ts';
import type { AcceptedKey } from '../options.ts';
import { CUSTOM_BARS, customBars } from './custom-bars.ts';
import { GROUPED_BARS, groupedBars, PREVIOUS_BAR, previousBar } from './day-bars.ts';
import { FUTURES_BARS, futuresBars } from './futures-bars.ts';
import { STATUS_NOW, STATUS_UPCOMING, statusNow, statusUpcoming } from './market-status.ts';
import type { RateLimit } from './rate-limit.ts';
import * as reference from './reference.ts';
import {
  errorReply,
  NO_KEY,
  NO_SUCH_PATH,
  RETIRED,
  RestRefusal,
  refusalReply,
  TOO_MANY_REQUESTS,
  UNKNOWN_KEY,
} from './rest-errors.ts';
import { parametersOf, type RestRequest } from './rest-request.ts';

const REST_PATH = /^\/(v1|v2|v3|vX|stocks\/v1|futures\/v1)\//;

/** Whether a path belongs to the REST service. */
export function isRestPath(path: string): boolean {
  return REST_PATH.test(path);
}

/** What the service is made of. */
export interface RestParts {
  readonly keys: readonly AcceptedKey[];
  readonly histories: ReadonlyMap<SimulatedMarket, MarketHistory>;
  readonly stockCalendar: TradingCalendar;
  readonly forexCalendar: TradingCalendar;
  readonly faults: HttpFaults;
  readonly rateLimit: RateLimit;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Market time, ms since 1970. */
  readonly nowMs: () => number;
}

type Handler = (
  request: RestRequest,
  parts: readonly string[],
) => Reply | undefined | Promise<Reply | undefined>;

/** The REST service: who asks, what for, and what goes wrong with it. */
export class RestService {
  readonly #parts: RestParts;
  readonly #routes: readonly (readonly [path: string | RegExp, handler: Handler])[];
  #requests = 0;

  constructor(parts: RestParts) {
    this.#parts = parts;
    const { stockCalendar, forexCalendar } = parts;
    this.#routes = [
      [CUSTOM_BARS, customBars],
      [PREVIOUS_BAR, previousBar],
      [GROUPED_BARS, groupedBars],
      [FUTURES_BARS, futuresBars],
      [reference.TICKERS, reference.tickers],
      [reference.TICKER_DETAILS, reference.tickerDetails],
      [reference.OPTION_CONTRACTS, reference.optionContracts],
      [reference.SPLITS, reference.splits],
      [reference.NEW_SPLITS, reference.splits],
      [reference.DIVIDENDS, reference.dividends],
      [reference.NEW_DIVIDENDS, reference.dividends],
      [
        /^\/v2\/ticks\//,
        () => {
          throw RETIRED;
        },
      ],
      [STATUS_NOW, request => statusNow(request, stockCalendar, forexCalendar)],
      [STATUS_UPCOMING, request => statusUpcoming(request, stockCalendar)],
    ];
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { faults, clock, logger } = this.#parts;
    const fault = faults.next('rest');
    if (fault?.kind === 'http-silence') return;
    const id = this.#nextId();
    response.setHeader('date', new Date(clock.wallMs()).toUTCString());
    response.setHeader('x-request-id', id);
    const reply = await this.#reply(request, id, fault);
    logger.debug('rest', { path: request.url?.split('?')[0], status: reply.status });
    await sendReply(request, response, compressed(reply, request), faults.disturbance(fault));
  }

  async #reply(message: IncomingMessage, id: string, fault: ActiveFault | undefined): Promise<Reply> {
    if (fault?.kind === 'http-error') {
      const reply = errorReply(fault.status, id);
      if (fault.afterSeconds === undefined) return reply;
      return { ...reply, headers: { ...reply.headers, 'retry-after': String(fault.afterSeconds) } };
    }
    try {
      const reply = await this.#answerTo(message, id);
      return fault ? withWrongNext(reply, message, fault) : reply;
    } catch (error) {
      if (error instanceof RestRefusal) return refusalReply(error, id);
      throw error;
    }
  }

  async #answerTo(message: IncomingMessage, id: string): Promise<Reply> {
    const origin = `http://${message.headers.host ?? 'localhost'}`;
    const url = new URL(message.url ?? '/', origin);
    const path = decoded(url.pathname);
    const route = path === undefined || message.method !== 'GET' ? undefined : this.#route(path);
    if (path === undefined || !route) return NO_SUCH_PATH;
    const key = this.#keyOf(message, url.searchParams);
    if (!this.#parts.rateLimit.admit(key.key)) throw TOO_MANY_REQUESTS;
    const parameters = parametersOf(url.searchParams);
    const { histories, nowMs } = this.#parts;
    return (await route({ id, path, origin, key, parameters, histories, nowMs: nowMs() })) ?? NO_SUCH_PATH;
  }

  /** What answers a path; undefined where nothing does. */
  #route(
    path: string,
  ): ((request: RestRequest) => Reply | undefined | Promise<Reply | undefined>) | undefined {
    for (const [route, handler] of this.#routes) {
      const parts =
        typeof route === 'string' ? (route === path ? [] : undefined) : route.exec(path)?.slice(1);
      if (parts) return request => handler(request, parts);
    }
    return undefined;
  }

  #keyOf({ headers }: IncomingMessage, query: URLSearchParams): AcceptedKey {
    const given = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? query.get('apiKey');
    if (given === null || given === '') throw NO_KEY;
    const key = this.#parts.keys.find(known => known.key === given);
    if (!key) throw UNKNOWN_KEY;
    return key;
  }

  #nextId(): string {
    const number = ++this.#requests;
    return [1, 2, 3, 4]
      .map(salt => (hash3(number, salt, 0x4e9) >>> 0).toString(16).padStart(8, '0'))
      .join('');
  }
}

/** Undefined where it is not encoded as a path is. */
function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** The reply with another address of the next page, if it has a next page and that is the fault. */
function withWrongNext(reply: Reply, message: IncomingMessage, fault: ActiveFault): Reply {
  if (!Buffer.isBuffer(reply.body) || (fault.kind !== 'same-cursor' && fault.kind !== 'foreign-next'))
    return reply;
  const body: unknown = JSON.parse(reply.body.toString());
  if (typeof body !== 'object' || body === null || !('next_url' in body)) return reply;
  const next = new URL(String(body.next_url));
  const here = new URL(message.url ?? '/', next.origin);
  here.searchParams.delete('apiKey');
  const wrong = fault.kind === 'same-cursor' ? here.href : `${fault.origin}${next.pathname}${next.search}`;
  return { ...reply, body: Buffer.from(JSON.stringify({ ...body, next_url: wrong })) };
}
