import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import nodeq, { type Connection } from 'node-q';
import { systemClock } from '../../../src/base/clock.ts';
import { QueryConnection } from '../../../src/kdb/connection/query-connection.ts';
import { encodeValue } from '../../../src/kdb/ipc/encode.ts';
import type { QValue } from '../../../src/kdb/ipc/values.ts';
import { QChild } from '../../support/q-process.ts';

const LIMIT_MS = 60_000;
/** What may wait for a client, twice for its copies, and room for garbage; 6 GB are sent. */
const MOST_GROWTH_BYTES = 1.2e9;
/** Every type as atom and as vector, with nulls and infinities where there are any. */
const ATOMS: readonly string[] = [
  ...['1b', '0x2a', '0Nh', '-7h', '0Wi', '9007199254740993', '0N', '1.5e', '0n', '-0w', '"c"', '`sym', '`'],
  ...['2024.02.29', '2024.02m', '0Nd', '2024.02.29D01:02:03.000000004', '0Np', '0D00:00:01.5', '0Wn'],
  ...[
    '12:34',
    '12:34:56',
    '12:34:56.789',
    '2024.02.29T12:34:56.789',
    '"G"$"8c6b8b64-6815-6084-0a3e-178401251b68"',
  ],
];

describe('q process - clients', () => {
  let q: QChild;
  let port: number;
  let client: QueryConnection;
  const sockets: Socket[] = [];

  before(async () => {
    q = new QChild(['-p', '0', '-q']);
    port = await q.port();
    client = await QueryConnection.open(
      { host: '127.0.0.1', port, user: '', password: '' },
      { clock: systemClock, connectTimeoutMs: LIMIT_MS, answerTimeoutMs: LIMIT_MS, maxAnswerBytes: 2 ** 28 },
    );
  });

  after(async () => {
    client.close();
    for (const socket of sockets) socket.destroy();
    await q.stop();
  });

  /** A plain socket that has been let in. */
  async function admitted(): Promise<Socket> {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => {});
    socket.write('me:\x03\0');
    await once(socket, 'readable');
    expect(socket.read(1)).to.deep.equal(Buffer.of(3));
    return socket;
  }

  async function nodeQ(): Promise<Connection> {
    return new Promise((resolve, reject) => {
      nodeq.connect({ host: '127.0.0.1', port }, (error, opened) =>
        error ? reject(error) : resolve(opened!),
      );
    });
  }

  function ask(connection: Connection, ...args: unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      (connection.k as (...all: unknown[]) => void)(...args, (error: Error | undefined, answer: unknown) =>
        error ? reject(error) : resolve(answer),
      );
    });
  }

  it('a client reads every type as the process itself serialises it', async () => {
    for (const atom of ATOMS) {
      for (const expression of [atom, `enlist ${atom}`, `3#${atom}`, `0#${atom}`]) {
        const value = await client.query(expression);
        const bytes = await client.query(`8_-8!${expression}`);
        expect(Buffer.from(encodeValue(value)), expression).to.deep.equal(
          Buffer.from((bytes as QValue & { values: Uint8Array }).values),
        );
      }
    }
  });

  it('node-q reads every type', async () => {
    const connection = await nodeQ();
    const expected: readonly (readonly [string, unknown])[] = [
      ['1b', true],
      ['0x2a', 42],
      ['-7h', -7],
      ['42i', 42],
      ['42', 42],
      ['1.5e', 1.5],
      ['2.25', 2.25],
      ['"c"', 'c'],
      // A text that begins with a backtick goes out from node-q as a symbol.
      ['(`sym)', 'sym'],
      ['"text"', 'text'],
      ['101b', [true, false, true]],
      ['1 2 3h', [1, 2, 3]],
      ['1 2 3', [1, 2, 3]],
      ['1.5 2.5', [1.5, 2.5]],
      ['(`a`b)', ['a', 'b']],
      ['(1;`a;"x")', [1, 'a', 'x']],
      ['(`a`b)!1 2', { a: 1, b: 2 }],
      ['2024.02.29', new Date(2024, 1, 29)],
      ['enlist"G"$"8c6b8b64-6815-6084-0a3e-178401251b68"', ['8c6b8b64-6815-6084-0a3e-178401251b68']],
    ];
    for (const [expression, value] of expected) {
      expect(await ask(connection, expression), expression).to.deep.equal(value);
    }
    await new Promise<void>(resolve => connection.close(() => resolve()));
  });

  it('an asynchronous message of node-q is performed before the next request', async () => {
    const connection = await nodeQ();
    const sent = new Promise<void>((resolve, reject) => {
      connection.ks('told:17', (error?: Error) => (error ? reject(error) : resolve()));
    });
    await sent;
    expect(await ask(connection, 'told')).to.equal(17);
    await new Promise<void>(resolve => connection.close(() => resolve()));
  });

  it('malformed messages of many kinds close their own sockets, and the process goes on', async () => {
    const kinds = [
      'ffffffffffffffff',
      '0101000000000000',
      '01010000ffffff7f',
      '010100000900000063',
      '01010000120000000600ffffff7f01000000',
      '0101010010000000ffffffff00000000',
      '010100000e0000000b0003000000',
      '0109000009000000ff',
    ];
    for (const kind of kinds) {
      const bad = await admitted();
      const closed = once(bad, 'close');
      bad.resume();
      bad.end(Buffer.from(kind, 'hex'));
      await closed;
      expect(await client.query('1b'), kind).to.deep.equal({ kind: 'atom', type: 'boolean', value: true });
    }
  });

  it('a client that never reads is cut, and the memory of the process stays bounded', async () => {
    const deaf = await admitted();
    const closed = once(deaf, 'close');
    deaf.pause();
    const residentBefore = residentBytes(q);
    await client.query('big:til 1000000; 1b');
    await client.query('flood:{[n] do[n;neg[victim]big]; 1b}');
    await client.query('victim:last key .z.W; 1b');
    for (let round = 0; round < 40; round++) {
      const open = await client.query('victim in key .z.W');
      if (!(open as { value: boolean }).value) break;
      await client.query('@[flood;20;{0b}]');
    }
    expect(await client.query('victim in key .z.W')).to.deep.equal({
      kind: 'atom',
      type: 'boolean',
      value: false,
    });
    expect(residentBytes(q) - residentBefore).to.be.below(MOST_GROWTH_BYTES);
    await q.printed(/it does not read, and \d+ bytes in \d+ messages wait for it/);
    deaf.resume();
    await closed;
  });
});

/** What the process occupies, where the system tells it; else 0. */
function residentBytes({ process }: QChild): number {
  const status = `/proc/${process.pid}/status`;
  if (!existsSync(status)) return 0;
  return Number(/VmRSS:\s*(\d+) kB/.exec(readFileSync(status, 'utf8'))![1]) * 1024;
}
