import type { Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import nodeQ, { type Connection as NodeQConnection } from 'node-q';
import { systemClock } from '../../../src/base/clock.ts';
import { IpcConnection } from '../../../src/kdb/connection/ipc-connection.ts';
import { openSocket } from '../../../src/kdb/connection/open-socket.ts';
import { SmallQueries } from '../../../src/kdb/connection/small-queries.ts';
import { KdbAnswerTimeoutError, KdbConnectError } from '../../../src/kdb/errors.ts';
import { decodeValue } from '../../../src/kdb/ipc/decode.ts';
import { encodeValue } from '../../../src/kdb/ipc/encode.ts';
import { charVector, listOf, symbolAtom, textOf } from '../../../src/kdb/ipc/values.ts';
import type { Target } from '../../../src/kdb/target.ts';
import { ManualClock, settled } from '../../support/manual-clock.ts';
import { answerBytes, messageBytes, QServer } from '../../support/q-server.ts';
import { LOCALHOST_CERTIFICATE, LOCALHOST_KEY, TEST_AUTHORITY } from '../../support/tls-fixture.ts';

/** For what is answered at once, on a machine that is busy otherwise. */
const LIMIT_MS = 60_000;

/**
 * Why node-q opens connections here and does not carry batches: each test shows one weakness of node-q 2.7.0 by
 * itself, and the same situation through ours. One that stops failing by itself is one that node-q has mended.
 */
describe('kdb connection - where node-q alone fails', () => {
  const servers: QServer[] = [];
  const nodeQs: NodeQConnection[] = [];
  const ours: { close(): void }[] = [];

  async function qServer(...options: Parameters<typeof QServer.listen>): Promise<QServer> {
    const server = await QServer.listen(...options);
    servers.push(server);
    return server;
  }

  function connectNodeQ({ host, port, tls }: Target): Promise<NodeQConnection> {
    const trust = tls ? { useTLS: true, ca: Buffer.from(tls.ca!) } : {};
    return new Promise((resolve, reject) => {
      nodeQ.connect({ host, port, user: '', password: '', ...trust }, (error, connection) => {
        if (!connection) return reject(error);
        nodeQs.push(connection);
        resolve(connection);
      });
    });
  }

  function askNodeQ(connection: NodeQConnection, text: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      connection.k(text, (error, value) => (error ? reject(error) : resolve(value)));
    });
  }

  async function connectOurs(target: Target, answerTimeoutMs = LIMIT_MS): Promise<IpcConnection> {
    const options = { clock: systemClock, answerTimeoutMs, maxMessageBytes: 256 * 1024 * 1024 };
    const socket = await openSocket(target, LIMIT_MS, systemClock);
    const connection = new IpcConnection(socket, options, { closed: () => {} });
    ours.push(connection);
    return connection;
  }

  async function askOurs(connection: IpcConnection, text: string): Promise<string | undefined> {
    return textOf(decodeValue(await connection.request(encodeValue(charVector(text)))));
  }

  async function questionsOf(target: Target, clock = systemClock): Promise<SmallQueries> {
    const socket = await openSocket(target, LIMIT_MS, clock);
    const queries = new SmallQueries(socket, { clock, answerTimeoutMs: LIMIT_MS }, () => {});
    ours.push(queries);
    return queries;
  }

  afterEach(async () => {
    for (const connection of ours.splice(0)) connection.close();
    for (const connection of nodeQs.splice(0))
      (connection as NodeQConnection & { socket: Socket }).socket.destroy();
    for (const server of servers.splice(0)) await server.close();
  });

  it('asynchronous messages: node-q takes one for the answer', async () => {
    const server = await qServer({
      reply: ({ value, peer }) => {
        peer.send('async', listOf([symbolAtom('heartbeat')]));
        return { value };
      },
    });
    expect(await askNodeQ(await connectNodeQ(server.target()), 'question')).deep.equal(['heartbeat']);
    expect(await askOurs(await connectOurs(server.target()), 'question')).equal('question');
    expect(await (await questionsOf(server.target())).ask('question')).equal('question');
  });

  it('no timeout: node-q waits for an answer for ever', async () => {
    const server = await qServer();
    let answered = false;
    askNodeQ(await connectNodeQ(server.target()), 'question').then(
      () => {
        answered = true;
      },
      () => {},
    );
    await server.watch.until(() => server.requests.length === 1);
    const clock = new ManualClock();
    const outcome = (await questionsOf(server.target(), clock)).ask('question').catch(error => error);
    await server.watch.until(() => server.requests.length === 2);
    await clock.advance(LIMIT_MS);
    expect(await outcome).instanceOf(KdbAnswerTimeoutError);
    await server.watch.until(() => server.openPeers.length === 1);
    expect(answered, 'node-q').equal(false);
  });

  it('a lost connection: node-q leaves the call unanswered', async () => {
    const server = await qServer({ reply: () => 'close' });
    const connection = await connectNodeQ(server.target());
    let outcome = 'nothing';
    askNodeQ(connection, 'question').then(
      () => {
        outcome = 'answered';
      },
      () => {
        outcome = 'rejected';
      },
    );
    await new Promise<void>(resolve => connection.on('close', () => resolve()));
    await settled();
    expect(outcome).equal('nothing');
    const error = await askOurs(await connectOurs(server.target()), 'question').catch(e => e);
    expect(error.code).equal('KDB_CONNECTION_LOST');
    const other = await (await questionsOf(server.target())).ask('question').catch(e => e);
    expect(other).property('code', 'KDB_CONNECTION_LOST');
  });

  it('an answer that comes with the one to the credentials: node-q never reads again', async () => {
    const heartbeat = messageBytes('async', encodeValue(symbolAtom('heartbeat')));
    const server = await qServer({
      handshake: () => ({ bytes: Buffer.concat([Buffer.from([3]), heartbeat]) }),
      reply: ({ value }) => ({ value }),
    });
    const connection = await connectNodeQ(server.target());
    expect((connection as NodeQConnection & { socket: Socket }).socket.listenerCount('data')).equal(0);
    expect(await askOurs(await connectOurs(server.target()), 'question')).equal('question');
    expect(await (await questionsOf(server.target())).ask('question')).equal('question');
  });

  it('a peer that is not q: node-q calls that connected', async () => {
    const server = await qServer({
      handshake: () => ({ bytes: Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n') }),
    });
    await connectNodeQ(server.target());
    const error = await openSocket(server.target(), LIMIT_MS, systemClock).catch(e => e);
    expect(error).instanceOf(KdbConnectError).property('code', 'KDB_NOT_Q');
  });

  it('TLS: node-q loses an answer that is faster than the confirmation of its write', async () => {
    const answered = new Int32Array(new SharedArrayBuffer(4));
    const answer = answerBytes({ value: charVector('yes') });
    const worker = new Worker(new URL('../../support/tls-answering.mjs', import.meta.url), {
      workerData: { key: LOCALHOST_KEY, cert: LOCALHOST_CERTIFICATE, answer, answered },
    });
    try {
      const port = await new Promise<number>(resolve => worker.once('message', resolve));
      const target = { host: 'localhost', port, user: '', password: '', tls: { ca: TEST_AUTHORITY } };
      const alone = await connectNodeQ(target);
      const questions = await questionsOf(target);

      let fromNodeQ: unknown = 'nothing';
      await asked(answered, () => {
        askNodeQ(alone, 'question').then(value => {
          fromNodeQ = value;
        });
      });
      let fromOurs: Promise<unknown> | undefined;
      await asked(answered, () => {
        fromOurs = questions.ask('question');
      });
      expect(await fromOurs).equal('yes');
      expect(fromNodeQ).equal('nothing');
    } finally {
      await worker.terminate();
    }
  });

  it('large answers: node-q copies what it has for every piece that arrives', async () => {
    const megabytes4 = charVector('x'.repeat(4 * 1024 * 1024));
    const server = await qServer({ reply: () => ({ value: megabytes4 }) });
    const alone = await connectNodeQ(server.target());
    const connection = await connectOurs(server.target());
    const copiedByNodeQ = await copiedDuring(() => askNodeQ(alone, 'question'));
    const copiedByOurs = await copiedDuring(() => connection.request(encodeValue(charVector('question'))));
    expect(copiedByNodeQ).above(10 * megabytes4.values.length);
    expect(copiedByOurs).below(1.1 * megabytes4.values.length);
  });
});

/**
 * Lets `ask` send a question and sleeps, the event loop with it, until the answer has been sent. From a timer,
 * because the loop then reads the answer before it confirms the write.
 */
function asked(answered: Int32Array, ask: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    setTimeout(() => {
      const before = Atomics.load(answered, 0);
      ask();
      if (Atomics.wait(answered, 0, before, LIMIT_MS) === 'timed-out')
        reject(new Error('no answer was sent'));
      setImmediate(() => setImmediate(resolve));
    });
  });
}

/** How many bytes Buffers copy into others meanwhile, the fake q process apart. */
async function copiedDuring(action: () => Promise<unknown>): Promise<number> {
  const { copy } = Buffer.prototype;
  let copiedBytes = 0;
  Buffer.prototype.copy = function (this: Buffer, ...parameters: Parameters<typeof copy>) {
    const copied: number = Reflect.apply(copy, this, parameters);
    copiedBytes += copied;
    return copied;
  };
  try {
    await action();
  } finally {
    Buffer.prototype.copy = copy;
  }
  return copiedBytes;
}
