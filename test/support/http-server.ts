import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { isForeign } from './secret-scan/watch-connections.ts';

/** What a server does with one request. */
export type Script =
  | {
      readonly status?: number;
      /** Objects are sent as JSON, with `request_id` and `next_url` as they are. */
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
      readonly gzip?: boolean;
      /** The connection ends after so many bytes of the body. */
      readonly cutAfterBytes?: number;
    }
  /** The connection is closed without an answer. */
  | 'hang-up'
  /** Nothing is ever answered. */
  | 'silence';

export interface SeenHttpRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/** A server on this machine that answers by a list, then by a function of the request. */
export class HttpServer {
  readonly seen: SeenHttpRequest[] = [];
  /** Of the requests to come, in their order. */
  readonly scripts: Script[] = [];
  /** Of those beyond the scripts. */
  answer: (request: SeenHttpRequest) => Script = () => ({ status: 500, body: { error: 'nothing scripted' } });
  /** Called when a request has come, before it is answered. */
  onRequest: (request: SeenHttpRequest) => void = () => {};
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(({ url = '/', headers }, response) => {
      const { pathname, searchParams } = new URL(url, this.address);
      const seen = { path: decodeURIComponent(pathname), query: searchParams, headers };
      this.seen.push(seen);
      this.onRequest(seen);
      send(response, this.scripts.shift() ?? this.answer(seen));
    });
    isForeign(this.#server);
  }

  static async start(): Promise<HttpServer> {
    const server = new HttpServer();
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

function send(response: ServerResponse, script: Script): void {
  if (script === 'silence') return;
  if (script === 'hang-up') {
    response.socket?.destroy();
    return;
  }
  const { status = 200, body = '', headers = {}, gzip = false, cutAfterBytes } = script;
  const plain = Buffer.isBuffer(body)
    ? body
    : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const bytes = gzip ? gzipSync(plain) : plain;
  response.writeHead(status, {
    'content-type': typeof body === 'string' ? 'text/html' : 'application/json',
    'content-length': bytes.length,
    ...(gzip && { 'content-encoding': 'gzip' }),
    ...headers,
  });
  if (cutAfterBytes === undefined) response.end(bytes);
  else response.write(bytes.subarray(0, cutAfterBytes), () => response.socket?.end());
}
