import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { TcpProxy, type Trouble } from './proxy.ts';

/** A server that answers every byte with the same byte, and a proxy before it. */
class Course {
  readonly received: Buffer[] = [];
  readonly proxy: TcpProxy;
  readonly #server: Server;
  readonly #sockets: Socket[] = [];

  private constructor(server: Server, proxy: TcpProxy) {
    this.#server = server;
    this.proxy = proxy;
    server.on('connection', socket => {
      this.#sockets.push(socket);
      socket.on('error', () => {});
      socket.on('data', bytes => {
        this.received.push(bytes);
        socket.write(bytes);
      });
    });
  }

  static async open(): Promise<Course> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Course(server, await TcpProxy.listen((server.address() as AddressInfo).port));
  }

  async client(): Promise<Socket> {
    const socket = connect(this.proxy.port, '127.0.0.1');
    this.#sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  }

  /** A client that has had an answer: the way is open in both directions. */
  async openClient(): Promise<Socket> {
    const client = await this.client();
    client.write('hello');
    await answer(client, 5);
    this.received.length = 0;
    return client;
  }

  async close(): Promise<void> {
    await this.proxy.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}

async function answer(client: Socket, length: number): Promise<string> {
  let bytes = Buffer.alloc(0);
  while (bytes.length < length) {
    const [more] = (await once(client, 'data')) as [Buffer];
    bytes = Buffer.concat([bytes, more]);
  }
  return bytes.toString();
}

async function errorCode(client: Socket): Promise<string | undefined> {
  const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException];
  return error.code;
}

describe('chaos proxy - a way that can be disturbed', () => {
  let course: Course;

  beforeEach(async () => {
    course = await Course.open();
  });

  afterEach(async () => {
    await course.close();
  });

  it('passes bytes in both directions, and an end after them', async () => {
    const client = await course.client();
    const long = 'x'.repeat(1_000_000);
    client.end(long);
    expect(await answer(client, long.length)).to.equal(long);
    await once(client, 'close');
  });

  it('drops with an end, resets with a reset', async () => {
    const dropped = await course.openClient();
    course.proxy.drop();
    await once(dropped, 'end');
    const reset = await course.openClient();
    course.proxy.reset();
    expect(await errorCode(reset)).to.equal('ECONNRESET');
  });

  it('delays by what it was told', async () => {
    const client = await course.openClient();
    await course.proxy.disturb({ how: 'delay', ms: 40 });
    const began = performance.now();
    client.write('late');
    expect(await answer(client, 4)).to.equal('late');
    expect(performance.now() - began).to.be.at.least(78);
  });

  it('throttles to bytes per second without losing any', async () => {
    const client = await course.openClient();
    await course.proxy.disturb({ how: 'throttle', bytesPerSecond: 50_000 });
    const began = performance.now();
    const text = 'abcdefghij'.repeat(500);
    client.write(text);
    expect(await answer(client, text.length)).to.equal(text);
    expect(performance.now() - began).to.be.at.least(80);
  });

  for (const [how, arrives] of [
    ['stall-up', false],
    ['stall-down', true],
  ] as const) {
    it(`${how} holds one direction until it is healed, and loses nothing`, async () => {
      const client = await course.openClient();
      await course.proxy.disturb({ how });
      const answered = answer(client, 4);
      client.write('wait');
      const other = await arrivesBefore(course, client, arrives);
      expect(other).to.equal(arrives);
      await course.proxy.heal();
      expect(await answered).to.equal('wait');
    });
  }

  it('half-open accepts and loses, tells nobody, and resets when it is healed', async () => {
    const before = await course.openClient();
    await course.proxy.disturb({ how: 'half-open' });
    const during = await course.client();
    before.write('lost');
    during.write('lost');
    await turn();
    expect(course.received).to.deep.equal([]);
    expect([before.destroyed, during.destroyed]).to.deep.equal([false, false]);
    const ends = Promise.all([errorCode(before), errorCode(during)]);
    await course.proxy.heal();
    expect(await ends).to.deep.equal(['ECONNRESET', 'ECONNRESET']);
    expect((await course.openClient()).destroyed).to.equal(false);
    expect(course.received).to.deep.equal([]);
  });

  it('refuses connections, and takes them again on the same port', async () => {
    const open = await course.openClient();
    const ended = errorCode(open);
    await course.proxy.disturb({ how: 'refuse' });
    expect(await ended).to.equal('ECONNRESET');
    const refused = connect(course.proxy.port, '127.0.0.1');
    expect(await errorCode(refused)).to.equal('ECONNREFUSED');
    await course.proxy.heal();
    await course.openClient();
  });

  it('one trouble takes the place of another', async () => {
    const client = await course.openClient();
    const troubles: Trouble[] = [{ how: 'stall-up' }, { how: 'delay', ms: 1 }];
    for (const trouble of troubles) await course.proxy.disturb(trouble);
    client.write('done');
    expect(await answer(client, 4)).to.equal('done');
  });
});

/** Whether the server has what the client wrote, known by a second connection that takes the same way later. */
async function arrivesBefore(course: Course, client: Socket, expected: boolean): Promise<boolean> {
  if (expected) while (course.received.length === 0 && !client.destroyed) await turn();
  else for (let i = 0; i < 20; i++) await turn();
  expect(client.destroyed).to.equal(false);
  return course.received.length > 0;
}

/** Lets everything that is due on this machine's loopback happen. */
function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
