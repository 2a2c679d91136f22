import type { Socket } from 'node:net';
import type { Message } from '../codec/message.ts';
import { MessageAssembler } from './framing.ts';
import { decodeHandshake, MAX_HANDSHAKE_BYTES } from './handshake.ts';
import type { ConnectionId, Peer, SocketEvent } from './thread-protocol.ts';
import { Traffic } from './traffic.ts';

/** Bytes of whole messages that may wait for the interpreter before this connection is read no further. */
const INBOUND_LIMIT_BYTES = 64 * 1024 * 1024;
/** A client that has not said who it is by then is cut. */
const HANDSHAKE_LIMIT_MS = 10_000;

type Phase = 'handshake' | 'authorising' | 'open' | 'closed';

/** One socket in the socket thread: bytes in, events out. */
export class ThreadConnection {
  readonly id: ConnectionId;
  readonly traffic: Traffic;
  readonly #socket: Socket;
  readonly #emit: (event: SocketEvent, transfer?: ArrayBuffer[]) => void;
  readonly #assembler = new MessageAssembler();
  #greeting: Buffer = Buffer.alloc(0);
  #phase: Phase;

  /** A connection that a client opened: its handshake comes first. */
  static accepted(id: ConnectionId, socket: Socket, emit: (event: SocketEvent) => void): ThreadConnection {
    const connection = new ThreadConnection(id, socket, new Traffic(), 'handshake', emit);
    socket.setTimeout(HANDSHAKE_LIMIT_MS, () => connection.close());
    return connection;
  }

  /** A connection that this process opened and that the other side has accepted. */
  static opened(
    id: ConnectionId,
    socket: Socket,
    traffic: Traffic,
    emit: (event: SocketEvent) => void,
  ): ThreadConnection {
    const connection = new ThreadConnection(id, socket, traffic, 'open', emit);
    socket.resume();
    return connection;
  }

  private constructor(
    id: ConnectionId,
    socket: Socket,
    traffic: Traffic,
    phase: Phase,
    emit: (event: SocketEvent, transfer?: ArrayBuffer[]) => void,
  ) {
    this.id = id;
    this.traffic = traffic;
    this.#socket = socket;
    this.#phase = phase;
    this.#emit = emit;
    socket.setNoDelay(true);
    socket.on('data', chunk => this.#receive(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#ended());
  }

  /** The interpreter accepts the client. */
  admit(capability: number): void {
    if (this.#phase !== 'authorising') return;
    this.#phase = 'open';
    this.#socket.write(Uint8Array.of(capability));
    this.#receiveMessages(this.#greeting);
    this.#socket.resume();
  }

  send(message: Message): void {
    if (this.#phase === 'closed') return;
    this.#socket.write(message, () => this.traffic.written(message.length));
  }

  /** The interpreter has caught up. */
  resume(): void {
    this.traffic.readingPaused = false;
    if (this.#phase === 'open') this.#socket.resume();
  }

  /** Closes at once; what is not written yet is lost, as with q's hclose. */
  close(): void {
    this.#socket.destroy();
  }

  /** Closes when what was sent has been written. */
  finish(): Promise<void> {
    if (this.#socket.destroyed) return Promise.resolve();
    return new Promise(resolve => {
      this.#socket.once('close', () => resolve());
      this.#socket.end(() => this.#socket.destroy());
    });
  }

  #receive(chunk: Buffer): void {
    if (this.#phase === 'open') this.#receiveMessages(chunk);
    else if (this.#phase === 'handshake') this.#receiveGreeting(chunk);
  }

  #receiveGreeting(chunk: Buffer): void {
    const greeting = Buffer.concat([this.#greeting, chunk]);
    const end = greeting.indexOf(0);
    const isTalk = greeting.length > MAX_HANDSHAKE_BYTES || greeting.includes('\n');
    const handshake = end < 0 ? undefined : decodeHandshake(greeting.subarray(0, end));
    if (handshake === undefined) {
      if (end >= 0 || isTalk) this.close();
      else this.#greeting = greeting;
      return;
    }
    this.#phase = 'authorising';
    // A client may send its first message without waiting for the answer.
    this.#greeting = greeting.subarray(end + 1);
    this.#socket.setTimeout(0);
    this.#socket.pause();
    this.#emit({
      kind: 'hello',
      id: this.id,
      ...handshake,
      peer: peerOf(this.#socket),
      traffic: this.traffic.shared,
    });
  }

  #receiveMessages(chunk: Buffer): void {
    const messages = this.#assembler.push(chunk);
    if (messages === 'malformed') {
      this.#emit({ kind: 'malformed', id: this.id, bytes: Uint8Array.from(chunk) });
      this.close();
      return;
    }
    for (const message of messages) {
      this.traffic.received(message.length);
      this.#emit({ kind: 'message', id: this.id, message }, [message.buffer]);
    }
    if (this.traffic.inboundBytes > INBOUND_LIMIT_BYTES && !this.traffic.readingPaused) {
      this.traffic.readingPaused = true;
      this.#socket.pause();
      // The interpreter may have caught up before it could see the pause.
      if (this.traffic.inboundBytes === 0) this.resume();
    }
  }

  #ended(): void {
    const known = this.#phase === 'open' || this.#phase === 'authorising';
    this.#phase = 'closed';
    this.traffic.abandonOutput();
    if (known) this.#emit({ kind: 'closed', id: this.id });
  }
}

/** Who is at the other end of a socket. */
export function peerOf(socket: Socket): Peer {
  const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const parts = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address)?.slice(1).map(Number);
  const number = parts === undefined ? 0 : parts.reduce((sum, part) => sum * 256 + part, 0);
  const local = address === '::1' || address.startsWith('127.') || address === socket.localAddress;
  return { address: number, local };
}
