import { connect, type Socket } from 'node:net';
import { encodeHandshake } from './handshake.ts';
import type { ConnectFailure, Endpoint } from './thread-protocol.ts';

/**
 * Opens a connection to a q process and says who we are. Resolves to the socket and the common capability when
 * the other side has accepted; `timeoutMs` covers all of it, 0 waits as long as the operating system does.
 */
export function openSocket(
  endpoint: Endpoint,
  credentials: string,
  timeoutMs: number,
): Promise<{ socket: Socket; capability: number } | ConnectFailure> {
  return new Promise(resolve => {
    const socket = connect({ host: endpoint.host, port: endpoint.port });
    const settle = (outcome: { socket: Socket; capability: number } | ConnectFailure): void => {
      clearTimeout(timer);
      socket.off('error', onError).off('close', onClose).off('data', onAnswer);
      if ('kind' in outcome) socket.on('error', () => {}).destroy();
      resolve(outcome);
    };
    const onError = (error: NodeJS.ErrnoException): void =>
      settle({ kind: 'system', code: error.code ?? error.message });
    const onClose = (): void => settle({ kind: 'access' });
    const onAnswer = (answer: Buffer): void => {
      socket.pause();
      if (answer.length > 1) socket.unshift(answer.subarray(1));
      settle({ socket, capability: answer[0]! });
    };
    const timer = timeoutMs > 0 ? setTimeout(() => settle({ kind: 'timeout' }), timeoutMs) : undefined;
    socket.once('connect', () => socket.write(encodeHandshake(credentials)));
    socket.on('error', onError).on('close', onClose).on('data', onAnswer);
  });
}
