import { createServer, type Socket } from 'node:net';
import { messageHeader } from '../../src/kdb/ipc/message.ts';

const CAPABILITY = 3;

/**
 * Listens as a q process does: answers the handshake of each connection and leaves the rest of it to `serve`. Prints its
 * port, and on SIGTERM what `taken` counts; both as JSON.
 */
export function runSink(serve: (socket: Socket) => void, taken: () => object): void {
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
    process.stdout.write(`${JSON.stringify(taken())}\n`, () => process.exit(0));
  });
}

/** A whole answer around an encoded value. */
export function answer(body: Uint8Array): Buffer {
  return Buffer.concat([messageHeader('response', body.length), body]);
}
