import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Pipe } from './pipe.ts';

/** What lasts until `heal`. Up is from the client that has connected to the server behind the proxy. */
export type Trouble =
  /** Everything arrives so much later. */
  | { readonly how: 'delay'; readonly ms: number }
  | { readonly how: 'throttle'; readonly bytesPerSecond: number }
  /** One direction stands still, as behind a full buffer; nothing is lost. */
  | { readonly how: 'stall-up' }
  | { readonly how: 'stall-down' }
  /** Connections are accepted and stay open, what is sent is lost, and neither side is told; healing resets them. */
  | { readonly how: 'half-open' }
  /** Nobody listens; connections that were open are reset. */
  | { readonly how: 'refuse' };

interface Link {
  readonly client: Socket;
  /** Undefined where the other side is not to know of it. */
  readonly server: Socket | undefined;
  readonly up: Pipe | undefined;
  readonly down: Pipe | undefined;
  /** Was half-open: what it lost cannot come back. */
  doomed: boolean;
}

/** A TCP proxy on this machine with which the way between two processes can be disturbed. */
export class TcpProxy {
  readonly port: number;
  readonly #targetPort: number;
  #server: Server | undefined;
  #trouble: Trouble | undefined;
  readonly #links = new Set<Link>();

  private constructor(server: Server, targetPort: number) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    this.#targetPort = targetPort;
    server.on('connection', client => this.#accept(client));
  }

  /** Listens on 127.0.0.1, port 0: the system chooses. */
  static async listen(targetPort: number, port = 0): Promise<TcpProxy> {
    return new TcpProxy(await listening(port), targetPort);
  }

  get connections(): number {
    return this.#links.size;
  }

  /** Ends all connections with a FIN. */
  drop(): void {
    for (const link of this.#links) {
      link.client.destroy();
      link.server?.destroy();
    }
  }

  /** Ends all connections with an RST. */
  reset(): void {
    for (const link of this.#links) resetLink(link);
  }

  /** Begins trouble in place of what there was; healing ends it. */
  async disturb(trouble: Trouble): Promise<void> {
    await this.heal();
    this.#trouble = trouble;
    if (trouble.how === 'refuse') {
      const server = this.#server;
      this.#server = undefined;
      this.reset();
      if (server) {
        server.close();
        await once(server, 'close');
      }
    }
    for (const link of this.#links) apply(link, trouble);
  }

  async heal(): Promise<void> {
    const trouble = this.#trouble;
    this.#trouble = undefined;
    for (const link of this.#links) {
      if (link.doomed) resetLink(link);
      else apply(link, undefined);
    }
    if (trouble?.how === 'refuse') {
      this.#server = await listening(this.port);
      this.#server.on('connection', client => this.#accept(client));
    }
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.reset();
    if (!server) return;
    server.close();
    await once(server, 'close');
  }

  #accept(client: Socket): void {
    client.setNoDelay(true);
    if (this.#trouble?.how === 'half-open') {
      const link: Link = { client, server: undefined, up: undefined, down: undefined, doomed: true };
      this.#links.add(link);
      client.on('error', () => {});
      client.resume();
      client.once('close', () => this.#links.delete(link));
      return;
    }
    const server = connect({ port: this.#targetPort, host: '127.0.0.1', noDelay: true });
    const link: Link = {
      client,
      server,
      up: new Pipe(client, server),
      down: new Pipe(server, client),
      doomed: false,
    };
    this.#links.add(link);
    const gone = (): void => {
      if (client.destroyed && server.destroyed) this.#links.delete(link);
    };
    for (const [side, other] of [
      [client, server],
      [server, client],
    ] as const) {
      let failed = false;
      side.on('error', () => {
        failed = true;
      });
      side.once('close', () => {
        // In a half-open link nobody is told, and a clean end has been passed on after what was queued before it.
        if (!link.doomed && (failed || !side.readableEnded)) other.resetAndDestroy();
        gone();
      });
    }
    if (this.#trouble) apply(link, this.#trouble);
  }
}

function apply(link: Link, trouble: Trouble | undefined): void {
  if (trouble?.how === 'half-open') link.doomed = true;
  link.up?.become(trouble?.how === 'stall-down' ? undefined : trouble);
  link.down?.become(trouble?.how === 'stall-up' ? undefined : trouble);
}

function resetLink({ client, server }: Link): void {
  client.resetAndDestroy();
  server?.resetAndDestroy();
}

async function listening(port: number): Promise<Server> {
  const server = createServer({ allowHalfOpen: true });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
