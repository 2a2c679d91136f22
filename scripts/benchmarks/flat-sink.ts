/*
 * A loader that does nothing but answer: it says who it is, acknowledges each message when it has it whole, and counts
 * their bytes. Prints its port; on SIGTERM what it took, and the processor time that it took for that.
 *   node dist-bench/scripts/benchmarks/flat-sink.js
 */
import type { Socket } from 'node:net';
import { encodeValue } from '../../src/kdb/ipc/encode.ts';
import { MESSAGE_HEADER_BYTES } from '../../src/kdb/ipc/message.ts';
import { GENERIC_NULL, listOf, longAtom, symbolAtom, symbolVector } from '../../src/kdb/ipc/values.ts';
import { answer, runSink } from './sink.ts';

const acknowledgement = answer(encodeValue(GENERIC_NULL));
const introduction = answer(
  encodeValue({
    kind: 'dict',
    sorted: false,
    keys: symbolVector(['protocol', 'market', 'root', 'identity']),
    values: listOf([longAtom(1n), symbolAtom('stocks'), symbolAtom('/'), symbolAtom('sink')]),
  }),
);
const taken = { messages: 0, bytes: 0 };

runSink(serve, () => {
  const { user, system } = process.cpuUsage();
  return { ...taken, cpuMs: (user + system) / 1000 };
});

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
