import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import { SimulatorOptionError } from '../options-error.ts';
import type { Disturbance } from './disturbance.ts';

/** The two services that answer requests. */
export type HttpService = 'rest' | 'files';

/** To which requests a fault happens: the next `count`, or a share of all until `http-heal`. */
export interface FaultTarget {
  readonly service: HttpService | 'both';
  readonly count: number;
  /** Undefined: every one of the next `count`. */
  readonly share: number | undefined;
}

export const ERROR_STATUSES = [400, 401, 403, 404, 429, 500, 502, 503, 504] as const;

/** What can go wrong with requests. */
export type HttpFault =
  /** An error in place of the answer; `afterSeconds` goes along as Retry-After. */
  | (FaultTarget & {
      readonly kind: 'http-error';
      readonly status: number;
      readonly afterSeconds: number | undefined;
    })
  | (FaultTarget & { readonly kind: 'http-cut'; readonly bytes: number })
  | (FaultTarget & { readonly kind: 'http-truncate'; readonly bytes: number | undefined })
  | (FaultTarget & { readonly kind: 'http-slow'; readonly bytesPerSecond: number })
  /** A byte in the middle of the body is another one. */
  | (FaultTarget & { readonly kind: 'http-corrupt' })
  /** The request is never answered. */
  | (FaultTarget & { readonly kind: 'http-silence' })
  /** Half of a file, announced as all of it. */
  | (FaultTarget & { readonly kind: 'half-file' })
  /** `next_url` asks for the same page again. */
  | (FaultTarget & { readonly kind: 'same-cursor' })
  /** `next_url` leads to another origin. */
  | (FaultTarget & { readonly kind: 'foreign-next'; readonly origin: string })
  /** All faults of requests end. */
  | { readonly kind: 'http-heal' };

export type HttpFaultKind = HttpFault['kind'];

type Parameters = ReadonlyMap<string, string>;
type Parser = (given: Given) => HttpFault;

const PARSERS: { readonly [K in HttpFaultKind]: Parser } = {
  'http-error': given => ({
    kind: 'http-error',
    status: given.oneOf('status', ERROR_STATUSES, 500),
    afterSeconds: given.optional('after'),
    ...given.target(),
  }),
  'http-cut': given => ({ kind: 'http-cut', bytes: given.number('bytes', 1000), ...given.target() }),
  'http-truncate': given => ({ kind: 'http-truncate', bytes: given.optional('bytes'), ...given.target() }),
  'http-slow': given => ({
    kind: 'http-slow',
    bytesPerSecond: Math.max(1, given.number('rate', 1000)),
    ...given.target(),
  }),
  'http-corrupt': given => ({ kind: 'http-corrupt', ...given.target() }),
  'http-silence': given => ({ kind: 'http-silence', ...given.target() }),
  'half-file': given => ({ kind: 'half-file', ...given.target('files') }),
  'same-cursor': given => ({ kind: 'same-cursor', ...given.target('rest') }),
  'foreign-next': given => ({
    kind: 'foreign-next',
    origin: given.text('origin', 'http://elsewhere.invalid'),
    ...given.target('rest'),
  }),
  'http-heal': () => ({ kind: 'http-heal' }),
};

export const HTTP_FAULT_KINDS = Object.keys(PARSERS) as readonly HttpFaultKind[];

/**
 * A fault of requests from its name and parameters: `count` (1), `share` (0 to 1) and `on` (rest, files; else both), and
 * `status` and `after` (seconds), `bytes`, `rate` (bytes a second) or `origin`.
 *
 * @throws SimulatorOptionError
 */
export function parseHttpFault(kind: HttpFaultKind, parameters: Parameters): HttpFault {
  const given = new Given(kind, parameters);
  const fault = PARSERS[kind](given);
  given.checkAllRead();
  return fault;
}

/** The parameters of one fault. */
class Given {
  readonly #kind: string;
  readonly #unread: Map<string, string>;

  constructor(kind: string, parameters: Parameters) {
    this.#kind = kind;
    this.#unread = new Map(parameters);
  }

  target(service?: HttpService): FaultTarget {
    const on = service ?? this.oneOf('on', ['rest', 'files', 'both'] as const, 'both');
    return { service: on, count: this.number('count', 1), share: this.optional('share', 1) };
  }

  text(name: string, unless: string): string {
    const text = this.#unread.get(name) ?? unless;
    this.#unread.delete(name);
    return text;
  }

  number(name: string, unless: number): number {
    return this.optional(name) ?? unless;
  }

  optional(name: string, most = Number.MAX_SAFE_INTEGER): number | undefined {
    const text = this.#unread.get(name);
    if (text === undefined) return undefined;
    this.#unread.delete(name);
    const value = Number(text);
    if (value >= 0 && value <= most && (most === 1 || Number.isInteger(value))) return value;
    throw new SimulatorOptionError(`${name} of ${this.#kind} is out of range`, `0 to ${most}`, `'${text}'`);
  }

  oneOf<T extends string | number>(name: string, choices: readonly T[], unless: T): T {
    const text = this.text(name, String(unless));
    const choice = choices.find(known => String(known) === text);
    if (choice !== undefined) return choice;
    throw new SimulatorOptionError(
      `${this.#kind} has no such ${name}`,
      `one of ${choices.join(', ')}`,
      `'${text}'`,
    );
  }

  checkAllRead(): void {
    const [name] = this.#unread.keys();
    if (name === undefined) return;
    throw new SimulatorOptionError(`${this.#kind} has no parameter '${name}'`, 'a known one', `'${name}'`);
  }
}

type ActiveFault = Exclude<HttpFault, { kind: 'http-heal' }>;

/** What is to go wrong with the requests to come. */
export class HttpFaults {
  readonly #random: Random;
  readonly #clock: Clock;
  #counted: { readonly fault: ActiveFault; left: number }[] = [];
  #shared: ActiveFault[] = [];

  constructor(random: Random, clock: Clock) {
    this.#random = random;
    this.#clock = clock;
  }

  /** @returns how many requests it concerns, as far as that is known */
  inject(fault: HttpFault): number {
    if (fault.kind === 'http-heal') {
      const ended = this.#counted.length + this.#shared.length;
      this.#counted = [];
      this.#shared = [];
      return ended;
    }
    if (fault.share === undefined) this.#counted.push({ fault, left: fault.count });
    else this.#shared.push(fault);
    return fault.share === undefined ? fault.count : 1;
  }

  /** The fault that happens to a request that comes now. */
  next(service: HttpService): ActiveFault | undefined {
    const concerns = (fault: ActiveFault): boolean => fault.service === 'both' || fault.service === service;
    const counted = this.#counted.find(({ fault, left }) => left > 0 && concerns(fault));
    if (counted) {
      counted.left--;
      this.#counted = this.#counted.filter(({ left }) => left > 0);
      return counted.fault;
    }
    return this.#shared.find(fault => concerns(fault) && this.#random() < fault.share!);
  }

  /** What the fault does to a body on its way. */
  disturbance(fault: ActiveFault | undefined): Disturbance | undefined {
    switch (fault?.kind) {
      case 'http-cut':
        return { kind: 'cut', bytes: fault.bytes };
      case 'http-truncate':
        return { kind: 'truncate', bytes: fault.bytes };
      case 'http-slow':
        return { kind: 'slow', bytesPerSecond: fault.bytesPerSecond, clock: this.#clock };
      case 'http-corrupt':
        return { kind: 'corrupt' };
      default:
        return undefined;
    }
  }
}

export type { ActiveFault };
