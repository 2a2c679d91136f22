import { Socket } from 'node:net';
import nodeQ, { type Connection as NodeQConnection } from 'node-q';
import type { Target } from '../target.ts';

/** node-q's connection, and the socket under it. */
export type NodeQResult = { readonly error: unknown } | { readonly connection: NodeQConnection };

/**
 * Lets node-q connect and authenticate, and returns its socket at once. node-q itself gives the socket away only
 * when it believes to be authenticated, without a timeout, and swallows what the peer says instead of an answer; the
 * caller listens to the socket from its first event on and judges for itself. `done` is called when node-q is,
 * perhaps more than once.
 */
export function connectNodeQ(target: Target, done: (result: NodeQResult) => void): Socket {
  return socketConnectedBy(() =>
    nodeQ.connect(
      {
        host: target.host,
        port: target.port,
        user: latin1Of(target.user),
        password: latin1Of(target.password),
        socketNoDelay: true,
        // Both as they are on the wire: no rounding to milliseconds, no turning of tables.
        nanos2date: false,
        flipTables: false,
        useTLS: target.tls !== undefined,
        ...(target.tls?.ca === undefined ? {} : { ca: Buffer.from(target.tls.ca) }),
      },
      (error, connection) => done(connection ? { connection } : { error }),
    ),
  );
}

/** node-q writes one byte per character; q compares bytes of UTF-8. */
function latin1Of(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** The socket that `open`, a synchronous call, connects. */
function socketConnectedBy(open: () => void): Socket {
  const { connect } = Socket.prototype;
  let connected: Socket | undefined;
  Socket.prototype.connect = function (this: Socket, ...options: unknown[]) {
    connected = this;
    return Reflect.apply(connect, this, options);
  } as typeof connect;
  try {
    open();
  } finally {
    Socket.prototype.connect = connect;
  }
  return connected!;
}
