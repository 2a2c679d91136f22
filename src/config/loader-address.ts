import { MARKETS, type Market } from '../tables/markets.ts';
import type { ParsedConfiguration } from './schema.ts';
import { type AddressProblem, parseTargetAddress } from './target-address.ts';

/** Where the loader of one market is. */
export interface LoaderAddress {
  readonly market: Market;
  readonly host: string;
  readonly port: number;
}

const FORM = 'MARKET=:PORT or MARKET=HOST:PORT';

type LoaderConfiguration = ParsedConfiguration['history']['loader'];

/** Reads `MARKET=[HOST]:PORT`, as the gateway takes the processes of its markets. A problem never shows the text. */
export function parseLoaderAddress(text: string): LoaderAddress | AddressProblem {
  const [name, address = ''] = text.split(/=(.*)/s);
  const market = MARKETS.find(each => each === name);
  if (!market) {
    return {
      problem: `does not begin with a market and =; allowed: ${FORM}, with one of ${MARKETS.join(', ')}`,
    };
  }
  const found = parseTargetAddress(address);
  if ('problem' in found) return found;
  if (found.user !== null) return { problem: 'names a user; give it as history.loader.user' };
  return { market, host: found.host, port: found.port };
}

/** Where the loader of a market is: among `addresses`, else at `host` and `port`. */
export function loaderAddress(
  { host, port, addresses }: LoaderConfiguration,
  market: Market,
): { readonly host: string; readonly port: number } {
  for (const text of addresses) {
    const address = parseLoaderAddress(text);
    if (!('problem' in address) && address.market === market) return address;
  }
  return { host, port };
}
