import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server, Socket } from 'node:net';
import { expect } from 'chai';
import { systemClock } from '../../../src/base/clock.ts';
import { ExitCode } from '../../../src/base/exit-codes.ts';
import { connectNodeQ } from '../../../src/kdb/connection/node-q-socket.ts';
import { openSocket } from '../../../src/kdb/connection/open-socket.ts';
import { KdbConnectError } from '../../../src/kdb/errors.ts';
import type { Target } from '../../../src/kdb/target.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { QServer } from '../../support/q-server.ts';
import { testSecret } from '../../support/secrets.ts';
import { LOCALHOST_CERTIFICATE } from '../../support/tls-fixture.ts';

/** With what needs care in a handshake. */
const PASSWORD = testSecret('pässword:1');

const TIMEOUT_MS = 5000;

async function errorOf(target: Target): Promise<KdbConnectError> {
  try {
    const { socket } = await openSocket(target, TIMEOUT_MS, systemClock);
    socket.destroy();
  } catch (error) {
    if (error instanceof KdbConnectError) return error;
    throw error;
  }
  throw new Error('the connection was opened');
}

function listening(server: Server): Promise<number> {
  return new Promise(resolve =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  );
}

describe('kdb connecting', () => {
  const servers: { close(): unknown }[] = [];
  const sockets: Socket[] = [];

  async function qServer(...options: Parameters<typeof QServer.listen>): Promise<QServer> {
    const server = await QServer.listen(...options);
    servers.push(server);
    return server;
  }

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const server of servers.splice(0)) await server.close();
  });

  it('authenticates with user and password, in plain and over TLS', async () => {
    for (const tls of [false, true]) {
      const server = await qServer({ tls });
      const target = server.target({ user: 'feed', password: PASSWORD });
      const { socket, early } = await openSocket(target, TIMEOUT_MS, systemClock);
      sockets.push(socket);
      expect(server.credentials).deep.equal([`feed:${PASSWORD}`]);
      expect(early.length).equal(0);
    }
  });

  it('sends empty credentials where there are none', async () => {
    const server = await qServer();
    sockets.push((await openSocket(server.target(), TIMEOUT_MS, systemClock)).socket);
    expect(server.credentials).deep.equal([':']);
  });

  it("leaves none of node-q's listeners on the socket, and all of Node's own", async () => {
    for (const tls of [false, true]) {
      const server = await qServer({ tls });
      const { socket } = await openSocket(server.target(), TIMEOUT_MS, systemClock);
      sockets.push(socket);
      const left = ['data', 'end', 'error', 'close', 'timeout'].flatMap(event =>
        socket.listeners(event).map(listener => `${event} ${listener.name}`),
      );
      const own = ['end onReadableStreamEnd', 'error '];
      expect(left).deep.equal(tls ? [...own, 'close onSocketCloseDestroySSL'] : own);
    }
  });

  it('keeps what arrives together with the answer to the credentials', async () => {
    const server = await qServer({ handshake: () => ({ bytes: Buffer.from([3, 1, 0, 0, 0, 10, 0]) }) });
    const { socket, early } = await openSocket(server.target(), TIMEOUT_MS, systemClock);
    sockets.push(socket);
    expect([...early]).deep.equal([1, 0, 0, 0, 10, 0]);
  });

  it('leaves the way sockets connect as it was', async () => {
    const server = await qServer();
    const { connect } = Socket.prototype;
    const opening = openSocket(server.target(), TIMEOUT_MS, systemClock);
    expect(Socket.prototype.connect).equal(connect);
    sockets.push((await opening).socket);
    expect(() => connectNodeQ(server.target({ port: -1 }), () => {})).throw(RangeError);
    expect(Socket.prototype.connect).equal(connect);
  });

  it('says that nothing listens there', async () => {
    const closed = createServer();
    const port = await listening(closed);
    await new Promise(resolve => closed.close(resolve));
    const error = await errorOf({ host: '127.0.0.1', port, user: '', password: '' });
    expect(error.code).equal('KDB_UNREACHABLE');
    expect(error.exitCode).equal(ExitCode.unavailable);
    expect(error.message).match(/^cannot connect to 127\.0\.0\.1:\d+ \(ECONNREFUSED\)\. Start the q process/);
  });

  it('says that the password was refused, without saying it', async () => {
    const server = await qServer({ handshake: () => 'refuse' });
    const error = await errorOf(server.target({ user: 'feed', password: PASSWORD }));
    expect(error.code).equal('KDB_REFUSED_PASSWORD');
    expect(error.exitCode).equal(ExitCode.refused);
    expect(error.message).include('user "feed"').and.not.include(PASSWORD);
  });

  it('says that a web server is not a q process, and what it said', async () => {
    const http = createHttpServer();
    servers.push(http);
    const error = await errorOf({ host: '127.0.0.1', port: await listening(http), user: '', password: '' });
    expect(error.code).equal('KDB_NOT_Q');
    expect(error.message).include('received "HTTP/1.1 400 Bad Request"');
  });

  it('says to set tls where a peer answers with a TLS alert', async () => {
    const server = await qServer({ handshake: () => ({ bytes: Buffer.from('15030100020246', 'hex') }) });
    const error = await errorOf(server.target());
    expect(error.code).equal('KDB_NOT_Q');
    expect(error.message).include('a TLS alert').and.include('Set tls');
  });

  it('says that TLS failed where the certificate is not trusted, or the peer speaks none', async () => {
    const server = await qServer({ tls: true });
    const { message, code } = await errorOf(server.target({ tls: { ca: LOCALHOST_CERTIFICATE } }));
    expect(code).equal('KDB_TLS');
    expect(message).match(/TLS with tcps:\/\/localhost:\d+ failed \(\w+\)/);

    const closing = createServer(socket => socket.end());
    servers.push(closing);
    const port = await listening(closing);
    const error = await errorOf({ host: '127.0.0.1', port, user: '', password: '', tls: {} });
    expect(error.code).equal('KDB_TLS');
  });

  it('gives up on a q process that accepts and never answers, and destroys the socket', async () => {
    const server = await qServer({ handshake: () => 'silence' });
    const clock = new ManualClock();
    const opening = openSocket(server.target(), TIMEOUT_MS, clock);
    const outcome = opening.catch(error => error);
    await server.watch.until(() => server.credentials.length === 1);
    await clock.advance(TIMEOUT_MS);
    const error = await outcome;
    expect(error).instanceOf(KdbConnectError);
    expect(error.code).equal('KDB_HANDSHAKE_TIMEOUT');
    expect(clock.pending).equal(0);
  });

  it('gives up on a host that does not answer at all', async () => {
    const server = await qServer();
    // Before the system has had time to connect.
    const impatient = {
      ...systemClock,
      after: (_ms: number, action: () => void) => {
        queueMicrotask(action);
        return { cancel: () => {} };
      },
    };
    const error = await openSocket(server.target(), TIMEOUT_MS, impatient).catch(e => e);
    expect(error.message).match(/^no connection to 127\.0\.0\.1:\d+ within 5000 ms/);
    expect(error.code).equal('KDB_UNREACHABLE');
  });

  it('gives up on a TLS handshake that nobody answers', async () => {
    const accepted: Socket[] = [];
    const silent = createServer(socket => {
      accepted.push(socket);
      sockets.push(socket);
    });
    servers.push(silent);
    const port = await listening(silent);
    const clock = new ManualClock();
    const outcome = openSocket(
      { host: '127.0.0.1', port, user: '', password: '', tls: {} },
      100,
      clock,
    ).catch(e => e);
    await new Promise<void>(resolve =>
      silent.once('connection', socket => socket.once('data', () => resolve())),
    );
    await clock.advance(100);
    expect((await outcome).code).equal('KDB_TLS');
    await new Promise(resolve => accepted[0]!.once('close', resolve));
  });
});
