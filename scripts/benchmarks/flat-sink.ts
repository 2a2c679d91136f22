/*
 * A loader that does nothing but answer: it says who it is, acknowledges each message when it has it whole, and counts
 * their bytes. Prints its port; on SIGTERM what it took, and the processor time that it took for that.
 *   node dist-bench/scripts/benchmarks/flat-sink.js
 */
import { createServer, type Socket } from 'node:net';
import { encodeValue } from '../../src/kdb/ipc/encode.ts';
import { MESSAGE_HEADER_BYTES, messageHeader } from '../../src/kdb/ipc/message.ts';
import {
  GENERIC_NULL,
  listOf,
  longAtom,
  type QValue,
  symbolAtom,
  symbolVector,
} from '../../src/kdb/ipc/values.ts';

const CAPABILITY = 3;

const acknowledgement = answer(GENERIC_NULL);
const introduction = answer({
  kind: 'dict',
  sorted: false,
  keys: symbolVector(['protocol', 'market', 'root', 'identity']),
  values: listOf([longAtom(1n), symbolAtom('stocks'), symbolAtom('/'), symbolAtom('sink')]),
});
const taken = { messages: 0, bytes: 0 };

const server = createServer(socket => {
  socket.once('data', () => {
    socket.write(Uint8Array.of(CAPABILITY));
    serve(socket);
  });
  socket.on('error', () => socket.destroy());
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${JSON.stringify({ port: typeof address === 'object' ? address?.port : 0 })}\n`);
});
process.once('SIGTERM', () => {
  const { user, system } = process.cpuUsage();
  const counted = { ...taken, cpuMs: (user + system) / 1000 };
  process.stdout.write(`${JSON.stringify(counted)}\n`, () => process.exit(0));
});

function answer(value: QValue): Buffer {
  const body = encodeValue(value);
  return Buffer.concat([messageHeader('response', body.length), body]);
}

function serve(socket: Socket): void {
  let head = Buffer.alloc(0);
  let missing = 0;
  let isIntroduced = false;
  socket.on('data', (chunk: Buffer) => {
    taken.bytes += chunk.length;
    let at = 0;
    while (at < chunk.length) {
      if (missing === 0) {
        const needed = MESSAGE_HEADER_BYTES - head.length;
        head = Buffer.concat([head, chunk.subarray(at, at + needed)]);
        at += needed;
        if (head.length < MESSAGE_HEADER_BYTES) return;
        missing = head.readUInt32LE(4) - MESSAGE_HEADER_BYTES;
        head = Buffer.alloc(0);
      }
      const part = Math.min(missing, chunk.length - at);
      missing -= part;
      at += part;
      if (missing > 0) return;
      taken.messages++;
      socket.write(isIntroduced ? acknowledgement : introduction);
      isIntroduced = true;
    }
  });
}
