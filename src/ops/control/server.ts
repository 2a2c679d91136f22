import { chmodSync, unlinkSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { EndingError, MassiveKdbError, messageOf } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-codes.ts';
import type { Logger } from '../../base/logger.ts';
import { findRoute, refusalOf } from './matching.ts';

/** Nothing that is asked here is longer. */
const MOST_BODY_BYTES = 16 * 1024;
const REQUEST_MS = 5_000;
const MOST_CONNECTIONS = 16;

export type ControlMethod = 'GET' | 'POST';

/** One thing that a daemon can be asked. */
export interface ControlRoute {
  readonly method: ControlMethod;
  /** Of the whole path; its groups are given to `answer`. */
  readonly path: RegExp;
  /**
   * The answer, as JSON. What it throws of MassiveKdbError is told to the one who asks.
   *
   * @param groups of the path, decoded
   * @param body as JSON; undefined where there is none
   * @param query what follows the path
   */
  answer(groups: Readonly<Record<string, string>>, body: unknown, query: URLSearchParams): unknown;
}

/** Something that a daemon can be asked to go on telling, as lines, until the one who asks goes. */
export interface StreamRoute {
  readonly method: 'GET';
  /** Of the whole path. */
  readonly path: RegExp;
  /**
   * Begins to write. What it throws of MassiveKdbError is told to the one who asks.
   *
   * @returns what is to be done when the one who asks has gone
   */
  stream(query: URLSearchParams, reader: StreamReader): () => void;
}

/** The one who reads a stream. */
export interface StreamReader {
  /** Bytes written and not yet taken: who writes must stop before they become many. */
  readonly waitingBytes: number;
  write(lines: string): void;
}

/** What the one who asks gets where it cannot be done. */
export interface ControlRefusal {
  readonly error: {
    readonly code: string;
    readonly what: string;
    readonly remedy: string;
    readonly exitCode: ExitCode;
  };
}

/** The socket cannot be made. Code `CONTROL_SOCKET`. */
export class ControlSocketError extends EndingError {
  constructor(path: string, problem: string) {
    super('CONTROL_SOCKET', ExitCode.io, {
      what: `the control socket ${path} cannot be made: ${problem}`,
      remedy: 'Commands that ask the daemon do not work. Choose a shorter or a writable state directory.',
    });
  }
}

/**
 * Answers commands of this user on a Unix socket: HTTP, JSON, one request a connection, or lines without end. Whoever
 * may open the socket may do what the daemon offers, so it is for its owner only.
 */
export class ControlServer {
  readonly #path: string;
  readonly #server: Server;

  private constructor(path: string, server: Server) {
    this.#path = path;
    this.#server = server;
  }

  /** A socket that a killed process left is replaced. Throws ControlSocketError. */
  static async listen(
    path: string,
    routes: readonly (ControlRoute | StreamRoute)[],
    logger: Logger,
  ): Promise<ControlServer> {
    const server = createServer(
      { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS },
      (request, response) => {
        answer(request, response, routes).catch((error: unknown) => {
          logger.warn(`a command was not answered: ${messageOf(error)}`);
          response.destroy();
        });
      },
    );
    server.maxConnections = MOST_CONNECTIONS;
    try {
      await bind(server, path).catch(async (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EADDRINUSE') throw error;
        if (await isAnswered(path)) throw new Error('another process answers there');
        unlinkSync(path);
        await bind(server, path);
      });
      chmodSync(path, 0o600);
    } catch (error) {
      throw new ControlSocketError(path, messageOf(error));
    }
    // As where there is no memory for a connection: without somebody who hears it, it would end the process.
    server.on('error', error => logger.warn(`a command could not reach the daemon: ${messageOf(error)}`));
    return new ControlServer(path, server);
  }

  get path(): string {
    return this.#path;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>(resolve => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}

function bind(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // The socket is made during the call: nobody else may open it from the beginning.
    const mask = process.umask(0o177);
    try {
      server.listen(path, () => {
        server.off('error', reject);
        resolve();
      });
    } finally {
      process.umask(mask);
    }
  });
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  routes: readonly (ControlRoute | StreamRoute)[],
): Promise<void> {
  const [path, ...rest] = (request.url ?? '').split('?') as [string, ...string[]];
  const query = new URLSearchParams(rest.join('?'));
  const found = findRoute(routes, request.method, path);
  if (found.kind !== 'route') {
    const [status, message] =
      found.kind === 'no-method' ? [405, 'this is not done to it'] : [404, `there is no ${path}`];
    reply(response, status, refusal(message));
    return;
  }
  const body = await bodyOf(request);
  if (body === undefined) {
    reply(response, 400, refusal('the request is too long, or no JSON'));
    return;
  }
  try {
    const { route, groups } = found;
    if ('stream' in route) stream(route, query, response);
    else reply(response, 200, await route.answer(groups, body.value, query));
  } catch (error) {
    if (!(error instanceof MassiveKdbError)) throw error;
    reply(response, 409, refusalOf(error));
  }
}

function stream(route: StreamRoute, query: URLSearchParams, response: ServerResponse): void {
  const reader: StreamReader = {
    get waitingBytes() {
      return response.writableLength;
    },
    write: lines => void response.write(lines),
  };
  response.setHeader('content-type', 'application/x-ndjson');
  response.setHeader('connection', 'close');
  const end = route.stream(query, reader);
  response.on('close', end);
  // A reader that breaks off is no fault; `close` follows.
  response.on('error', () => {});
  response.flushHeaders();
}

/** Undefined where it cannot be taken; without a body the value is undefined. */
async function bodyOf(request: IncomingMessage): Promise<{ readonly value: unknown } | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  try {
    return { value: text === '' ? undefined : JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function refusal(what: string): ControlRefusal {
  const remedy = 'Use commands of the same release as the daemon.';
  return { error: { code: 'CONTROL_REQUEST', what, remedy, exitCode: ExitCode.usage } };
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  });
  response.end(text);
}
