import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { CLIMBS, DOUBLED, NO_REQUESTS, requestBytes } from './abusive-requests.ts';

const IDLE_CONNECTIONS = 1000;
const MEANWHILE = 16;

/** Requests that are forbidden, as browsers of other sites, strangers and those who guess send them. */
const FORBIDDEN: readonly string[] = [
  requestBytes('GET /api/status', 'Authorization: Bearer wrong'),
  requestBytes(
    'GET /api/status',
    'Cookie: massive_kdb_session=1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  ),
  requestBytes('GET /events'),
  requestBytes('GET /api/configuration', 'Sec-Fetch-Site: cross-site'),
  requestBytes('POST /api/feeds/stocks/subscriptions/remove', 'Origin: http://evil.net', 'Content-Length: 0'),
  requestBytes('POST /login', 'Origin: http://localhost', 'Content-Length: 1000000000'),
  'GET / HTTP/1.1\r\nHost: rebind.evil.net\r\n\r\n',
];

/** Throws at a status server what it is to refuse, over and over, until it is told to stop. */
export class StatusAbuser {
  /** Requests sent so far. */
  sent = 0;
  #requests = Number.POSITIVE_INFINITY;
  readonly #port: number;
  readonly #idle: Socket[] = [];
  #stopped = false;

  constructor(address: string) {
    this.#port = Number(new URL(address).port);
  }

  /** How often all of them were sent. */
  get rounds(): number {
    return Math.floor(this.sent / this.#requests);
  }

  /** Resolves when it was stopped. */
  async run(): Promise<void> {
    await this.#idleConnections();
    const drips = setInterval(() => this.#drip(), 100);
    const all = [
      ...CLIMBS.map(path => requestBytes(`GET ${path}`, 'Connection: close')),
      ...NO_REQUESTS.map(([, bytes]) => bytes),
      ...DOUBLED.map(([, bytes]) => bytes),
      ...FORBIDDEN,
    ];
    const senders = Array.from({ length: MEANWHILE }, async () => {
      while (!this.#stopped) await this.#send(all[this.sent++ % all.length]!);
    });
    this.#requests = all.length;
    await Promise.all(senders);
    clearInterval(drips);
    for (const socket of this.#idle) socket.destroy();
  }

  stop(): void {
    this.#stopped = true;
  }

  async #idleConnections(): Promise<void> {
    while (this.#idle.length < IDLE_CONNECTIONS && !this.#stopped) this.#idle.push(await this.#connect());
  }

  /** Those that are still open send their header byte by byte; those that were closed are opened again. */
  #drip(): void {
    for (const [index, socket] of this.#idle.entries()) {
      if (socket.writable) socket.write('G');
      else if (index % 50 === 0) this.#idle[index] = this.#open();
    }
  }

  async #send(bytes: string): Promise<void> {
    const socket = await this.#connect();
    socket.write(bytes);
    if (!socket.closed) await once(socket, 'close').catch(() => undefined);
  }

  async #connect(): Promise<Socket> {
    const socket = this.#open();
    await once(socket, 'connect').catch(() => undefined);
    return socket;
  }

  #open(): Socket {
    const socket = connect(this.#port, '127.0.0.1').resume();
    // It is closed by the server, in whatever way.
    socket.on('error', () => {});
    return socket;
  }
}
