import { HTTP_FAULT_KINDS, type HttpFault, parseHttpFault } from './http/http-faults.ts';
import { SimulatorOptionError } from './options-error.ts';

/** What can go wrong on request. */
export type Fault = StreamFault | HttpFault;

/** What can go wrong with connections of the stream. */
export type StreamFault =
  /** Connections break off without a closing handshake. */
  | { readonly kind: 'drop' }
  /** Connections neither send nor read; what is due meanwhile comes later, or fills the server's buffer. */
  | { readonly kind: 'stall'; readonly forMs: number }
  /** Connections stay open and answer pings, but what is due meanwhile never comes. */
  | { readonly kind: 'silence'; readonly forMs: number }
  /** A message that is not JSON. */
  | { readonly kind: 'bad-frame' }
  /** An event with values of wrong types, among good ones. */
  | { readonly kind: 'bad-event' }
  /** The next messages with data come twice. */
  | { readonly kind: 'duplicate'; readonly count: number }
  /** From now on another share of the second bars is sent again because of late trades. */
  | { readonly kind: 'late'; readonly share: number }
  /** Connections get `max_connections` and are closed. */
  | { readonly kind: 'evict' }
  /** The next keys are refused, right or wrong. */
  | { readonly kind: 'refuse-auth'; readonly count: number }
  /** From now on subscriptions are answered later. */
  | { readonly kind: 'slow-acks'; readonly forMs: number }
  /** The next answers to subscriptions never come. */
  | { readonly kind: 'missing-acks'; readonly count: number }
  /** A status that no list has. */
  | { readonly kind: 'unknown-status' };

export type FaultKind = Fault['kind'];

type StreamFaultKind = StreamFault['kind'];

type Parameters = ReadonlyMap<string, string>;

const PARSERS: { readonly [K in StreamFaultKind]: (given: Parameters) => Extract<StreamFault, { kind: K }> } =
  {
    drop: given => plain('drop', given),
    stall: given => ({ kind: 'stall', forMs: number('stall', given, 'ms', 5000) }),
    silence: given => ({ kind: 'silence', forMs: number('silence', given, 'ms', 5000) }),
    'bad-frame': given => plain('bad-frame', given),
    'bad-event': given => plain('bad-event', given),
    duplicate: given => ({ kind: 'duplicate', count: number('duplicate', given, 'count', 1) }),
    late: given => ({ kind: 'late', share: number('late', given, 'share', 0.1, 1) }),
    evict: given => plain('evict', given),
    'refuse-auth': given => ({ kind: 'refuse-auth', count: number('refuse-auth', given, 'count', 1) }),
    'slow-acks': given => ({ kind: 'slow-acks', forMs: number('slow-acks', given, 'ms', 5000) }),
    'missing-acks': given => ({ kind: 'missing-acks', count: number('missing-acks', given, 'count', 1) }),
    'unknown-status': given => plain('unknown-status', given),
  };

const STREAM_FAULT_KINDS = Object.keys(PARSERS) as readonly StreamFaultKind[];

export const FAULT_KINDS: readonly FaultKind[] = [...STREAM_FAULT_KINDS, ...HTTP_FAULT_KINDS];

/**
 * A fault from its name and parameters (`ms`, `count` or `share`; those of requests have more, see parseHttpFault).
 *
 * @throws SimulatorOptionError
 */
export function parseFault(name: string, given: Parameters): Fault {
  const httpKind = HTTP_FAULT_KINDS.find(known => known === name);
  if (httpKind) return parseHttpFault(httpKind, given);
  const kind = STREAM_FAULT_KINDS.find(known => known === name);
  if (!kind) throw new SimulatorOptionError('there is no such fault', FAULT_KINDS.join(', '), `'${name}'`);
  return PARSERS[kind](given);
}

/** A fault, and when it happens: once, or again and again at random moments that the seed decides. */
export interface ScheduledFault {
  readonly fault: Fault;
  /** After so many seconds of real time; with `repeated`, so many seconds apart on average. */
  readonly seconds: number;
  readonly repeated: boolean;
}

/**
 * `drop@10` (once, after 10 seconds), `stall~60,ms=3000` (a minute apart on average, each for 3 seconds).
 *
 * @throws SimulatorOptionError
 */
export function parseScheduledFault(text: string): ScheduledFault {
  const match =
    /^(?<kind>[a-z-]+)(?<when>[@~])(?<seconds>\d+(\.\d+)?)s?(?<parameters>(,[a-z]+=[^,=]+)*)$/.exec(text);
  if (!match?.groups) {
    throw new SimulatorOptionError(
      'a fault cannot be read',
      'KIND@SECONDS or KIND~SECONDS, then ,name=value',
      `'${text}'`,
    );
  }
  const { kind, when, seconds, parameters } = match.groups;
  const given = new Map(
    parameters!
      .split(',')
      .filter(part => part !== '')
      .map(part => part.split('=') as [string, string]),
  );
  const scheduled = { fault: parseFault(kind!, given), seconds: Number(seconds), repeated: when === '~' };
  if (scheduled.repeated && scheduled.seconds === 0) {
    throw new SimulatorOptionError('a repeated fault needs time between', 'more than 0 seconds', `'${text}'`);
  }
  return scheduled;
}

function plain<K extends StreamFaultKind>(kind: K, given: Parameters): { kind: K } {
  onlyParameter(kind, given, undefined);
  return { kind };
}

function number(kind: FaultKind, given: Parameters, name: string, unless: number, most = 3_600_000): number {
  onlyParameter(kind, given, name);
  const text = given.get(name);
  const value = text === undefined ? unless : Number(text);
  if (value >= 0 && value <= most && (most === 1 || Number.isInteger(value))) return value;
  throw new SimulatorOptionError(`${name} of ${kind} is out of range`, `0 to ${most}`, `'${text}'`);
}

function onlyParameter(kind: FaultKind, given: Parameters, name: string | undefined): void {
  for (const other of given.keys()) {
    if (other !== name) {
      throw new SimulatorOptionError(`${kind} has no parameter '${other}'`, name ?? 'none', `'${other}'`);
    }
  }
}
