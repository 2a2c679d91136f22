import type { WebSocket } from 'ws';
import type { Clock, Timer } from '../base/clock.ts';

const POLICY_VIOLATION = 1008;

/**
 * The sending side of one connection. What a slow consumer does not read waits in a buffer of limited size; when that
 * is full the connection is closed with 1008 and an empty reason.
 */
export class Outlet {
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  readonly #limitBytes: number;
  readonly #onOverflow: () => void;
  #held: (Buffer | string)[] = [];
  #heldBytes = 0;
  #stallEnd: Timer | undefined;
  #closed = false;

  constructor(socket: WebSocket, clock: Clock, limitBytes: number, onOverflow: () => void) {
    this.#socket = socket;
    this.#clock = clock;
    this.#limitBytes = limitBytes;
    this.#onOverflow = onOverflow;
    // By hand, so that a stalled connection does not answer either.
    socket.on('ping', data => {
      if (!this.#stallEnd && this.#open) socket.pong(data);
    });
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount + this.#heldBytes;
  }

  /** Hands a message over; false when the connection takes no more. */
  send(message: Buffer | string): boolean {
    if (!this.#open) return false;
    if (this.bufferedBytes + message.length > this.#limitBytes) {
      this.close(POLICY_VIOLATION);
      this.#onOverflow();
      return false;
    }
    if (this.#stallEnd) {
      this.#held.push(message);
      this.#heldBytes += message.length;
    } else {
      this.#socket.send(message, { binary: false });
    }
    return true;
  }

  /** Sends nothing and reads nothing for `forMs`; what is due meanwhile waits. */
  stall(forMs: number): void {
    this.#stallEnd?.cancel();
    this.#socket.pause();
    this.#stallEnd = this.#clock.after(forMs, () => this.#resume(), false);
  }

  /** Sends the last message and closes without a closing handshake. */
  sendAndDrop(message: string): void {
    if (!this.#open) return;
    this.#closed = true;
    this.#socket.send(message, { binary: false }, () => this.#socket.terminate());
  }

  /** Closes with a closing handshake and an empty reason, after what has been handed over. */
  close(code: number): void {
    if (!this.#open) return;
    this.#closed = true;
    this.#stallEnd?.cancel();
    this.#held = [];
    this.#heldBytes = 0;
    this.#socket.resume();
    this.#socket.close(code);
  }

  /** Breaks the connection off, whatever still waits. */
  drop(): void {
    this.#closed = true;
    this.#stallEnd?.cancel();
    this.#socket.terminate();
  }

  get #open(): boolean {
    return !this.#closed && this.#socket.readyState === this.#socket.OPEN;
  }

  #resume(): void {
    this.#stallEnd = undefined;
    if (!this.#open) return;
    this.#socket.resume();
    for (const message of this.#held) this.#socket.send(message, { binary: false });
    this.#held = [];
    this.#heldBytes = 0;
  }
}
