import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export interface ProxyScript {
  /** `user:password` that it wants. */
  readonly credentials?: string;
  /** The status that every CONNECT is answered with instead of a connection. */
  readonly refusal?: number;
  /** Takes requests and never answers. */
  readonly mute?: boolean;
}

/** An HTTP proxy that does CONNECT, on this machine. */
export class ConnectProxy {
  /** What it was asked to connect to. */
  readonly targets: string[] = [];
  readonly #script: ProxyScript;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(script: ProxyScript) {
    this.#script = script;
    this.#server = createServer();
    this.#server.on('connection', socket => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('connect', (request, client: Socket) => {
      client.on('error', () => client.destroy());
      this.targets.push(request.url ?? '');
      if (this.#script.mute) return;
      const status = this.#statusFor(request.headers['proxy-authorization']);
      if (status === 200) this.#join(client, request.url ?? '');
      else client.end(`HTTP/1.1 ${status} Refused\r\nContent-Length: 0\r\n\r\n`);
    });
  }

  static async start(script: ProxyScript = {}): Promise<ConnectProxy> {
    const proxy = new ConnectProxy(script);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get openSockets(): number {
    return this.#sockets.size;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #statusFor(authorization: string | undefined): number {
    if (this.#script.refusal) return this.#script.refusal;
    const { credentials } = this.#script;
    if (credentials === undefined) return 200;
    return authorization === `Basic ${Buffer.from(credentials).toString('base64')}` ? 200 : 407;
  }

  #join(client: Socket, target: string): void {
    const { hostname, port } = new URL(`http://${target}`);
    const far = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      far.pipe(client).pipe(far);
    });
    far.on('error', () => client.destroy());
    far.on('close', () => client.destroy());
    client.on('close', () => far.destroy());
  }
}
