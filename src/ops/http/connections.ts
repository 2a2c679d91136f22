import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Refusals } from './refusals.ts';

/**
 * Keeps connections few. Where there are too many the one that has done nothing for longest is closed for a new one, so
 * that idle ones keep nobody out; where all are at work the new one is.
 */
export class Connections {
  readonly #most: number;
  readonly #refusals: Refusals;
  /** By the peer's address and port, the longest idle first. */
  readonly #idle = new Map<string, Socket>();
  readonly #working = new Map<string, Socket>();

  constructor(most: number, refusals: Refusals) {
    this.#most = most;
    this.#refusals = refusals;
  }

  get count(): number {
    return this.#idle.size + this.#working.size;
  }

  watch(server: Server): void {
    // Under TLS these are the connections below it, so that handshakes count as well.
    server.on('connection', socket => this.#opened(socket));
    server.on('request', (request, response) => {
      const name = nameOf(request.socket);
      const socket = this.#idle.get(name);
      if (!socket) return;
      this.#idle.delete(name);
      this.#working.set(name, socket);
      response.on('close', () => {
        // It may have been closed meanwhile.
        if (this.#working.delete(name) && !socket.destroyed) this.#idle.set(name, socket);
      });
    });
  }

  /** Ends all of them, whatever they are at. */
  close(): void {
    for (const socket of [...this.#idle.values(), ...this.#working.values()]) socket.destroy();
  }

  #opened(socket: Socket): void {
    const name = nameOf(socket);
    if (this.count >= this.#most) this.#makeRoom();
    if (this.count >= this.#most) {
      this.#refusals.count('connections-too-many');
      socket.destroy();
      return;
    }
    this.#idle.set(name, socket);
    socket.on('close', () => {
      this.#idle.delete(name);
      this.#working.delete(name);
    });
  }

  #makeRoom(): void {
    const [oldest] = this.#idle;
    if (!oldest) return;
    const [name, socket] = oldest;
    this.#idle.delete(name);
    this.#refusals.count('connections-too-many');
    socket.destroy();
  }
}

/** The same for a connection and for the TLS on it. */
function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
