import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as tlsConnect } from 'node:tls';
import type { ClientOptions } from 'ws';
import { MassiveKdbError } from '../base/errors.ts';

type CreateConnection = NonNullable<ClientOptions['createConnection']>;

/** The proxy cannot be used, or would not open the way. Code `MASSIVE_PROXY`. */
export class ProxyError extends MassiveKdbError {
  constructor(what: string, remedy: string, cause?: unknown) {
    super('MASSIVE_PROXY', { what, remedy, cause });
  }
}

/**
 * The proxy for an address: HTTPS_PROXY for wss://, unless NO_PROXY names the host. Lower-case names win, as in curl.
 * Plain ws:// only ever goes to this machine, so it never takes one.
 *
 * @throws ProxyError when the variable is not an http:// or https:// address.
 */
export function proxyFor(address: string, environment: Readonly<NodeJS.ProcessEnv>): URL | undefined {
  const url = new URL(address);
  const proxy = environment['https_proxy'] || environment['HTTPS_PROXY'];
  if (url.protocol !== 'wss:' || !proxy) return undefined;
  if (isExempt(url, environment['no_proxy'] || environment['NO_PROXY'] || '')) return undefined;
  const withScheme = proxy.includes('://') ? proxy : `http://${proxy}`;
  const parsed = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  if (!parsed || !/^https?:$/.test(parsed.protocol)) {
    throw new ProxyError('HTTPS_PROXY is not the address of a proxy', 'Set it to http://host:port.');
  }
  return parsed;
}

/** NO_PROXY: `*`, or a comma list of host names (with their subdomains) and addresses, each with or without a port. */
function isExempt(url: URL, list: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port || '443';
  return list
    .split(/[\s,]+/)
    .filter(entry => entry !== '')
    .some(entry => {
      if (entry === '*') return true;
      const [, name = entry, entryPort] = /^(.*?\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? [];
      if (entryPort !== undefined && entryPort !== port) return false;
      const suffix = name.replace(/^\[|\]$/g, '').replace(/^\*?\./, '');
      return host === suffix || (isIP(host) === 0 && host.endsWith(`.${suffix}`));
    });
}

/** Makes connections through an HTTP proxy (CONNECT), with TLS to the far end inside. */
export function throughProxy(proxy: URL, signal: AbortSignal): CreateConnection {
  const createConnection = (options: ConnectionTarget, callback: ConnectionCallback) => {
    const connectOptions = { ...connectRequest(proxy, options), signal };
    const connect = proxy.protocol === 'https:' ? httpsRequest(connectOptions) : httpRequest(connectOptions);
    const fail = (what: string, remedy: string, cause?: unknown) =>
      callback(new ProxyError(`the proxy ${proxy.host} ${what}`, remedy, cause));
    connect.once('connect', (response, socket) => {
      if (response.statusCode === 200) {
        callback(null, tlsConnect({ ...options, path: undefined, socket, servername: serverName(options) }));
        return;
      }
      socket.destroy();
      fail(
        `answered ${response.statusCode} ${response.statusMessage ?? ''}`.trimEnd(),
        response.statusCode === 407
          ? 'Put its user and password into HTTPS_PROXY.'
          : `Let it connect to ${options.host}:${options.port}, or name the host in NO_PROXY.`,
      );
    });
    connect.once('error', error => fail(`cannot be used: ${error.message}`, 'Check HTTPS_PROXY.', error));
    connect.end();
    return undefined;
  };
  return createConnection as unknown as CreateConnection;
}

type ConnectionTarget = ConnectionOptions & { readonly host: string; readonly port: number };

type ConnectionCallback = (error: Error | null, socket?: Socket) => void;

function connectRequest(proxy: URL, { host, port }: ConnectionTarget): RequestOptions {
  const authority = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  const credentials = `${decoded(proxy.username)}:${decoded(proxy.password)}`;
  return {
    method: 'CONNECT',
    host: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
    path: authority,
    headers: {
      host: authority,
      ...(proxy.username === ''
        ? {}
        : { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` }),
    },
  };
}

/** A part of a URL as its author meant it, a stray percent sign included. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function serverName({ host, servername }: ConnectionTarget): string {
  return servername ?? (isIP(host) === 0 ? host : '');
}
