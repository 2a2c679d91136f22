import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { AUTHENTICATED, acknowledgement, statusFrame, WELCOME } from './fake-sockets.ts';
import { LOCALHOST_CERTIFICATE, LOCALHOST_KEY } from './tls-fixture.ts';

/** How the server departs from what Massive does for a good client. */
export interface ServerScript {
  /** What auth is answered with, instead of success. */
  readonly authAnswer?: object[];
  /** The pairs, of those asked for, that are acknowledged; all by default. */
  readonly acknowledged?: (pairs: readonly string[]) => readonly string[];
  /** At most this many connections: an older one is closed when another has authenticated. */
  readonly maxConnections?: number;
  readonly autoPong?: boolean;
  readonly tls?: boolean;
  /** Loopback address to bind. */
  readonly host?: string;
}

/** One client of the server. */
export class ServerConnection {
  readonly request: IncomingMessage;
  readonly messages: string[] = [];
  readonly pairs = new Set<string>();
  /** Resolves with the closing code. */
  readonly closed: Promise<number>;
  /** Resolves when the first subscribe message was answered. */
  readonly subscribed: Promise<void>;
  answered = () => {};
  authenticated = false;
  readonly #socket: WebSocket;

  constructor(socket: WebSocket, request: IncomingMessage) {
    this.#socket = socket;
    this.request = request;
    this.closed = once(socket, 'close').then(([code]) => code as number);
    this.subscribed = new Promise(resolve => {
      this.answered = resolve;
    });
  }

  send(events: object): void {
    this.#socket.send(JSON.stringify(events));
  }

  sendBytes(bytes: Uint8Array): void {
    this.#socket.send(bytes, { binary: false });
  }

  close(code: number, reason = ''): void {
    this.#socket.close(code, reason);
  }

  /** Ends the TCP connection without a closing handshake. */
  drop(): void {
    this.#socket.terminate();
  }
}

/** Massive's side of the stream on this machine, for tests of the session; a script makes it misbehave. */
export class MassiveServer {
  readonly connections: ServerConnection[] = [];
  readonly #script: ServerScript;
  readonly #server: Server;
  readonly #webSockets: WebSocketServer;
  readonly #waiting: (() => void)[] = [];

  private constructor(script: ServerScript) {
    this.#script = script;
    this.#server = script.tls
      ? createTlsServer({ cert: LOCALHOST_CERTIFICATE, key: LOCALHOST_KEY })
      : createServer();
    this.#webSockets = new WebSocketServer({
      server: this.#server,
      autoPong: script.autoPong ?? true,
      // Massive takes no message beyond 1 MB, and would compress if it were asked to.
      maxPayload: 1_000_000,
      perMessageDeflate: true,
    });
    this.#webSockets.on('connection', (socket, request) => this.#serve(socket, request));
  }

  static async start(script: ServerScript = {}): Promise<MassiveServer> {
    const server = new MassiveServer(script);
    server.#server.listen(0, script.host ?? '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    const { family, address } = this.#server.address() as AddressInfo;
    const host = this.#script.tls ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
    return `${this.#script.tls ? 'wss' : 'ws'}://${host}:${this.port}/stocks`;
  }

  /** The client that came as number `index`, once it is there. */
  async connection(index: number): Promise<ServerConnection> {
    while (this.connections.length <= index) await new Promise<void>(resolve => this.#waiting.push(resolve));
    return this.connections[index]!;
  }

  async stop(): Promise<void> {
    for (const connection of this.connections) connection.drop();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(socket: WebSocket, request: IncomingMessage): void {
    const connection = new ServerConnection(socket, request);
    this.connections.push(connection);
    for (const resolve of this.#waiting.splice(0)) resolve();
    connection.send(WELCOME);
    socket.on('message', data => {
      const text = String(data);
      connection.messages.push(text);
      const { action, params } = JSON.parse(text) as { action: string; params: string };
      if (action === 'auth') this.#authenticate(connection);
      if (action === 'subscribe') this.#subscribe(connection, params.split(','));
    });
  }

  #authenticate(connection: ServerConnection): void {
    if (this.#script.authAnswer) {
      connection.send(this.#script.authAnswer);
      connection.drop();
      return;
    }
    connection.authenticated = true;
    connection.send(AUTHENTICATED);
    const others = this.connections.filter(other => other.authenticated && other !== connection);
    if (others.length < (this.#script.maxConnections ?? Number.POSITIVE_INFINITY)) return;
    const oldest = others[0]!;
    oldest.authenticated = false;
    oldest.send(statusFrame('max_connections', 'Maximum number of websocket connections exceeded. '));
    oldest.close(1008);
  }

  #subscribe(connection: ServerConnection, pairs: readonly string[]): void {
    const fresh = pairs.filter(pair => !connection.pairs.has(pair));
    for (const pair of fresh) connection.pairs.add(pair);
    const answered = this.#script.acknowledged?.(fresh) ?? fresh;
    if (answered.length < fresh.length) connection.send(statusFrame('error', 'not authorized'));
    if (answered.length > 0) connection.send(acknowledgement(...answered));
    connection.answered();
  }
}
