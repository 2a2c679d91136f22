import {
  decodeMessage,
  encodeError,
  encodeMessage,
  type FunctionReader,
  type Message,
  MessageKind,
} from '../codec/index.ts';
import { QError, type Value } from '../values/value.ts';
import type { Address, ListenAddress } from './address.ts';
import type { Connection } from './connection.ts';
import type { HandleTable, OpenHandle } from './handle-table.ts';
import { systemErrorText } from './os-errors.ts';
import { refuseClosed, Sender } from './sender.ts';
import { type Blocking, SocketThread } from './socket-thread.ts';
import type { ConnectFailure, ConnectionId, SocketEvent } from './thread-protocol.ts';
import { Traffic } from './traffic.ts';

/** What q programs decide about connections; errors that they signal are caught here. */
export interface ConnectionHandlers {
  /** .z.pw, after the password file. */
  authorise(connection: Connection, user: string, password: string): boolean;
  /** .z.po */
  opened(connection: Connection): void;
  /** .z.pc; the connection is closed and its handle free. */
  closed(handle: number): void;
  /** .z.pg: the answer to a request; undefined puts the answer off. */
  answer(connection: Connection, message: Value): Value | undefined;
  /** .z.ps */
  perform(connection: Connection, message: Value): void;
  /** .z.bm */
  malformed(connection: Connection, bytes: Uint8Array): void;
}

export interface ConnectionOptions {
  readonly handles: HandleTable<OpenHandle>;
  readonly handlers: ConnectionHandlers;
  readonly functions: FunctionReader;
  /** Anything thrown as q's error, such as `stack` for a value too deep to send. */
  readonly toError: (thrown: unknown) => QError;
  /** One line for the operator. */
  readonly log: (line: string) => void;
  /** Runs what blocks until another process answers. */
  readonly whileBlocking?: Blocking;
  readonly outputLimitBytes?: number;
}

/**
 * The connections of the process: the interpreter's side of the socket thread. Messages are taken between two
 * evaluations, in the order in which they came; while q code waits for an answer, only those of that handle.
 */
export class Connections {
  readonly #options: ConnectionOptions;
  readonly #byId = new Map<ConnectionId, Connection>();
  readonly #sender: Sender;
  readonly #thread: SocketThread;
  #nextOpenedId = 1;
  #port = 0;
  #callers: Connection[] = [];
  #taking = false;

  static async start(options: ConnectionOptions): Promise<Connections> {
    let connections: Connections | undefined;
    const thread = await SocketThread.start(
      () => connections?.takeEvents(),
      options.whileBlocking ?? (block => block()),
    );
    connections = new Connections(thread, options);
    return connections;
  }

  private constructor(thread: SocketThread, options: ConnectionOptions) {
    this.#thread = thread;
    this.#options = options;
    this.#sender = new Sender(
      thread,
      options.log,
      connection => this.#lost(connection),
      options.outputLimitBytes,
    );
  }

  /** The port on which clients are accepted; 0 if none are. */
  get port(): number {
    return this.#port;
  }

  /** The connection whose message or event is being handled; undefined for the console, a timer or a script. */
  get caller(): Connection | undefined {
    return this.#callers.at(-1);
  }

  get open(): Connection[] {
    return [...this.#byId.values()]
      .filter(({ state }) => state === 'open')
      .sort((a, b) => a.handle - b.handle);
  }

  /** Listens, on loopback unless the address names a host. Signals the port that is taken. */
  listen({ host = '127.0.0.1', ports }: ListenAddress): void {
    this.#thread.send({ kind: 'listen', host, ports });
    const event = this.#thread.next(({ kind }) => kind === 'listening' || kind === 'listenFailed');
    if (event.kind === 'listenFailed') throw new QError(systemErrorText(`${ports.join('/')}`, event.reason));
    if (event.kind === 'listening') this.#port = event.port;
    this.#keepAlive();
  }

  stopListening(): void {
    this.#thread.send({ kind: 'stopListening' });
    this.#thread.next(({ kind }) => kind === 'stoppedListening');
    this.#port = 0;
    this.#keepAlive();
  }

  /** Connects and blocks until the other side has accepted. Signals `hop`, `access` or `timeout`. */
  connect({ endpoint, credentials, timeoutMs }: Address & { kind: 'process' }): number {
    const id = this.#nextOpenedId;
    this.#nextOpenedId += 2;
    const traffic = new Traffic();
    this.#thread.send({ kind: 'connect', id, endpoint, credentials, timeoutMs, traffic: traffic.shared });
    const event = this.#thread.next(
      ({ kind, ...rest }) =>
        (kind === 'connected' || kind === 'connectFailed') && 'id' in rest && rest.id === id,
    );
    if (event.kind === 'connectFailed') throw new QError(failureText(event.reason));
    const { capability, peer } = event as SocketEvent & { kind: 'connected' };
    return this.#register({ id, user: '', peer, capability, traffic });
  }

  /** Sends without waiting. */
  sendAsync(connection: Connection, message: Value): void {
    this.#sender.send(connection, encodeMessage(message, MessageKind.async));
  }

  /** One message to several connections, encoded once. */
  broadcast(receivers: readonly Connection[], message: Value): void {
    const encoded = encodeMessage(message, MessageKind.async);
    for (const receiver of receivers) this.#sender.send(receiver, encoded.slice());
  }

  /**
   * Sends a request and blocks until its answer is there. Other messages that arrive on the handle meanwhile are
   * handled, those on other handles wait. Signals the error that the other side answers.
   */
  request(connection: Connection, message: Value): Value {
    // From before it is sent: whoever sees the request may end this process, which then waits for ever.
    return this.#thread.blocking(() => {
      this.#sender.send(connection, encodeMessage(message, MessageKind.sync));
      for (;;) {
        const received = this.#nextMessage(connection);
        if (received[1] === MessageKind.response) return this.#decodeAnswer(connection, received);
        this.#handle(connection, received);
      }
    });
  }

  /** Blocks until an asynchronous message arrives on the handle, and returns it without evaluating it. */
  receiveAsync(connection: Connection): Value {
    for (;;) {
      const received = this.#nextMessage(connection);
      if (received[1] === MessageKind.async) return this.#decodeAnswer(connection, received);
      this.#handle(connection, received);
    }
  }

  /** Blocks until the operating system has taken all output of the handle. */
  flush(connection: Connection): void {
    connection.traffic.waitUntilDrained();
  }

  /** Answers a request that was put off. Signals if the connection waits for none. */
  answerDeferred(connection: Connection, answer: Value | { readonly error: string }): void {
    if (connection.deferredAnswers === 0) {
      throw new QError(`Handle ${connection.handle} was not expecting a response msg`);
    }
    connection.deferredAnswers--;
    const isError = 'error' in answer;
    this.#sender.send(
      connection,
      isError ? encodeError(answer.error, MessageKind.response) : encodeMessage(answer, MessageKind.response),
    );
  }

  /** Closes at once, without .z.pc. */
  close(connection: Connection): void {
    this.#thread.send({ kind: 'close', id: connection.id });
    this.#forget(connection);
  }

  /** Takes what has arrived, unless an evaluation is taking it already. */
  takeEvents(): void {
    if (this.#taking) return;
    this.#taking = true;
    try {
      for (let event = this.#thread.poll(); event !== undefined; event = this.#thread.poll())
        this.#take(event);
    } finally {
      this.#taking = false;
    }
  }

  /** Lets what was sent leave, within a limit, and ends the socket thread. */
  shutDown(limitMs: number): void {
    this.#thread.send({ kind: 'shutDown', limitMs });
    this.#thread.next(({ kind }) => kind === 'shutDown');
  }

  stop(): Promise<void> {
    return this.#thread.stop();
  }

  #take(event: SocketEvent): void {
    if (event.kind === 'hello') {
      this.#greet(event);
      return;
    }
    const connection = 'id' in event ? this.#byId.get(event.id) : undefined;
    if (connection === undefined) return;
    if (event.kind === 'message') this.#handle(connection, this.#taken(connection, event.message));
    else if (event.kind === 'malformed') this.#reject(connection, event.bytes);
    else if (event.kind === 'closed') this.#lost(connection);
  }

  #greet(event: SocketEvent & { kind: 'hello' }): void {
    const { id, user, password, capability, peer } = event;
    const traffic = new Traffic(event.traffic);
    const handle = this.#register({ id, user, peer, capability, traffic });
    const connection = this.#byId.get(id)!;
    const accepted = this.#as(connection, () => this.#options.handlers.authorise(connection, user, password));
    if (!accepted) {
      this.close(connection);
      return;
    }
    this.#thread.send({ kind: 'admit', id, capability });
    if (this.#options.handles.get(handle) === connection) {
      this.#as(connection, () => this.#options.handlers.opened(connection));
    }
  }

  #handle(connection: Connection, message: Message): void {
    let decoded: ReturnType<typeof decodeMessage>;
    try {
      decoded = decodeMessage(message, this.#options.functions);
    } catch (thrown) {
      const error = this.#options.toError(thrown);
      if (error.message === 'badmsg') this.#reject(connection, message);
      else this.#refuse(connection, message, error);
      return;
    }
    // An answer that nobody waits for has nowhere to go.
    if (decoded.kind === MessageKind.response || 'error' in decoded) return;
    const { kind, value } = decoded;
    this.#as(connection, () => {
      if (kind === MessageKind.async) this.#options.handlers.perform(connection, value);
      else this.#answer(connection, value);
    });
  }

  #answer(connection: Connection, message: Value): void {
    let answer: Message | undefined;
    try {
      const value = this.#options.handlers.answer(connection, message);
      if (value !== undefined) answer = encodeMessage(value, MessageKind.response);
    } catch (thrown) {
      answer = encodeError(this.#options.toError(thrown).message, MessageKind.response);
    }
    if (answer === undefined) connection.deferredAnswers++;
    else if (connection.state === 'open') this.#sender.send(connection, answer);
  }

  /** A message that is well formed but holds what this engine cannot make. */
  #refuse(connection: Connection, message: Message, error: QError): void {
    if (message[1] === MessageKind.sync)
      this.#sender.send(connection, encodeError(error.message, MessageKind.response));
    else this.#options.log(`'${error.message} in a message on handle ${connection.handle}`);
  }

  #reject(connection: Connection, bytes: Uint8Array): void {
    this.#as(connection, () => this.#options.handlers.malformed(connection, bytes));
    this.#options.log(`'badmsg`);
    this.#thread.send({ kind: 'close', id: connection.id });
    this.#lost(connection);
  }

  #lost(connection: Connection): void {
    const { handle } = connection;
    if (this.#byId.get(connection.id) !== connection) return;
    this.#forget(connection);
    this.#options.handlers.closed(handle);
  }

  #decodeAnswer(connection: Connection, message: Message): Value {
    let decoded: ReturnType<typeof decodeMessage>;
    try {
      decoded = decodeMessage(message, this.#options.functions);
    } catch (error) {
      if (error instanceof QError && error.message === 'badmsg') this.#reject(connection, message);
      throw error;
    }
    if ('error' in decoded) throw new QError(decoded.error);
    return decoded.value;
  }

  #nextMessage(connection: Connection): Message {
    const { id, handle } = connection;
    refuseClosed(connection);
    const event = this.#thread.next(candidate => 'id' in candidate && candidate.id === id);
    if (event.kind === 'message') return this.#taken(connection, event.message);
    if (event.kind === 'malformed') {
      this.#reject(connection, event.bytes);
      throw new QError('badmsg');
    }
    connection.state = 'closed';
    setImmediate(() => this.#lost(connection));
    throw new QError(systemErrorText(`rcv handle: ${handle}`, 'ECONNRESET'));
  }

  #taken(connection: Connection, message: Message): Message {
    const { traffic, id } = connection;
    traffic.taken(message.length);
    if (traffic.readingPaused && traffic.inboundBytes === 0) this.#thread.send({ kind: 'resume', id });
    return message;
  }

  #register(known: Pick<Connection, 'id' | 'user' | 'peer' | 'capability' | 'traffic'>): number {
    const connection: Connection = {
      kind: 'connection',
      ...known,
      handle: 0,
      state: 'open',
      deferredAnswers: 0,
    };
    connection.handle = this.#options.handles.add(connection);
    this.#byId.set(known.id, connection);
    this.#keepAlive();
    return connection.handle;
  }

  #forget(connection: Connection): void {
    connection.state = 'closed';
    this.#byId.delete(connection.id);
    this.#options.handles.remove(connection.handle);
    this.#keepAlive();
  }

  /** Sockets keep the process from ending. */
  #keepAlive(): void {
    this.#thread.keepAlive(this.#port > 0 || this.#byId.size > 0);
  }

  #as<T>(connection: Connection, evaluate: () => T): T {
    this.#callers.push(connection);
    try {
      return evaluate();
    } finally {
      this.#callers.pop();
    }
  }
}

function failureText(failure: ConnectFailure): string {
  return failure.kind === 'system' ? systemErrorText('hop', failure.code) : failure.kind;
}
