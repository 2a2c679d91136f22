import { addressText } from '../base/address.ts';
import { MARKETS, type Market } from '../tables/markets.ts';
import type { ParsedConfiguration } from './schema.ts';
import type { AddressProblem } from './target-address.ts';
import { hostAddress, port } from './values.ts';

/** Where the loader of one market is. */
export interface LoaderAddress {
  readonly market: Market;
  readonly host: string;
  readonly port: number;
}

type LoaderConfiguration = ParsedConfiguration['history']['loader'];

/**
 * Reads `MARKET=[HOST]:PORT`, as the gateway takes the processes of its markets; an IPv6 address stands in brackets. A
 * problem never shows the text, which may hold a password.
 *
 * @param defaultHost where no host is given
 */
export function parseLoaderAddress(text: string, defaultHost: string): LoaderAddress | AddressProblem {
  const found = /^(?<name>\w+)=(?<host>\[[^\]]*\]|[^:[\]]*):(?<port>\d+)$/.exec(text);
  if (!found?.groups) {
    return {
      problem:
        'is not MARKET=:PORT or MARKET=HOST:PORT, such as crypto=:5023; user and password are those of history.loader',
    };
  }
  const { name, host = '' } = found.groups;
  const market = MARKETS.find(each => each === name);
  if (!market) return { problem: `is of no market; allowed: ${MARKETS.join(', ')}, such as crypto=:5023` };
  const address = {
    market,
    host: host.replace(/^\[|\]$/g, '') || defaultHost,
    port: Number(found.groups['port']),
  };
  if (!hostAddress.safeParse(address.host).success)
    return { problem: `has no usable host; allowed: ${hostAddress.description}` };
  if (!port.safeParse(address.port).success)
    return { problem: `has no usable port; allowed: ${port.description}` };
  return address;
}

/** Where the loader of a market is: among `addresses`, else at `host` and `port`. */
export function loaderAddress(
  { host, port, addresses }: LoaderConfiguration,
  market: Market,
): { readonly host: string; readonly port: number } {
  for (const text of addresses) {
    const address = parseLoaderAddress(text, host);
    if (!('problem' in address) && address.market === market) return address;
  }
  return { host, port };
}

/** Addresses that several of some markets have, though a loader writes one. */
export function sharedLoaders(
  loader: LoaderConfiguration,
  markets: readonly Market[],
): ReadonlyMap<string, readonly Market[]> {
  const byAddress = new Map<string, Market[]>();
  for (const market of new Set(markets)) {
    const address = addressText(loaderAddress(loader, market));
    byAddress.set(address, [...(byAddress.get(address) ?? []), market]);
  }
  return new Map([...byAddress].filter(([, sharing]) => sharing.length > 1));
}
