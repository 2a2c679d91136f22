import type { FeedSocket, OpenSocket, SocketAddress, SocketListener } from '../../src/massive/socket.ts';

export const WELCOME = [{ ev: 'status', status: 'connected', message: 'Connected Successfully' }];
export const AUTHENTICATED = [{ ev: 'status', status: 'auth_success', message: 'authenticated' }];

export function acknowledgement(...pairs: string[]): object[] {
  return pairs.map(pair => ({ ev: 'status', status: 'success', message: `subscribed to: ${pair}` }));
}

export function statusFrame(status: string, message = ''): object[] {
  return [{ ev: 'status', status, message }];
}

/** The far end of one socket, played by a test. */
export class FakeSocket implements FeedSocket {
  readonly address: SocketAddress;
  readonly sent: string[] = [];
  pings = 0;
  closing = false;
  readonly #listener: SocketListener;
  readonly #signal: AbortSignal;

  constructor(address: SocketAddress, listener: SocketListener, signal: AbortSignal) {
    this.address = address;
    this.#listener = listener;
    this.#signal = signal;
  }

  get destroyed(): boolean {
    return this.#signal.aborted;
  }

  /** The parameters of what was sent with `action`, one entry a message. */
  requests(action: string): string[] {
    return this.sent
      .map(text => JSON.parse(text) as { action: string; params: string })
      .filter(message => message.action === action)
      .map(message => message.params);
  }

  send(text: string): void {
    this.sent.push(text);
  }

  ping(): void {
    this.pings++;
  }

  close(): void {
    this.closing = true;
  }

  open(): void {
    this.#listener.opened();
  }

  receive(events: object): void {
    this.#listener.frame(Buffer.from(JSON.stringify(events)));
  }

  pong(): void {
    this.#listener.pong();
  }

  drop(code = 1006, reason = '', error?: Error): void {
    this.#listener.closed(code, reason, error);
  }

  /** Plays the server up to where every pair that was asked for is acknowledged. */
  stream(): void {
    this.open();
    this.receive(WELCOME);
    this.receive(AUTHENTICATED);
    for (const params of this.requests('subscribe')) this.receive(acknowledgement(...params.split(',')));
  }
}

/** Sockets in the order in which they were opened. */
export class FakeSockets {
  readonly all: FakeSocket[] = [];

  readonly open: OpenSocket = (address, listener, signal) => {
    const socket = new FakeSocket(address, listener, signal);
    this.all.push(socket);
    return socket;
  };

  get last(): FakeSocket {
    const socket = this.all.at(-1);
    if (!socket) throw new Error('no socket was opened');
    return socket;
  }
}
