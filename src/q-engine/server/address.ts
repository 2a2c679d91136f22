import { textOf } from '../values/make.ts';
import { QError, type Value } from '../values/value.ts';
import type { Endpoint } from './thread-protocol.ts';

/** What hopen is asked to open. */
export type Address =
  | {
      readonly kind: 'process';
      readonly endpoint: Endpoint;
      /** `user:password`, or empty. */
      readonly credentials: string;
      readonly timeoutMs: number;
    }
  | { readonly kind: 'file'; readonly path: string };

/**
 * Reads hopen's argument: a port, a symbol or string such as `:host:port:user:password` or `:path`, or a list of
 * one of them and a timeout in milliseconds. Signals `type` for anything else.
 */
export function parseAddress(value: Value): Address {
  if (value.kind === 'list') {
    const [address, timeout] = value.items;
    if (value.items.length !== 2 || address === undefined || timeout === undefined) throw new QError('type');
    return withTimeout(parseText(textOrPort(address)), wholeNumber(timeout));
  }
  return parseText(textOrPort(value));
}

/** What \p and -p are asked to listen on. */
export interface ListenAddress {
  readonly host: string | undefined;
  /** In the order in which they are tried. */
  readonly ports: readonly number[];
}

/** Reads `[host:]port`, where port is a number, a range `first/last`, or 0W for any; undefined if it is none. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const match = /^(?:([^:,]*):)?(0W|\d+)(?:\/(\d+))?$/.exec(text.trim());
  if (match === null) return undefined;
  const [, host, first, last] = match;
  const from = first === '0W' ? 0 : Number(first);
  const to = last === undefined ? from : Number(last);
  if (from > 65535 || to > 65535 || to < from) return undefined;
  const ports = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  return { host: host === '' ? undefined : host, ports };
}

function textOrPort(value: Value): string {
  if (value.kind === 'atom' && value.type === 11) return value.value;
  if (value.kind === 'vector' && value.type === 10) return textOf(value);
  return `::${wholeNumber(value)}`;
}

function wholeNumber(value: Value): number {
  if (value.kind === 'atom' && (value.type === 5 || value.type === 6 || value.type === 7)) {
    return Number(value.value);
  }
  throw new QError('type');
}

function parseText(text: string): Address {
  const scheme = /^:(unix|unixs|tcps|fifo):\/\//.exec(text)?.[1];
  if (scheme !== undefined) throw new QError(`nyi ${scheme}`);
  const rest = text.startsWith(':') ? text.slice(1) : text;
  const match = /^([^:]*):(\d+)(?::(.*))?$/s.exec(rest);
  if (match === null) return { kind: 'file', path: rest };
  const [, host, port, credentials] = match;
  if (Number(port) > 65535) throw new QError('domain');
  return {
    kind: 'process',
    endpoint: { host: host === '' ? '127.0.0.1' : host!, port: Number(port) },
    credentials: credentials ?? '',
    timeoutMs: 0,
  };
}

function withTimeout(address: Address, timeoutMs: number): Address {
  return address.kind === 'process' ? { ...address, timeoutMs: Math.max(timeoutMs, 0) } : address;
}
