/**
 * The socket thread: it owns every socket of the process, so that bytes move while the interpreter evaluates,
 * and so that the interpreter can block on an answer. It knows messages, not values. Started by
 * {@link SocketThread}.
 */
import { createServer, type Server } from 'node:net';
import { workerData } from 'node:worker_threads';
import { peerOf, ThreadConnection } from './thread-connection.ts';
import { openSocket } from './thread-outgoing.ts';
import type { Command, ConnectionId, SocketEvent, ThreadStart } from './thread-protocol.ts';
import { Traffic } from './traffic.ts';

const { events, wakeUp } = workerData as ThreadStart;
const wakeUps = new Int32Array(wakeUp);
const connections = new Map<ConnectionId, ThreadConnection>();
/** Connections that clients open have even numbers, those that this process opens odd ones. */
let nextAcceptedId = 2;
let server: Server | undefined;

function emit(event: SocketEvent, transfer: ArrayBuffer[] = []): void {
  if (event.kind === 'closed' || event.kind === 'malformed') connections.delete(event.id);
  events.postMessage(event, transfer);
  Atomics.add(wakeUps, 0, 1);
  Atomics.notify(wakeUps, 0);
}

events.on('message', (command: Command) => {
  switch (command.kind) {
    case 'listen':
      void listen(command.host, command.ports);
      break;
    case 'stopListening':
      stopListening();
      emit({ kind: 'stoppedListening' });
      break;
    case 'connect':
      void open(command);
      break;
    case 'admit':
      connections.get(command.id)?.admit(command.capability);
      break;
    case 'send':
      connections.get(command.id)?.send(command.message);
      break;
    case 'resume':
      connections.get(command.id)?.resume();
      break;
    case 'close':
      connections.get(command.id)?.close();
      connections.delete(command.id);
      break;
    case 'shutDown':
      void shutDown(command.limitMs);
  }
});
emit({ kind: 'ready' });

async function listen(host: string, ports: readonly number[]): Promise<void> {
  let reason = 'EADDRINUSE';
  for (const port of ports) {
    const outcome = await tryListen(host, port);
    if (typeof outcome === 'number') {
      emit({ kind: 'listening', port: outcome });
      return;
    }
    reason = outcome;
  }
  emit({ kind: 'listenFailed', reason });
}

/** Listens; resolves to the port, or to the operating system's reason. The previous port is given up for it. */
function tryListen(host: string, port: number): Promise<number | string> {
  return new Promise(resolve => {
    const candidate = createServer({ pauseOnConnect: false }, socket => {
      const id = nextAcceptedId;
      nextAcceptedId += 2;
      connections.set(id, ThreadConnection.accepted(id, socket, emit));
    });
    candidate.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    candidate.listen({ host, port }, () => {
      stopListening();
      server = candidate;
      const address = candidate.address();
      resolve(address !== null && typeof address === 'object' ? address.port : port);
    });
  });
}

function stopListening(): void {
  server?.close();
  server = undefined;
}

async function open(command: Command & { kind: 'connect' }): Promise<void> {
  const outcome = await openSocket(command.endpoint, command.credentials, command.timeoutMs);
  if ('kind' in outcome) {
    emit({ kind: 'connectFailed', id: command.id, reason: outcome });
    return;
  }
  const { socket, capability } = outcome;
  const connection = ThreadConnection.opened(command.id, socket, new Traffic(command.traffic), emit);
  connections.set(command.id, connection);
  emit({ kind: 'connected', id: command.id, capability, peer: peerOf(socket) });
}

/** Gives what was sent a chance to be written, then closes everything. */
async function shutDown(limitMs: number): Promise<void> {
  stopListening();
  const limit = new Promise<void>(resolve => setTimeout(resolve, limitMs).unref());
  await Promise.race([limit, Promise.all([...connections.values()].map(connection => connection.finish()))]);
  for (const connection of connections.values()) connection.close();
  connections.clear();
  emit({ kind: 'shutDown' });
  events.close();
}
