import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { ProxyError } from '../proxy.ts';

export interface HttpTimeouts {
  readonly connectTimeoutMs: number;
  /** Until an answer begins, and between two parts of its body. */
  readonly silenceTimeoutMs: number;
}

/**
 * Connections through the proxy that the environment names.
 *
 * @throws ProxyError
 */
export function proxyAgent(timeouts: HttpTimeouts, environment: Readonly<NodeJS.ProcessEnv>): Dispatcher {
  return new EnvHttpProxyAgent({
    httpProxy: proxyIn(environment, 'http_proxy'),
    httpsProxy: proxyIn(environment, 'https_proxy'),
    noProxy: variableIn(environment, 'no_proxy'),
    ...agentOptions(timeouts),
  });
}

/** Connections straight to where they go. */
export function directAgent(timeouts: HttpTimeouts): Dispatcher {
  return new Agent(agentOptions(timeouts));
}

function agentOptions({ connectTimeoutMs, silenceTimeoutMs }: HttpTimeouts): Agent.Options {
  return {
    connect: { timeout: connectTimeoutMs },
    headersTimeout: silenceTimeoutMs,
    bodyTimeout: silenceTimeoutMs,
  };
}

/** The address of a proxy, or nothing. Throws ProxyError where the variable holds something else. */
function proxyIn(environment: Readonly<NodeJS.ProcessEnv>, name: string): string {
  const value = variableIn(environment, name);
  if (value === '') return '';
  const address = value.includes('://') ? value : `http://${value}`;
  if (URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)) return address;
  throw new ProxyError(`${name.toUpperCase()} is not the address of a proxy`, 'Set it to http://host:port.');
}

/** Lower-case names win, as in curl. */
function variableIn(environment: Readonly<NodeJS.ProcessEnv>, name: string): string {
  return environment[name] || environment[name.toUpperCase()] || '';
}
