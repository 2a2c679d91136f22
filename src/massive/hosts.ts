import { isIP } from 'node:net';
import { MassiveKdbError } from '../base/errors.ts';
import { isLoopback } from '../base/loopback.ts';
import { nearest } from '../config/nearest.ts';
import type { FuturesExchange, Market } from '../tables/markets.ts';

/** What one connection carries, and the path of its address: a market, or the futures of one exchange. */
export type Cluster = Market | `futures/${FuturesExchange}`;

/**
 * Massive's hosts by name. Source: the feeds that its official clients list; not every account has every one, and
 * some no longer answer, so a host may also be given by its own name or as an address.
 */
export const HOSTS = {
  'real-time': 'socket.massive.com',
  delayed: 'delayed.massive.com',
  business: 'business.massive.com',
  'delayed-business': 'delayed-business.massive.com',
  polyfeed: 'polyfeed.massive.com',
  polyfeedplus: 'polyfeedplus.massive.com',
  nasdaq: 'nasdaqfeed.massive.com',
  starterfeed: 'starterfeed.massive.com',
  launchpad: 'launchpad.massive.com',
  'edgx-business': 'edgx-business.massive.com',
  'iex-business': 'iex-business.massive.com',
  'delayed-edgx-business': 'delayed-edgx-business.massive.com',
  'delayed-nasdaq-last-sale-business': 'delayed-nasdaq-last-sale-business.massive.com',
  'delayed-nasdaq-basic-business': 'delayed-nasdaq-basic-business.massive.com',
  'delayed-fullmarket-business': 'delayed-fullmarket-business.massive.com',
  'fullmarket-business': 'fullmarket-business.massive.com',
  'nasdaq-last-sale-business': 'nasdaq-last-sale-business.massive.com',
  'nasdaq-basic-business': 'nasdaq-basic-business.massive.com',
} as const satisfies Readonly<Record<string, string>>;

const DELAY_MS = 15 * 60_000;
const FUTURES_DELAY_MS = 10 * 60_000;

/** The host of a Massive feed cannot be used. Code `MASSIVE_HOST`. */
export class HostError extends MassiveKdbError {
  constructor(what: string, expected: string, remedy: string) {
    super('MASSIVE_HOST', { what, expected, remedy });
  }
}

/**
 * The address to connect to.
 *
 * @param host a name of HOSTS; a host name or IP address, with a port if need be; or a whole ws:// or wss:// URL,
 *   whose path is kept if it has one.
 * @throws HostError when it is none of these, carries a secret, or is ws:// to another machine.
 */
export function feedUrl(host: string, cluster: Cluster): string {
  const named = HOSTS[host as keyof typeof HOSTS];
  if (named) return `wss://${named}/${cluster}`;
  const url = host.includes('://') ? parse(host, host) : parse(host, `wss://${bareHost(host)}`);
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    throw new HostError(
      `the address ${shown(url)} is not one of a WebSocket`,
      'wss://...',
      'Correct the host.',
    );
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new HostError(
      `the address ${shown(url)} carries more than host, port and path`,
      'no user, password or query',
      'Give the key as a secret; it is sent in a message, never in the address.',
    );
  }
  if (url.protocol === 'ws:' && !isLoopback(url.hostname)) {
    throw new HostError(
      `the address ${shown(url)} is not encrypted, and the key would travel in clear`,
      'wss://, or ws:// to this machine',
      'Write wss:// instead of ws://.',
    );
  }
  if (url.pathname === '/') url.pathname = `/${cluster}`;
  return url.href;
}

/**
 * How far the stream of a host is behind the market, by its name: those called delayed are. Source: Massive's plans.
 *
 * @param host as `feedUrl` takes it
 */
export function feedDelayMs(host: string, cluster: Cluster): number {
  if (!/^(wss?:\/\/)?delayed/.test(host)) return 0;
  return cluster.startsWith('futures') ? FUTURES_DELAY_MS : DELAY_MS;
}

function bareHost(host: string): string {
  if (isIP(host) === 6) return `[${host}]`;
  const name = host.replace(/:\d+$/, '');
  if (!name.includes('.') && !name.startsWith('[') && name !== 'localhost') {
    const meant = nearest(name, Object.keys(HOSTS));
    throw new HostError(
      `no host of Massive is called '${host}'`,
      `${Object.keys(HOSTS).join(', ')}, a host name, or a wss:// address`,
      meant ? `Did you mean '${meant}'?` : 'Correct the host.',
    );
  }
  return host;
}

function parse(given: string, address: string): URL {
  try {
    return new URL(address);
  } catch {
    throw new HostError(
      `'${given.replace(/\/\/[^/]*@/, '//')}' is not an address`,
      'wss://host or wss://host:port',
      'Correct the host.',
    );
  }
}

/** An address without what may be secret in it. */
function shown(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}
