import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { decodeValue } from '../../src/kdb/ipc/decode.ts';
import { encodeError, encodeValue } from '../../src/kdb/ipc/encode.ts';
import { bodyOf, type Frame, FrameReader } from '../../src/kdb/ipc/frames.ts';
import { type MessageType, messageHeader } from '../../src/kdb/ipc/message.ts';
import type { QValue } from '../../src/kdb/ipc/values.ts';
import type { Target } from '../../src/kdb/target.ts';
import { LOCALHOST_CERTIFICATE, LOCALHOST_KEY, TEST_AUTHORITY } from './tls-fixture.ts';
import { Watch } from './watch.ts';

/** What a fake q process does with a request. */
export type Reply =
  | { readonly value: QValue }
  | { readonly signal: string }
  | { readonly bytes: Uint8Array }
  /** Nothing, for now: the test answers later, or never. */
  | 'nothing'
  | 'close';

export interface QRequest {
  readonly type: MessageType;
  readonly value: QValue;
  readonly peer: QPeer;
}

/** What it does with credentials: `capability` 3 unless told otherwise. */
export type Handshake = 'accept' | 'refuse' | 'silence' | { readonly bytes: Uint8Array };

export interface QServerOptions {
  readonly tls?: boolean;
  handshake?(credentials: string, connectionNumber: number): Handshake;
  reply?(request: QRequest): Reply;
}

const MAX_BYTES = 64 * 1024 * 1024;

/** A q process on a loopback port that does what a test tells it to, and nothing by itself. */
export class QServer {
  /** Tells when anything has happened here. */
  readonly watch = new Watch();
  readonly requests: QRequest[] = [];
  /** Credentials of each connection as they came, without the capability. */
  readonly credentials: string[] = [];
  readonly peers: QPeer[] = [];
  reply: (request: QRequest) => Reply;
  handshake: (credentials: string, connectionNumber: number) => Handshake;
  readonly #server: Server;
  readonly #tls: boolean;
  readonly #held: (() => void)[] = [];
  #connections = 0;

  static async listen(options: QServerOptions = {}): Promise<QServer> {
    const server = new QServer(options);
    await new Promise<void>(resolve => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  private constructor({ tls = false, handshake = () => 'accept', reply = () => 'nothing' }: QServerOptions) {
    this.#tls = tls;
    this.handshake = handshake;
    this.reply = reply;
    const accept = (socket: Socket): void => this.#accept(socket);
    this.#server = tls
      ? createTlsServer({ key: LOCALHOST_KEY, cert: LOCALHOST_CERTIFICATE }, accept)
      : createServer({ noDelay: true }, accept);
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /** Where a client connects to. */
  target(changes: Partial<Target> = {}): Target {
    const { port } = this;
    if (!this.#tls) return { host: '127.0.0.1', port, user: '', password: '', ...changes };
    return { host: 'localhost', port, user: '', password: '', tls: { ca: TEST_AUTHORITY }, ...changes };
  }

  /** The sockets that are open now. */
  get openPeers(): QPeer[] {
    return this.peers.filter(peer => !peer.socket.destroyed);
  }

  /** Accepts the credentials that were met with silence so far. */
  breakSilence(): void {
    for (const accept of this.#held.splice(0)) accept();
  }

  async close(): Promise<void> {
    for (const peer of this.peers) peer.socket.destroy();
    await new Promise(resolve => this.#server.close(resolve));
  }

  #accept(socket: Socket): void {
    const connectionNumber = ++this.#connections;
    socket.on('error', () => {});
    let received = Buffer.alloc(0);
    const onCredentials = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk]);
      const end = received.indexOf(0);
      if (end < 0) return;
      socket.off('data', onCredentials);
      const credentials = received.toString('utf8', 0, end - 1);
      this.credentials.push(credentials);
      const handshake = this.handshake(credentials, connectionNumber);
      if (handshake === 'refuse') socket.destroy();
      else if (handshake === 'silence') this.#held.push(() => this.#serve(socket, Buffer.from([3])));
      else this.#serve(socket, handshake === 'accept' ? Buffer.from([3]) : handshake.bytes);
      this.watch.changed();
    };
    socket.on('data', onCredentials);
  }

  #serve(socket: Socket, greeting: Uint8Array): void {
    const peer = new QPeer(socket);
    this.peers.push(peer);
    const frames = new FrameReader(MAX_BYTES);
    socket.on('data', chunk => frames.push(chunk, frame => this.#received(peer, frame)));
    socket.on('close', () => this.watch.changed());
    socket.write(greeting);
  }

  #received(peer: QPeer, frame: Frame): void {
    const request = { type: frame.type, value: decodeOrText(frame), peer };
    this.requests.push(request);
    const reply = this.reply(request);
    if (frame.type === 'sync') peer.answer(reply);
    else if (reply === 'close') peer.socket.destroy();
    this.watch.changed();
  }
}

/** One connection, from the q process's side. */
export class QPeer {
  readonly socket: Socket;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  answer(reply: Reply): void {
    if (reply === 'close') this.socket.destroy();
    else if (reply !== 'nothing') this.socket.write('bytes' in reply ? reply.bytes : answerBytes(reply));
  }

  /** A message of the process's own accord. */
  send(type: MessageType, value: QValue): void {
    this.socket.write(messageBytes(type, encodeValue(value)));
  }
}

export function answerBytes(reply: { readonly value: QValue } | { readonly signal: string }): Buffer {
  return messageBytes('response', 'value' in reply ? encodeValue(reply.value) : encodeError(reply.signal));
}

export function messageBytes(type: MessageType, body: Uint8Array): Buffer {
  return Buffer.concat([messageHeader(type, body.length), body]);
}

function decodeOrText(frame: Frame): QValue {
  try {
    return decodeValue(bodyOf(frame, MAX_BYTES));
  } catch (error) {
    return { kind: 'atom', type: 'symbol', value: String(error) };
  }
}
