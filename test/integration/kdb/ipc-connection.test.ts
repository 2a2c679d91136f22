import { expect } from 'chai';
import type { Clock } from '../../../src/base/clock.ts';
import { IpcConnection } from '../../../src/kdb/connection/ipc-connection.ts';
import { openSocket } from '../../../src/kdb/connection/open-socket.ts';
import { QueryConnection } from '../../../src/kdb/connection/query-connection.ts';
import {
  KdbAnswerTimeoutError,
  KdbConnectionLostError,
  type KdbError,
  KdbMalformedError,
  KdbMessageTooLargeError,
  QError,
} from '../../../src/kdb/errors.ts';
import { decodeValue } from '../../../src/kdb/ipc/decode.ts';
import { encodeValue } from '../../../src/kdb/ipc/encode.ts';
import type { Frame } from '../../../src/kdb/ipc/frames.ts';
import { charVector, longAtom, type QValue, symbolAtom, textOf } from '../../../src/kdb/ipc/values.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { compressMessage } from '../../support/q-compress.ts';
import { answerBytes, QServer, type QServerOptions } from '../../support/q-server.ts';

const ANSWER_TIMEOUT_MS = 1000;
const MAX_BYTES = 8 * 1024 * 1024;

describe('kdb connection', () => {
  let server: QServer;
  let connection: IpcConnection;
  let clock: ManualClock;
  let unasked: Frame[];
  let ended: KdbError[];

  async function open(options: QServerOptions = {}): Promise<void> {
    server = await QServer.listen(options);
    clock = new ManualClock();
    unasked = [];
    ended = [];
    const socket = await openSocket(server.target(), 5000, clock);
    connection = new IpcConnection(
      socket,
      { clock, answerTimeoutMs: ANSWER_TIMEOUT_MS, maxMessageBytes: MAX_BYTES },
      {
        closed: error => {
          ended.push(error);
          server.watch.changed();
        },
        unasked: frame => {
          unasked.push(frame);
          server.watch.changed();
        },
      },
    );
  }

  function ask(text: string): Promise<Uint8Array> {
    return connection.request(encodeValue(charVector(text)));
  }

  async function failure(call: Promise<unknown>): Promise<unknown> {
    try {
      await call;
    } catch (error) {
      return error;
    }
    throw new Error('the call was answered');
  }

  afterEach(async () => {
    connection.close();
    await server.close();
  });

  it('matches pipelined calls to their answers in order, errors among them', async () => {
    await open({
      reply: ({ value }) => {
        const text = textOf(value)!;
        return text === 'bad' ? { signal: 'type' } : { value: charVector(text) };
      },
    });
    const texts = Array.from({ length: 100 }, (_, i) => (i % 7 === 3 ? 'bad' : `query ${i}`));
    const outcomes = await Promise.all(
      texts.map(text =>
        ask(text).then(
          body => textOf(decodeValue(body)),
          error => (error as QError).signal,
        ),
      ),
    );
    expect(outcomes).deep.equal(texts.map(text => (text === 'bad' ? 'type' : text)));
  });

  it('takes no message for an answer that is none, however they are mixed', async () => {
    await open({
      reply: ({ value, peer }) => {
        peer.send('async', symbolAtom('upd'));
        peer.send('sync', symbolAtom('who'));
        return { value };
      },
    });
    const answers = await Promise.all([ask('first'), ask('second')]);
    expect(answers.map(body => textOf(decodeValue(body)))).deep.equal(['first', 'second']);
    await server.watch.until(() => unasked.length === 4);
    expect(unasked.map(({ type }) => type)).deep.equal(['async', 'sync', 'async', 'sync']);
    await server.watch.until(() => server.requests.filter(({ type }) => type === 'response').length === 2);
    const refusals = server.requests.filter(({ type }) => type === 'response');
    expect(textOf(refusals[0]!.value)).include('massive-kdb takes no requests');
  });

  it('reads a message that came together with the answer to the credentials', async () => {
    const early = Buffer.concat([
      Buffer.from([3]),
      Buffer.from('0100000009000000', 'hex'),
      Buffer.from([0xff]),
    ]);
    await open({ handshake: () => ({ bytes: early }), reply: ({ value }) => ({ value }) });
    expect(textOf(decodeValue(await ask('1+1')))).equal('1+1');
    expect(unasked.length).equal(1);
  });

  it('reads an answer that a q process on another host has compressed', async () => {
    const longs = BigInt64Array.from({ length: 5000 }, (_, i) => BigInt(i));
    const value: QValue = { kind: 'vector', type: 'long', attribute: 'none', values: longs };
    const bytes = compressMessage(answerBytes({ value }));
    expect(bytes.length).below(longs.byteLength / 2);
    await open({ reply: () => ({ bytes }) });
    expect(decodeValue(await ask('til 5000'))).deep.equal(value);
  });

  it('rejects every pending call when the peer closes the connection', async () => {
    await open({ reply: ({ value }) => (textOf(value) === 'close' ? 'close' : 'nothing') });
    const errors = await Promise.all(['one', 'two', 'close'].map(text => failure(ask(text))));
    for (const error of errors) expect(error).instanceOf(KdbConnectionLostError);
    expect(ended.length).equal(1);
    expect(await failure(ask('later'))).equal(ended[0]);
    expect(await failure(connection.send(encodeValue(longAtom(1n))))).equal(ended[0]);
    expect(clock.pending).equal(0);
  });

  it('destroys a connection without an answer in time, counted from the last answer', async () => {
    await open();
    const first = ask('one');
    const second = failure(ask('two'));
    await server.watch.until(() => server.requests.length === 2);
    await clock.advance(ANSWER_TIMEOUT_MS - 1);
    server.peers[0]!.answer({ value: longAtom(1n) });
    await first;
    await clock.advance(ANSWER_TIMEOUT_MS - 1);
    expect(ended).deep.equal([]);
    await clock.advance(1);
    expect(await second).instanceOf(KdbAnswerTimeoutError);
    await server.watch.until(() => server.openPeers.length === 0);
  });

  it('ends with an error, not a crash, where the peer sends what is no message', async () => {
    const bad: readonly [Uint8Array, new (...parameters: never[]) => KdbError][] = [
      [Buffer.from('HTTP/1.1 200 OK'), KdbMalformedError],
      [Buffer.from('01020100100000000000000000000000', 'hex'), KdbMalformedError],
      [Buffer.from('01020000ffffff7f', 'hex'), KdbMessageTooLargeError],
      [Buffer.from('010201000d000000ffffff7f00', 'hex'), KdbMessageTooLargeError],
      [Buffer.from('010200000c00000080414141', 'hex'), KdbMalformedError],
    ];
    for (const [bytes, type] of bad) {
      await open({ reply: () => ({ bytes }) });
      expect(await failure(ask('x')), Buffer.from(bytes).toString('hex')).instanceOf(type);
      await server.close();
    }
  });

  it('ends where an answer comes that nobody asked for', async () => {
    await open();
    server.peers[0]!.answer({ value: longAtom(1n) });
    await server.watch.until(() => ended.length === 1);
    expect(ended[0]).instanceOf(KdbMalformedError);
    expect(ended[0]!.message).include('nobody asked for');
  });

  it('says when the peer takes no more, and when it does again', async () => {
    let drained = 0;
    server = await QServer.listen();
    clock = new ManualClock();
    connection = new IpcConnection(
      await openSocket(server.target(), 5000, clock),
      { clock, answerTimeoutMs: ANSWER_TIMEOUT_MS, maxMessageBytes: MAX_BYTES },
      {
        closed: () => {},
        drained: () => {
          drained++;
          server.watch.changed();
        },
      },
    );
    const peer = server.peers[0]!.socket;
    peer.pause();
    const megabyte = encodeValue(charVector('x'.repeat(1024 * 1024)));
    const sent: Promise<void>[] = [];
    while (connection.writable) sent.push(connection.send(megabyte));
    expect(drained).equal(0);
    peer.resume();
    await server.watch.until(() => drained > 0 && server.requests.length === sent.length);
    await Promise.all(sent);
    expect(connection.writable).equal(true);
  });

  it('answers queries with exact values and the error that q signals', async () => {
    const exact: QValue = { kind: 'atom', type: 'long', value: 2n ** 53n + 1n };
    await open({
      reply: ({ value }) => (textOf(value) === 'count t' ? { value: exact } : { signal: 'nyi' }),
    });
    const options = {
      clock: clock as Clock,
      connectTimeoutMs: 5000,
      answerTimeoutMs: 5000,
      maxAnswerBytes: 1000,
    };
    const queries = await QueryConnection.open(server.target(), options);
    expect(await queries.query('count t')).deep.equal(exact);
    expect(await failure(queries.query('other')))
      .instanceOf(QError)
      .property('signal', 'nyi');
    queries.close();
    expect(await failure(queries.query('count t'))).instanceOf(KdbConnectionLostError);
  });
});
