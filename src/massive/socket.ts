import { rootCertificates } from 'node:tls';
import { WebSocket } from 'ws';
import { proxyFor, throughProxy } from './proxy.ts';

/** Far above what Massive sends in one message, far below what would hurt. */
const MAX_FRAME_BYTES = 16 * 1024 * 1024;

/** A WebSocket as the session uses it. */
export interface FeedSocket {
  send(text: string): void;
  ping(): void;
  /** Starts the closing handshake; `closed` follows when the peer answers. */
  close(): void;
}

export interface SocketListener {
  opened(): void;
  /** A whole message. The buffer is not valid afterwards. */
  frame(bytes: Uint8Array): void;
  pong(): void;
  /** The end, once: code 1006 without a closing handshake; `error` is what went wrong, as far as known. */
  closed(code: number, reason: string, error: Error | undefined): void;
}

export interface SocketAddress {
  /** A ws:// or wss:// URL. */
  readonly url: string;
  /** Certificates (PEM) of a private authority, trusted beside the public ones. */
  readonly ca?: string;
}

/**
 * Opens a WebSocket. The listener is not called before this has returned. When `signal` is aborted, the socket is
 * destroyed without a handshake, at whatever stage it is.
 */
export type OpenSocket = (
  address: SocketAddress,
  listener: SocketListener,
  signal: AbortSignal,
) => FeedSocket;

/** Real sockets, through the proxy that HTTPS_PROXY and NO_PROXY in `environment` ask for. */
export function wsOpenSocket(environment: Readonly<NodeJS.ProcessEnv> = process.env): OpenSocket {
  return (address, listener, signal) => {
    const proxy = proxyFor(address.url, environment);
    const socket = new WebSocket(address.url, {
      perMessageDeflate: false,
      maxPayload: MAX_FRAME_BYTES,
      // A broken character costs its frame; closing the connection for it would cost all that follow.
      skipUTF8Validation: true,
      ...(address.ca === undefined ? {} : { ca: [...rootCertificates, address.ca] }),
      ...(proxy === undefined ? {} : { createConnection: throughProxy(proxy, signal) }),
    });
    let failure: Error | undefined;
    socket.on('open', () => listener.opened());
    socket.on('message', data => listener.frame(data as Buffer));
    socket.on('pong', () => listener.pong());
    socket.on('error', error => {
      failure = error;
    });
    socket.on('close', (code, reason) => listener.closed(code, reason.toString(), failure));
    signal.addEventListener('abort', () => socket.terminate(), { once: true });
    return {
      send: text => socket.send(text),
      ping: () => socket.ping(),
      close: () => socket.close(1000),
    };
  };
}
