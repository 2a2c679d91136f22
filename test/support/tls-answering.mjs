import { createServer } from 'node:tls';
import { parentPort, workerData } from 'node:worker_threads';

/**
 * A q process over TLS on a thread of its own, which gives every message the same answer. `answered` counts those
 * that the system has taken, so that another thread can sleep until one has arrived.
 */
const { key, cert, answer, answered } = workerData;

const server = createServer({ key, cert }, socket => {
  socket.on('error', () => {});
  socket.once('data', () => {
    socket.write(Buffer.from([3]));
    socket.on('data', () => {
      socket.write(answer, () => {
        Atomics.add(answered, 0, 1);
        Atomics.notify(answered, 0);
      });
    });
  });
});
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
