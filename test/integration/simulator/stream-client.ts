import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { WireEvent } from '../../unit/simulator/market-tape.ts';

/** A client of the stream that keeps everything. */
export class StreamClient {
  readonly socket: WebSocket;
  readonly frames: string[] = [];
  /** Resolves with the closing code and reason; 1006 is no closing handshake. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  #pings = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', data => this.frames.push(String(data)));
    socket.on('error', () => {});
    this.closed = once(socket, 'close').then(([code, reason]) => ({ code, reason: String(reason) }));
  }

  /** Connects and waits for the greeting. */
  static async connect(url: string): Promise<StreamClient> {
    const client = new StreamClient(new WebSocket(url));
    await client.until(() => client.frames.length > 0);
    return client;
  }

  static async authenticated(url: string, key = 'demo'): Promise<StreamClient> {
    const client = await StreamClient.connect(url);
    client.send('auth', key);
    await client.until(() => client.statuses.includes('auth_success'));
    return client;
  }

  send(action: string, params: string): void {
    this.socket.send(JSON.stringify({ action, params }));
  }

  /** Waits until a message makes `condition` true; fails when the connection closes before. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      const closed = this.closed.then(({ code }) => {
        if (!condition()) throw new Error(`closed with ${code} while waiting`);
      });
      await Promise.race([once(this.socket, 'message'), closed]);
    }
  }

  /** Waits until everything that the server has sent so far is here. */
  async caughtUp(): Promise<void> {
    const mark = String(++this.#pings);
    this.socket.ping(mark);
    for (;;) {
      const [data] = await once(this.socket, 'pong');
      if (String(data) === mark) return;
    }
  }

  get events(): WireEvent[] {
    return this.frames.flatMap(frame => JSON.parse(frame) as WireEvent[]);
  }

  get bars(): WireEvent[] {
    return this.events.filter(({ ev }) => ev !== 'status');
  }

  get statuses(): unknown[] {
    return this.events.filter(({ ev }) => ev === 'status').map(({ status }) => status);
  }

  get messages(): unknown[] {
    return this.events.filter(({ ev }) => ev === 'status').map(({ message }) => message);
  }
}
