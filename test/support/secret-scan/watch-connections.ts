import { ServerResponse } from 'node:http';
import { type AddressInfo, type Server, Socket } from 'node:net';
import type { SecretScanner } from './scanner.ts';

/**
 * Ports of servers that stand for somebody else's, and may say what they were told. Mocha loads its hooks apart from the
 * tests, so that this module is there twice; its set is there once.
 */
const shared = globalThis as { foreignPorts?: Set<number> };
shared.foreignPorts ??= new Set();
const foreign = shared.foreignPorts;

/** What this server says, while it listens, is not the program's own word, as where a made-up Massive repeats the key. */
export function isForeign(server: Server): void {
  let port: number;
  server.on('listening', () => {
    port = (server.address() as AddressInfo).port;
    foreign.add(port);
  });
  server.on('close', () => foreign.delete(port));
}

/** Everything that this process is served by others, and what servers in it serve over HTTP. */
export function watchConnections(scanner: SecretScanner): void {
  watchReceived(scanner);
  watchServed(scanner);
}

/** Of sockets that this process has opened: those that it accepted are told secrets by who must tell them. */
function watchReceived(scanner: SecretScanner): void {
  const looks = new WeakMap<Socket, { readonly port: number; readonly look: (piece: Buffer) => void }>();
  const { connect, push } = Socket.prototype;
  Socket.prototype.connect = function (this: Socket, ...given: unknown[]) {
    const { port, name } = addressIn(given);
    looks.set(this, { port, look: scanner.stream('received', `what ${name} answered`) });
    return (connect as (...all: unknown[]) => Socket).apply(this, given);
  } as typeof connect;
  Socket.prototype.push = function (this: Socket, chunk: unknown, encoding?: BufferEncoding) {
    const opened = looks.get(this);
    if (opened && Buffer.isBuffer(chunk) && !foreign.has(opened.port)) opened.look(chunk);
    return push.call(this, chunk, encoding);
  };
}

/** What a socket is told to connect to: a port, a path, or options with one of them; Node's own calls wrap them. */
function addressIn(given: readonly unknown[]): { readonly port: number; readonly name: string } {
  const [first] = Array.isArray(given[0]) ? given[0] : given;
  if (typeof first !== 'object' || first === null)
    return { port: Number(first), name: `port ${String(first)}` };
  const { path, host, port } = first as {
    readonly path?: string;
    readonly host?: string;
    readonly port?: number;
  };
  if (port === undefined) return { port: 0, name: `the socket ${path}` };
  return { port: Number(port), name: `${host ?? 'localhost'}:${port}` };
}

function watchServed(scanner: SecretScanner): void {
  const { write, end } = ServerResponse.prototype;
  const look = (response: ServerResponse, chunk: unknown): void => {
    if (foreign.has(response.socket?.localPort ?? 0)) return;
    if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return;
    const { method, url } = response.req;
    scanner.scan('served', `what ${method} ${url} was answered`, Buffer.from(chunk as string));
  };
  ServerResponse.prototype.write = function (this: ServerResponse, ...given: unknown[]) {
    look(this, given[0]);
    return (write as (...all: unknown[]) => boolean).apply(this, given);
  } as typeof write;
  ServerResponse.prototype.end = function (this: ServerResponse, ...given: unknown[]) {
    look(this, given[0]);
    return (end as (...all: unknown[]) => ServerResponse).apply(this, given);
  } as typeof end;
}
