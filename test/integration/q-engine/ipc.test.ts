import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import nodeq, { type Connection } from 'node-q';
import {
  compress,
  decodeMessage,
  encodeMessage,
  type FunctionReader,
} from '../../../src/q-engine/codec/index.ts';
import { MessageAssembler } from '../../../src/q-engine/server/framing.ts';
import * as make from '../../../src/q-engine/values/make.ts';
import type { Value } from '../../../src/q-engine/values/value.ts';
import { QChild } from '../../support/q-process.ts';

const functions: FunctionReader = { lambda: source => make.string(source), primitive: () => undefined };

/** A plain socket that speaks q IPC. */
class RawClient {
  readonly socket: Socket;
  readonly #assembler = new MessageAssembler();
  readonly #messages: Uint8Array[] = [];
  #admitted = false;
  #ended = false;
  #heard: () => void = () => {};

  constructor(port: number, credentials = 'test:') {
    this.socket = connect(port, '127.0.0.1');
    this.socket.write(`${credentials}\x03\0`);
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.#ended = true;
      this.#heard();
    });
    this.socket.on('data', chunk => {
      const rest = this.#admitted ? chunk : chunk.subarray(1);
      this.#admitted = true;
      const messages = this.#assembler.push(rest);
      if (messages === 'malformed') throw new Error('malformed answer');
      this.#messages.push(...messages);
      this.#heard();
    });
  }

  send(value: Value, kind: 0 | 1): void {
    this.socket.write(encodeMessage(value, kind));
  }

  /** The next message as value or error; undefined if the other side closed. */
  async next(): Promise<ReturnType<typeof decodeMessage> | undefined> {
    for (;;) {
      const message = this.#messages.shift();
      if (message !== undefined) return decodeMessage(message, functions);
      if (this.#ended) return undefined;
      await new Promise<void>(resolve => {
        this.#heard = resolve;
      });
    }
  }

  async ask(value: Value): Promise<Value> {
    this.send(value, 1);
    const answer = await this.next();
    if (answer === undefined) throw new Error('closed');
    if ('error' in answer) throw new Error(answer.error);
    return answer.value;
  }

  text(q: string): Promise<Value> {
    return this.ask(make.string(q));
  }
}

const SCRIPT = `
t:([]time:\`timespan$();sym:\`symbol$();start:\`timestamp$();price:\`float$();n:\`long$())
.u.d:.z.D
.u.upd:{[t;x] t insert x;}
opened:();closed:()
.z.po:{opened,:x}
.z.pc:{closed,:x}
later:{[x] -30!(::); neg[.z.w](\`ask;x); pending::.z.w}
answer:{-30!(pending;0b;x)}
`;

describe('q process - messages', () => {
  let directory: string;
  let q: QChild;
  let port: number;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'massive-kdb-q-'));
    writeFileSync(join(directory, 'script.q'), SCRIPT);
    q = new QChild([join(directory, 'script.q'), '-p', '0', '-q']);
    port = await q.port();
  });

  after(async () => {
    await q.stop();
    rmSync(directory, { recursive: true });
  });

  it('columns arrive through .u.upd and are counted by symbol', async () => {
    const client = new RawClient(port);
    const columns = [
      make.longs(BigInt64Array.of(1n, 2n, 3n), 16),
      make.symbols(['A', 'B', 'A']),
      make.longs(BigInt64Array.of(1n, 2n, 3n), 12),
      make.floats(Float64Array.of(1, Number.NaN, 3)),
      make.longs(BigInt64Array.of(9007199254740993n, -0x8000000000000000n, 0n)),
    ];
    const answer = await client.ask(make.list([make.string('.u.upd'), make.symbol('t'), make.list(columns)]));
    expect(answer.kind).to.equal('null');
    expect(await client.text('select count i by sym from t')).to.deep.equal(
      make.dictionary(
        make.table(['sym'], [make.symbols(['A', 'B'], 's')]),
        make.table(['x'], [make.longs(BigInt64Array.of(2n, 1n))]),
      ),
    );
    expect(await client.text('exec n from t')).to.deep.equal(columns[4]);
    client.socket.destroy();
  });

  it('node-q reads and writes what q sends', async () => {
    const connection = await new Promise<Connection>((resolve, reject) => {
      nodeq.connect({ host: '127.0.0.1', port, user: 'me', password: 'x' }, (error, opened) =>
        error ? reject(error) : resolve(opened!),
      );
    });
    const ask = (...args: unknown[]) =>
      new Promise<unknown>((resolve, reject) => {
        (connection.k as (...all: unknown[]) => void)(...args, (error: Error | undefined, answer: unknown) =>
          error ? reject(error) : resolve(answer),
        );
      });
    expect(await ask('1+1')).to.equal(2);
    expect(await ask('{x+y}', 3, 4)).to.equal(7);
    expect(await ask('([]a:1 2;b:`x`y)')).to.deep.equal([
      { a: 1, b: 'x' },
      { a: 2, b: 'y' },
    ]);
    expect(await ask('meta t').then(rows => (rows as unknown[]).length)).to.equal(2);
    const failed = await ask('1+`a').catch((error: Error) => error.message);
    expect(failed).to.equal('type');
    await new Promise<void>(resolve => connection.close(() => resolve()));
  });

  it('errors of asynchronous messages are shown and the next message is answered', async () => {
    const client = new RawClient(port);
    client.send(make.string("'wrong"), 0);
    expect(await client.text('2+2')).to.deep.equal(make.long(4));
    await q.printed(/^'wrong$/m);
    client.socket.destroy();
  });

  it('a deferred answer reaches the client that asked, after what was sent to it', async () => {
    const [asking, answering] = [new RawClient(port), new RawClient(port)];
    asking.send(make.list([make.symbol('later'), make.long(42)]), 1);
    const first = await asking.next();
    expect(first).to.deep.equal({ kind: 0, value: make.list([make.symbol('ask'), make.long(42)]) });
    await answering.text('answer `done');
    expect(await asking.next()).to.deep.equal({ kind: 2, value: make.symbol('done') });
    asking.socket.destroy();
    answering.socket.destroy();
  });

  it('a malformed message closes its own socket only', async () => {
    const [good, bad] = [new RawClient(port), new RawClient(port)];
    expect(await good.text('1')).to.deep.equal(make.long(1));
    expect(await bad.text('1')).to.deep.equal(make.long(1));
    bad.socket.write(Buffer.from('010100000e0000000600ffffffff', 'hex'));
    expect(await bad.next()).to.equal(undefined);
    await q.printed(/^'badmsg$/m);
    expect(await good.text('2')).to.deep.equal(make.long(2));
    good.socket.destroy();
  });

  it('an answer too deep to send is an error, and the next one is sent', async () => {
    const client = new RawClient(port);
    const failed = await client.text('{enlist x}/[100000;(1;2)]').catch((error: Error) => error.message);
    expect(failed).to.equal('stack');
    expect(await client.text('1+1')).to.deep.equal(make.long(2));
    client.socket.destroy();
  });

  it('handles are told when they open and close', async () => {
    const [watching, leaving] = [new RawClient(port), new RawClient(port)];
    const handle = await leaving.text('.z.w');
    expect(await watching.ask(make.list([make.string('{x in opened}'), handle]))).to.deep.equal(
      make.boolean(true),
    );
    leaving.socket.end();
    while (
      ((await watching.ask(make.list([make.string('{x in closed}'), handle]))) as { value: number }).value !==
      1
    );
    watching.socket.destroy();
  });

  it('a message of many megabytes comes through whole', async () => {
    const client = new RawClient(port);
    const big = make.longs(BigInt64Array.from({ length: 500_000 }, (_, i) => BigInt(i)));
    expect(await client.ask(make.list([make.string('{sum x}'), big]))).to.deep.equal(
      make.long(124999750000n),
    );
    const back = await client.text('til 500000');
    expect(back).to.deep.equal(big);
    client.socket.destroy();
  });

  it('a compressed request is read', async () => {
    const client = new RawClient(port);
    const flat = make.longs(new BigInt64Array(5000).fill(7n));
    const compressed = compress(encodeMessage(make.list([make.string('{sum x}'), flat]), 1));
    expect(compressed[2]).to.equal(1);
    client.socket.write(compressed);
    expect(await client.next()).to.deep.equal({ kind: 2, value: make.long(35_000) });
    client.socket.destroy();
  });

  it('ten clients at once are each answered', async () => {
    const clients = Array.from({ length: 10 }, () => new RawClient(port));
    const sums = await Promise.all(clients.map((client, i) => client.text(`sum til ${1000 * (i + 1)}`)));
    expect(sums.map(sum => (sum as { value: bigint }).value)).to.deep.equal(
      clients.map((_, i) => BigInt((1000 * (i + 1) * (1000 * (i + 1) - 1)) / 2)),
    );
    for (const client of clients) client.socket.destroy();
  });

  it('only loopback is listened on', async () => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .find(address => address?.family === 'IPv4' && !address.internal);
    if (outside === undefined) return;
    const refused = await new Promise<string>(resolve => {
      const socket = connect(port, outside.address);
      socket.on('connect', () => resolve('connected'));
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    });
    expect(refused).to.equal('ECONNREFUSED');
  });
});
