/*
 * A loader that does nothing but answer: it takes messages of q IPC, acknowledges each when it has it whole, and counts
 * their bytes. Prints its port; on SIGTERM what it took.
 *   node dist-bench/scripts/benchmarks/flat-sink.js
 */
import { createServer, type Socket } from 'node:net';
import { encodeValue } from '../../src/kdb/ipc/encode.ts';
import { MESSAGE_HEADER_BYTES, messageHeader } from '../../src/kdb/ipc/message.ts';
import { GENERIC_NULL } from '../../src/kdb/ipc/values.ts';

const body = encodeValue(GENERIC_NULL);
const answer = Buffer.concat([messageHeader('response', body.length), body]);
const taken = { messages: 0, bytes: 0 };

const server = createServer(serve);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${JSON.stringify({ port: typeof address === 'object' ? address?.port : 0 })}\n`);
});
process.once('SIGTERM', () => {
  process.stdout.write(`${JSON.stringify(taken)}\n`, () => process.exit(0));
});

function serve(socket: Socket): void {
  let head = Buffer.alloc(0);
  let missing = 0;
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
      socket.write(answer);
    }
  });
  socket.on('error', () => socket.destroy());
}
