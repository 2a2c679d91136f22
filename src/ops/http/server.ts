import { createServer, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import type { Counters } from '../../base/counters.ts';
import { MassiveKdbError, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Hidden } from '../redaction.ts';
import type { StatusSource } from '../status/source.ts';
import { Assets } from './assets.ts';
import { Connections } from './connections.ts';
import { EventStreams } from './event-streams.ts';
import { createHandler, refuse } from './handler.ts';
import { AllowedHosts, LOOPBACK_NAMES } from './hosts.ts';
import { LoginLimit } from './login-limit.ts';
import { type RefusalReason, Refusals } from './refusals.ts';
import { rawRefusal } from './responses.ts';
import type { Call } from './routes.ts';
import { type MetricsText, type Pages, siteRoutes } from './site.ts';
import { followTls, readTls, type TlsFiles } from './tls-files.ts';
import { TokenFile } from './token-file.ts';

/** Limits on those who ask. */
export interface StatusServerLimits {
  readonly connections: number;
  readonly requestsOfOneConnection: number;
  readonly headerBytes: number;
  /** For the header of a request, the wait for its first byte included, and for a TLS handshake. */
  readonly headerMs: number;
  readonly requestMs: number;
  /** Between two requests of a connection. */
  readonly keepAliveMs: number;
  /** Without a byte in either direction. */
  readonly stillMs: number;
  /** How often the times are looked at. */
  readonly checkMs: number;
}

export const DEFAULT_STATUS_SERVER_LIMITS: StatusServerLimits = {
  connections: 128,
  requestsOfOneConnection: 100,
  headerBytes: 8 * 1024,
  headerMs: 5_000,
  requestMs: 10_000,
  keepAliveMs: 5_000,
  stillMs: 15_000,
  checkMs: 1_000,
};

export interface StatusServerOptions {
  readonly host: string;
  readonly port: number;
  /** Null: without TLS. */
  readonly tls: TlsFiles | null;
  readonly behindProxy: boolean;
  readonly allowedHosts: readonly string[];
  readonly maxStreams: number;
  readonly stateDirectory: string;
  /** Drains that take longer are a fault. */
  readonly liveLimitMs: number;
  /** Where others than the default. */
  readonly limits?: Partial<StatusServerLimits>;
}

export interface StatusServerParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
  readonly hide: (secret: Hidden) => void;
  readonly source: StatusSource;
  readonly pages: Pages;
  readonly metrics: MetricsText;
}

/** The page cannot be served. Code `STATUS_SERVER`. */
export class StatusServerError extends MassiveKdbError {
  constructor(address: string, cause: unknown) {
    const { code } = cause as NodeJS.ErrnoException;
    super('STATUS_SERVER', {
      what: `the status page cannot be served at ${address}: ${messageOf(cause)}`,
      remedy:
        code === 'EADDRINUSE'
          ? 'Give this daemon another status.port, or 0.'
          : 'Correct the section status of the configuration.',
      cause,
    });
  }
}

/** Serves the page, the interfaces and the metrics of a daemon. */
export class StatusServer {
  /** As in `http://127.0.0.1:8910`. */
  readonly address: string;
  readonly #server: Server;
  readonly #closing: readonly (() => void)[];

  private constructor(address: string, server: Server, closing: readonly (() => void)[]) {
    this.address = address;
    this.#server = server;
    this.#closing = closing;
  }

  /** @throws StatusServerError */
  static async listen(options: StatusServerOptions, parts: StatusServerParts): Promise<StatusServer> {
    const { host, port, tls } = options;
    const limits = { ...DEFAULT_STATUS_SERVER_LIMITS, ...options.limits };
    const { logger } = parts;
    try {
      const refusals = new Refusals(parts);
      const status = () => parts.source.status();
      const streams = new EventStreams(options.maxStreams, { ...parts, refusals, status });
      const connections = new Connections(limits.connections, refusals);
      const secured = tls && createTlsServer({ ...serverOptions(limits), ...readTls(tls) });
      const server = secured ?? createServer(serverOptions(limits));
      connections.watch(server);
      server.maxRequestsPerSocket = limits.requestsOfOneConnection;
      server.timeout = limits.stillMs;
      const file = await TokenFile.open(options.stateDirectory, parts);
      serve(server, options, parts, { streams, refusals, token: () => file.value });
      await bind(server, port, host).catch((error: unknown) => {
        file.close();
        throw error;
      });
      server.on('error', error => logger.error(`status page: ${messageOf(error)}`));
      const following = secured && followTls(tls!, secured, parts);
      const bound = (server.address() as AddressInfo).port;
      return new StatusServer(`${tls ? 'https' : 'http'}://${inAddress(host)}:${bound}`, server, [
        () => following?.cancel(),
        () => file.close(),
        () => streams.close(),
        () => connections.close(),
        () => refusals.close(),
      ]);
    } catch (error) {
      throw new StatusServerError(`${inAddress(host)}:${port}`, error);
    }
  }

  /** Ends every stream and every connection. */
  async close(): Promise<void> {
    const closed = new Promise<void>(resolve => this.#server.close(() => resolve()));
    for (const close of this.#closing) close();
    await closed;
  }
}

function serverOptions(limits: StatusServerLimits): ServerOptions & { readonly handshakeTimeout: number } {
  return {
    insecureHTTPParser: false,
    // Its absence is refused as a wrong one is.
    requireHostHeader: false,
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headerMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: limits.checkMs,
    handshakeTimeout: limits.headerMs,
  };
}

interface Served {
  readonly streams: EventStreams;
  readonly refusals: Refusals;
  readonly token: () => string | undefined;
}

/** Answers what comes. */
function serve(
  server: Server,
  options: StatusServerOptions,
  parts: StatusServerParts,
  { streams, refusals, token }: Served,
): void {
  const { clock, logger, pages } = parts;
  const { host, allowedHosts, behindProxy, tls, liveLimitMs } = options;
  const wallMs = () => clock.wallMs();
  const isSecure = ({ request }: Call) =>
    tls !== null || (behindProxy && request.headers['x-forwarded-proto'] === 'https');
  const routes = siteRoutes({
    ...parts,
    assets: new Assets(pages.files),
    logins: new LoginLimit(clock),
    streams,
    token,
    wallMs,
    isSecure,
    liveLimitMs,
  });
  const rules = {
    hosts: new AllowedHosts([...LOOPBACK_NAMES, host, ...allowedHosts]),
    proxyHosts: behindProxy ? new AllowedHosts(allowedHosts) : null,
    tls: tls !== null,
  };
  server.on('request', createHandler({ routes, rules, token, wallMs, refusals, logger }));
  for (const event of ['checkContinue', 'checkExpectation'] as const) {
    server.on(event, (request, response) => refuse(request, response, 'expectation', refusals));
  }
  server.on('connect', (_request, socket) => refuseRaw(socket as Socket, 'method', refusals));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // Who has gone needs no answer.
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else refuseRaw(socket, PARSER_REASONS[error.code ?? ''] ?? 'malformed', refusals);
  });
  // A handshake that fails ends its connection: somebody who speaks no TLS, or none that is safe.
  server.on('tlsClientError', () => refusals.count('malformed'));
}

const PARSER_REASONS: Readonly<Record<string, RefusalReason>> = {
  HPE_HEADER_OVERFLOW: 'header-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'timeout',
};

function refuseRaw(socket: Socket, reason: RefusalReason, refusals: Refusals): void {
  refusals.count(reason);
  // Node no longer listens to one that asked for CONNECT: who breaks off then would end the process.
  socket.on('error', () => {});
  socket.write(rawRefusal(reason));
  socket.destroySoon();
}

function bind(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** An IPv6 address in brackets. */
function inAddress(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
