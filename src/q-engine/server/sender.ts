import { compress, type Message } from '../codec/index.ts';
import { QError } from '../values/value.ts';
import type { Connection } from './connection.ts';
import { systemErrorText } from './os-errors.ts';
import type { SocketThread } from './socket-thread.ts';

/** Bytes that may wait for a client that does not read; beyond them it is cut. */
const OUTPUT_LIMIT_BYTES = 256 * 1024 * 1024;
/** The capability from which on a peer understands compressed messages. */
const COMPRESSION_CAPABILITY = 1;

/** Hands messages to the socket thread, and cuts connections whose other side does not read. */
export class Sender {
  readonly #thread: SocketThread;
  readonly #log: (line: string) => void;
  readonly #onCut: (connection: Connection) => void;
  readonly #limitBytes: number;

  /** `onCut` is called, between two evaluations, for each connection that is cut. */
  constructor(
    thread: SocketThread,
    log: (line: string) => void,
    onCut: (connection: Connection) => void,
    limitBytes = OUTPUT_LIMIT_BYTES,
  ) {
    this.#thread = thread;
    this.#log = log;
    this.#onCut = onCut;
    this.#limitBytes = limitBytes;
  }

  /** Sends a message, compressed as kdb+ does to peers on other machines. Signals if the connection is closed. */
  send(connection: Connection, message: Message): void {
    const { id, traffic, peer, capability } = connection;
    refuseClosed(connection);
    const compressible = !peer.local && capability >= COMPRESSION_CAPABILITY;
    const sent = compressible ? compress(message) : message;
    if (traffic.outboundBytes > 0 && traffic.outboundBytes + sent.length > this.#limitBytes) {
      this.#cut(connection);
      return;
    }
    traffic.queued(sent.length);
    this.#thread.send({ kind: 'send', id, message: sent });
  }

  #cut(connection: Connection): void {
    const { id, handle, user, traffic } = connection;
    const waiting = `${traffic.outboundBytes} bytes in ${traffic.outboundMessages} messages wait for it`;
    this.#log(`handle ${handle} (user '${user}') is closed: it does not read, and ${waiting}`);
    connection.state = 'cut';
    this.#thread.send({ kind: 'close', id });
    setImmediate(() => this.#onCut(connection));
  }
}

/** Signals what q does for a handle whose connection is no longer open. */
export function refuseClosed({ state, handle }: Connection): void {
  if (state !== 'open') throw new QError(systemErrorText(`Cannot write to handle ${handle}`, 'EBADF'));
}
