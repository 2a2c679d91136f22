import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect } from 'chai';
import { decodeMessage, encodeMessage, type FunctionReader } from '../../../../src/q-engine/codec/index.ts';
import type { Connection } from '../../../../src/q-engine/server/connection.ts';
import { type ConnectionHandlers, Connections } from '../../../../src/q-engine/server/connections.ts';
import { HandleTable } from '../../../../src/q-engine/server/handle-table.ts';
import * as make from '../../../../src/q-engine/values/make.ts';
import { QError, type Value } from '../../../../src/q-engine/values/value.ts';

const functions: FunctionReader = { lambda: source => make.string(source), primitive: () => undefined };

/** A process side that echoes requests and remembers what happened. */
class Echo implements ConnectionHandlers {
  readonly happened: string[] = [];
  readonly performed: Value[] = [];
  connections!: Connections;
  onEvent: () => void = () => {};
  answering: (connection: Connection, message: Value) => Value | undefined = (_, message) => message;

  authorise(_connection: Connection, user: string, password: string): boolean {
    return user !== 'nobody' && password !== 'wrong';
  }
  opened({ handle }: Connection): void {
    this.note(`open ${handle}`);
  }
  closed(handle: number): void {
    this.note(`close ${handle}`);
  }
  answer(connection: Connection, message: Value): Value | undefined {
    return this.answering(connection, message);
  }
  perform(_connection: Connection, message: Value): void {
    this.performed.push(message);
    this.note('async');
  }
  malformed({ handle }: Connection): void {
    this.note(`malformed ${handle}`);
  }
  note(what: string): void {
    this.happened.push(what);
    this.onEvent();
  }
  async until(what: string): Promise<void> {
    while (!this.happened.includes(what)) await new Promise<void>(resolve => (this.onEvent = resolve));
  }
}

describe('server - connections', () => {
  let echo: Echo;
  let connections: Connections;
  let log: string[];
  const sockets: Socket[] = [];

  async function start(outputLimitBytes?: number): Promise<void> {
    echo = new Echo();
    log = [];
    connections = await Connections.start({
      handles: new HandleTable(),
      handlers: echo,
      functions,
      toError: thrown => (thrown instanceof QError ? thrown : new QError('stack')),
      log: line => log.push(line),
      outputLimitBytes,
    });
    echo.connections = connections;
    connections.listen({ host: undefined, ports: [0] });
  }

  async function client(credentials = 'me:pass'): Promise<Socket> {
    const socket = connect(connections.port, '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => {});
    socket.write(`${credentials}\x03\0`);
    await Promise.race([once(socket, 'readable'), once(socket, 'close')]);
    const admission = socket.read(1) as Buffer | null;
    if (admission !== null) expect(admission).to.deep.equal(Buffer.of(3));
    return socket;
  }

  async function ask(socket: Socket, message: Uint8Array): Promise<ReturnType<typeof decodeMessage>> {
    socket.write(message);
    let received = Buffer.alloc(0);
    for await (const [chunk] of socketChunks(socket)) {
      received = Buffer.concat([received, chunk]);
      if (received.length >= 8 && received.length >= received.readInt32LE(4)) break;
    }
    return decodeMessage(received, functions);
  }

  async function* socketChunks(socket: Socket): AsyncGenerator<[Buffer]> {
    for (;;) {
      const chunk = socket.read() as Buffer | null;
      if (chunk !== null) yield [chunk];
      else await once(socket, 'readable');
    }
  }

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await connections.stop();
  });

  it('ten clients at once get their own answers', async () => {
    await start();
    const clients = await Promise.all(Array.from({ length: 10 }, () => client()));
    const answers = await Promise.all(
      clients.map((socket, i) => ask(socket, encodeMessage(make.long(i), 1))),
    );
    expect(answers).to.deep.equal(clients.map((_, i) => ({ kind: 2, value: make.long(i) })));
    expect(connections.open).to.have.length(10);
  });

  it('errors answer requests, and the connection stays', async () => {
    await start();
    echo.answering = () => {
      throw new QError('type');
    };
    const socket = await client();
    expect(await ask(socket, encodeMessage(make.long(1), 1))).to.deep.equal({ kind: 2, error: 'type' });
    expect(await ask(socket, encodeMessage(make.long(1), 1))).to.deep.equal({ kind: 2, error: 'type' });
  });

  it('a client that is not accepted is closed without a byte', async () => {
    await start();
    const socket = await client('nobody:x');
    expect(socket.bytesRead).to.equal(0);
    expect(connections.open).to.have.length(0);
  });

  it('a first message may come with the handshake', async () => {
    await start();
    const socket = connect(connections.port, '127.0.0.1');
    sockets.push(socket);
    socket.write(Buffer.concat([Buffer.from('me\x03\0'), encodeMessage(make.long(7), 0)]));
    await echo.until('async');
    expect(echo.performed).to.deep.equal([make.long(7)]);
  });

  it('a malformed message closes that socket and no other', async () => {
    await start();
    const [good, bad] = [await client(), await client()];
    bad.write(Buffer.from('01010000120000000600ffffff7f01000000', 'hex'));
    await echo.until('close 4');
    expect(echo.happened).to.include('malformed 4');
    expect(log).to.deep.equal(["'badmsg"]);
    expect(await ask(good, encodeMessage(make.long(1), 1))).to.deep.equal({ kind: 2, value: make.long(1) });
    const broken = await client();
    broken.write(Buffer.from('0909090909090909', 'hex'));
    await echo.until('malformed 4');
    expect(await ask(good, encodeMessage(make.long(2), 1))).to.deep.equal({ kind: 2, value: make.long(2) });
  });

  it('a client that does not read is cut at the limit, with a line', async () => {
    await start(4_000_000);
    const socket = await client();
    socket.pause();
    const [connection] = connections.open;
    const block = make.byteVector(4, new Uint8Array(1_000_000));
    for (let i = 0; i < 50 && connection!.state === 'open'; i++) connections.sendAsync(connection!, block);
    expect(connection!.state).to.equal('cut');
    expect(log).to.have.length(1);
    expect(log[0]).to.match(
      /^handle 3 \(user 'me'\) is closed: it does not read, and \d+ bytes in \d+ messages wait for it$/,
    );
    await echo.until('close 3');
    expect(() => connections.sendAsync(connection!, block)).to.throw(QError, 'Cannot write to handle 3');
  });

  it('a deferred answer is given later, once', async () => {
    await start();
    let asked: Connection | undefined;
    echo.answering = connection => {
      asked = connection;
      echo.note('asked');
      return undefined;
    };
    const socket = await client();
    const answer = ask(socket, encodeMessage(make.long(1), 1));
    await echo.until('asked');
    setImmediate(() => connections.answerDeferred(asked!, make.symbol('later')));
    expect(await answer).to.deep.equal({ kind: 2, value: make.symbol('later') });
    expect(() => connections.answerDeferred(asked!, make.long(1))).to.throw(
      QError,
      'not expecting a response',
    );
  });

  it('a refused connection and a silent peer are told apart', async () => {
    await start();
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const open = (to: number, timeoutMs: number) => () =>
      connections.connect({
        kind: 'process',
        endpoint: { host: '127.0.0.1', port: to },
        credentials: '',
        timeoutMs,
      });
    expect(open(port, 50)).to.throw(QError, 'timeout');
    silent.close();
    await once(silent, 'close');
    expect(open(port, 60_000)).to.throw(QError, 'hop. OS reports: Connection refused');
  });
});
