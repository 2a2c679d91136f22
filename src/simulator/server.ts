import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { answerControl, type Controlled } from './control.ts';
import { clusterAt } from './markets.ts';
import type { SimulatorOptions } from './options.ts';
import type { Service } from './service.ts';

/** Massive refuses a larger subscribe message; the connection is closed with 1009. */
const LARGEST_MESSAGE_BYTES = 1_000_000;

/** As long as load balancers usually keep connections on which nothing happens. */
const IDLE_CONNECTION_MS = 60_000;

/** The one port of a simulator. */
export interface ListeningServer {
  readonly port: number;
  close(): Promise<void>;
}

/** A service, and the paths that are its own. */
export type Answering = readonly {
  owns(path: string): boolean;
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
}[];

/** Listens for WebSocket connections at the path of each cluster, and for the requests of other services and of control. */
export async function openServer(
  options: SimulatorOptions,
  service: Service,
  controlled: Controlled,
  answering: Answering,
): Promise<ListeningServer> {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_MESSAGE_BYTES,
    autoPong: false,
    perMessageDeflate: false,
  });
  const answerControlled = (request: IncomingMessage, response: ServerResponse): Promise<void> =>
    answerControl(request, response, controlled);
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0] ?? '/';
    const answer = answering.find(({ owns }) => owns(path))?.answer ?? answerControlled;
    // What cannot be answered ends its connection and nothing else.
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.keepAliveTimeout = IDLE_CONNECTION_MS;
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const cluster = clusterAt(request.url?.split('?')[0] ?? '/');
    if (!cluster) refuseUpgrade(socket, '404 Not Found');
    else if (service.sessions.length >= options.maxConnections)
      refuseUpgrade(socket, '503 Service Unavailable');
    else sockets.handleUpgrade(request, socket, head, connection => service.connect(connection, cluster));
  });
  const { port } = await listen(server, options);
  return {
    port,
    async close() {
      for (const session of service.sessions) session.outlet.drop();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

function listen(server: Server, { port, host }: SimulatorOptions): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(server.address() as AddressInfo));
  });
}

function refuseUpgrade(socket: Duplex, status: string): void {
  // It may be gone already.
  socket.on('error', () => {});
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
