import { isIP, type Socket, connect as tcpConnect } from 'node:net';
import { checkServerIdentity, type PeerCertificate, type TLSSocket, connect as tlsConnect } from 'node:tls';
import { messageOf } from '../../base/errors.ts';
import { proxyFor, throughProxy } from '../proxy.ts';

/** What stands between this machine and a host that is to be spoken to by a ws:// or wss:// address. */
export type Reached =
  /** Without TLS, as it is allowed on this machine only. */
  | { readonly kind: 'plain' }
  /** The certificate is the host's, and of an authority that is trusted. */
  | { readonly kind: 'trusted'; readonly protocol: string }
  /** The certificate is somebody else's. */
  | { readonly kind: 'other-name'; readonly subject: string }
  /** The host's, but of an authority that is not trusted, or out of date: `code` is that of Node. */
  | { readonly kind: 'untrusted'; readonly code: string; readonly issuer: string }
  /** Something answers that does not speak TLS. */
  | { readonly kind: 'no-tls'; readonly code: string }
  | { readonly kind: 'unreachable'; readonly problem: string };

export interface TlsProbeOptions {
  /** Where the proxy variables are. */
  readonly environment: Readonly<NodeJS.ProcessEnv>;
  /** Ends it; it is `unreachable` then. */
  readonly signal: AbortSignal;
}

/**
 * Connects as far as TLS, through the proxy that the environment names, and says what the certificate is. Nothing is
 * sent afterwards. Authorities are those of Node, with NODE_EXTRA_CA_CERTS.
 *
 * @throws ProxyError where the variable holds no address
 */
export async function probeTls(address: string, options: TlsProbeOptions): Promise<Reached> {
  const url = new URL(address);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const secure = url.protocol === 'wss:';
  const port = Number(url.port || (secure ? 443 : 80));
  let socket: Socket | undefined;
  try {
    if (!secure) {
      socket = await connected(tcpConnect({ host, port }), 'connect', options.signal);
      return { kind: 'plain' };
    }
    const handshake = await startTls(address, host, port, options);
    socket = handshake;
    await connected(handshake, 'secureConnect', options.signal);
    return judged(handshake, host);
  } catch (error) {
    return failureOf(error);
  } finally {
    socket?.destroy();
  }
}

/** A connection on which TLS has begun. Every certificate is let through: it is judged afterwards. */
async function startTls(
  address: string,
  host: string,
  port: number,
  { environment, signal }: TlsProbeOptions,
): Promise<TLSSocket> {
  const tls = { host, port, servername: isIP(host) === 0 ? host : '', rejectUnauthorized: false };
  const proxy = proxyFor(address, environment);
  if (proxy === undefined) return tlsConnect(tls);
  const open = throughProxy(proxy, signal) as unknown as (
    target: typeof tls,
    done: (error: Error | null, socket?: Socket) => void,
  ) => void;
  return new Promise((resolve, reject) => {
    open(tls, (error, socket) => (error ? reject(error) : resolve(socket as TLSSocket)));
  });
}

function connected<S extends Socket>(
  socket: S,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
): Promise<S> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      socket.destroy();
      reject(signal.reason);
    };
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    socket.once(event, () => resolve(socket));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the connection was closed before it was open')));
  });
}

/** A certificate of somebody else is often one that nobody trusts as well: its name is what matters then. */
function judged(socket: TLSSocket, host: string): Reached {
  if (socket.authorized) return { kind: 'trusted', protocol: socket.getProtocol() ?? 'TLS' };
  const certificate = socket.getPeerCertificate();
  if (checkServerIdentity(host, certificate) !== undefined)
    return { kind: 'other-name', subject: nameIn(certificate.subject) };
  return {
    kind: 'untrusted',
    // Node's types say Error, its documentation and its code a text.
    code: String(socket.authorizationError),
    issuer: nameIn(certificate.issuer),
  };
}

function nameIn(names: PeerCertificate['subject'] | undefined): string {
  return String(names?.CN ?? names?.O ?? 'nobody');
}

/** What a server that speaks no TLS makes of a handshake. */
const NO_TLS_CODES: readonly string[] = [
  'EPROTO',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
];

function failureOf(error: unknown): Reached {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? '';
  if (NO_TLS_CODES.includes(code)) return { kind: 'no-tls', code };
  if ((error as Error | undefined)?.name === 'TimeoutError') {
    return { kind: 'unreachable', problem: 'no connection, or no TLS handshake on it, in time' };
  }
  return { kind: 'unreachable', problem: messageOf(error) || code };
}
