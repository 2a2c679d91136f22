import type { Socket } from 'node:net';
import type { Connection as NodeQConnection } from 'node-q';
import type { Clock } from '../../base/clock.ts';
import type { Target } from '../target.ts';
import { notQ, type OpeningPhase, openingFailed, openingTimedOut } from './connect-errors.ts';
import { connectNodeQ } from './node-q-socket.ts';

/** A socket on which a q process has accepted the credentials, free of listeners and paused. */
export interface OpenSocket {
  readonly target: Target;
  readonly socket: Socket;
  /** What came in the same piece as the answer to the credentials: the beginning of the first message, if any. */
  readonly early: Buffer;
  /** node-q's end of it, which no longer hears the socket but through `feedNodeQ`. */
  readonly nodeQ: NodeQConnection;
  /** Gives node-q the bytes of whole messages. */
  feedNodeQ(messages: Buffer): void;
}

const LATEST_CAPABILITY = 6;

/**
 * Opens a connection and authenticates through node-q, within `timeoutMs` for all of it. Rejects with
 * KdbConnectError, which tells an unreachable host, failed TLS, refused credentials, a peer that is not q, and silence
 * apart; the socket is destroyed then.
 */
export function openSocket(target: Target, timeoutMs: number, clock: Clock): Promise<OpenSocket> {
  return new Promise((resolve, reject) => {
    let phase: OpeningPhase = 'connecting';
    let failure: Error | undefined;
    let answer = Buffer.alloc(0);

    const socket = connectNodeQ(target, result => {
      if (!('connection' in result) || !isCapability(answer[0])) return;
      timer.cancel();
      socket.pause();
      for (const [event, listener] of Object.entries(listeners)) socket.off(event, listener);
      const feedNodeQ = takeOver(socket, result.connection, nodesOwn);
      resolve({ target, socket, early: answer.subarray(1), nodeQ: result.connection, feedNodeQ });
    });
    const nodesOwn = listenersOf(socket);

    const fail = (error: Error): void => {
      timer.cancel();
      socket.destroy();
      reject(error);
    };
    const listeners = {
      connect: () => {
        phase = target.tls ? 'tls' : 'authenticating';
      },
      secureConnect: () => {
        phase = 'authenticating';
      },
      // Registered before node-q's own, so that the answer is known when node-q reports.
      data: (chunk: Buffer) => {
        answer = Buffer.concat([answer, chunk]);
        if (!isCapability(answer[0])) fail(notQ(target, answer));
      },
      error: (error: Error) => {
        failure = error;
      },
      close: () => fail(openingFailed(target, phase, failure)),
    };
    for (const [event, listener] of Object.entries(listeners)) socket.on(event, listener);
    const timer = clock.after(timeoutMs, () => fail(openingTimedOut(target, phase, timeoutMs)));
  });
}

/**
 * Gives the bytes of an open socket to `onData`, those that came early first, and its end to `onClose`; from the next
 * turn of the event loop on, so that the caller is complete by then.
 */
export function listenTo(
  { socket, early }: Pick<OpenSocket, 'socket' | 'early'>,
  onData: (chunk: Buffer) => void,
  onClose: () => void,
): void {
  socket.on('data', onData);
  socket.on('close', onClose);
  setImmediate(() => {
    if (early.length > 0) onData(early);
    if (socket.destroyed) onClose();
    else socket.resume();
  });
}

const SOCKET_EVENTS = ['data', 'end', 'error', 'close', 'timeout'] as const;

type Listener = (...parameters: unknown[]) => void;

function listenersOf(socket: Socket): Set<unknown> {
  return new Set(SOCKET_EVENTS.flatMap(event => socket.listeners(event)));
}

/** Removes node-q's listeners, leaves those of Node itself, and gives back the one by which node-q reads. */
function takeOver(
  socket: Socket,
  nodeQ: NodeQConnection,
  nodesOwn: ReadonlySet<unknown>,
): (bytes: Buffer) => void {
  // Where more than the one byte came at once, node-q took it for a refusal and does not read.
  if (socket.listenerCount('data') === 0) (nodeQ as NodeQConnection & { listen(): void }).listen();
  const read = socket.listeners('data')[0] as Listener;
  for (const event of SOCKET_EVENTS) {
    for (const listener of socket.listeners(event) as Listener[]) {
      if (!nodesOwn.has(listener)) socket.off(event, listener);
    }
  }
  // Without a listener an error would end the process; what matters is the close that follows.
  socket.on('error', () => {});
  return read;
}

function isCapability(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 1 && byte <= LATEST_CAPABILITY;
}
