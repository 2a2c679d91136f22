import { isIP } from 'node:net';
import type { Reached } from '../../massive/probe/tls-probe.ts';
import { type Check, type Finding, fail, pass, skipped } from './check.ts';

/** What the checks of hosts do, for real or for a test. */
export interface NetworkEffects {
  /** The addresses of a name. Rejects with an error that has a code where there is none. */
  lookup(host: string): Promise<readonly string[]>;
  /** The proxy for an address; undefined where the way is direct. Throws ProxyError. */
  proxyOf(address: string): URL | undefined;
  /** Connects as far as TLS. Throws ProxyError. */
  reach(address: string, signal: AbortSignal): Promise<Reached>;
}

/** A host that is to be spoken to. */
export interface Endpoint {
  /** By ws:// or wss://, whatever is spoken afterwards. */
  readonly address: string;
  /** What it is for: `stream`, `REST`, `flat files`. */
  readonly use: string;
}

const LOOKUP_LIMIT_MS = 10_000;
const SPARE_MS = 2_000;

/** Name and certificate of each host, once. */
export function networkChecks(
  endpoints: readonly Endpoint[],
  connectMs: number,
  effects: NetworkEffects,
): Check[] {
  const byHost = new Map<string, Endpoint[]>();
  for (const endpoint of endpoints) {
    const { host } = new URL(endpoint.address);
    byHost.set(host, [...(byHost.get(host) ?? []), endpoint]);
  }
  return [...byHost].flatMap(([host, of]) => {
    const { address } = of[0]!;
    const subject = `${[...new Set(of.map(({ use }) => use))].join(', ')}: ${host}`;
    return [
      {
        name: 'dns',
        of: subject,
        limitMs: LOOKUP_LIMIT_MS,
        run: () => lookupFinding(address, effects),
      },
      {
        name: 'tls',
        of: subject,
        // It knows its time itself, and says what it waited for.
        limitMs: connectMs + SPARE_MS,
        run: async (signal: AbortSignal) =>
          reachedFinding(address, await effects.reach(address, signal), effects),
      },
    ];
  });
}

async function lookupFinding(address: string, { lookup, proxyOf }: NetworkEffects): Promise<Finding> {
  const host = hostOf(address);
  const proxy = proxyOf(address);
  if (proxy) return skipped(`the proxy ${proxy.host} looks the name up`);
  if (isIP(host) !== 0) return skipped(`${host} is an address already`);
  try {
    return pass(`${host} is ${(await lookup(host)).join(', ')}`);
  } catch (error) {
    const { code = 'no answer' } = error as NodeJS.ErrnoException;
    return fail(
      `${host} has no address (${code})`,
      "Check the host name and this machine's DNS; where a proxy leads out, set HTTPS_PROXY.",
    );
  }
}

function reachedFinding(address: string, reached: Reached, { proxyOf }: NetworkEffects): Finding {
  const host = hostOf(address);
  const proxy = proxyOf(address);
  const way = proxy ? ` through the proxy ${proxy.host}` : '';
  switch (reached.kind) {
    case 'plain':
      return pass('answers on this machine, where no TLS is needed');
    case 'trusted':
      return pass(`${reached.protocol}${way}, with a certificate for ${host} that is trusted`);
    case 'other-name':
      return fail(
        `the certificate is not for ${host}${way} but for '${reached.subject}'`,
        "Correct the host: Massive's DNS answers for every name under its domain, so a host that does not exist is found and fails only here.",
      );
    case 'untrusted':
      return fail(
        `the certificate for ${host}${way} is not trusted (${reached.code}); its issuer is '${reached.issuer}'`,
        reached.code === 'CERT_HAS_EXPIRED' || reached.code === 'CERT_NOT_YET_VALID'
          ? "Check this machine's clock; if it is right, tell who runs the host."
          : "Behind a proxy that inspects TLS, or with an authority of your own, put the authority's certificate into NODE_EXTRA_CA_CERTS.",
      );
    case 'no-tls':
      return fail(`${host}${way} does not speak TLS (${reached.code})`, 'Check host and port.');
    case 'unreachable':
      return fail(
        `${host} cannot be reached${way}: ${reached.problem}`,
        'Check the host, the firewall, and HTTPS_PROXY if there is a proxy.',
      );
  }
}

function hostOf(address: string): string {
  return new URL(address).hostname.replace(/^\[|\]$/g, '');
}
