import { request as httpRequest, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { EndingError, messageOf } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-codes.ts';
import type { ControlMethod, ControlRefusal } from './server.ts';

const ANSWER_MS = 10_000;
const MOST_ANSWER_BYTES = 64 * 1024 * 1024;

/** There is no socket, none who answers on it, or its path is too long for there to be one. */
const NOBODY: readonly string[] = ['ENOENT', 'ECONNREFUSED', 'EINVAL', 'ENAMETOOLONG'];

/** The daemon does not answer (code `CONTROL_UNANSWERED`), or refuses what it is asked, with a code of its own. */
export class ControlError extends EndingError {
  constructor(code: string, exitCode: ExitCode, what: string, remedy: string) {
    super(code, exitCode, { what, remedy });
  }
}

/**
 * Asks the daemon that answers on a socket. Undefined where there is none.
 *
 * @throws ControlError where it does not answer in time, or refuses
 */
export async function askControl(
  socketPath: string,
  method: ControlMethod,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const answer = await send(socketPath, method, path, body);
  if (!answer) return undefined;
  const parsed = parse(answer.text, socketPath);
  if (answer.status === 200) return parsed;
  throw refusedBy(parsed);
}

/**
 * Asks the daemon that answers on a socket to go on telling something. Gives its lines until it ends or `signal` is
 * aborted; undefined where there is no daemon.
 *
 * @throws ControlError where it refuses or does not answer; the lines, where it breaks off
 */
export async function streamControl(
  socketPath: string,
  path: string,
  signal: AbortSignal,
): Promise<AsyncIterable<string> | undefined> {
  const response = await openStream(socketPath, path, signal);
  if (!response) return undefined;
  if (response.statusCode !== 200) {
    let text = '';
    for await (const part of response.setEncoding('utf8')) text += part;
    throw refusedBy(parse(text, socketPath));
  }
  return linesOf(response, socketPath, signal);
}

function openStream(
  socketPath: string,
  path: string,
  signal: AbortSignal,
): Promise<IncomingMessage | undefined> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ socketPath, path, signal, timeout: ANSWER_MS }, response => {
      request.setTimeout(0);
      resolve(response);
    });
    request.on('timeout', () => request.destroy(new Error('it gives no answer')));
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (signal.aborted || NOBODY.includes(error.code ?? '')) resolve(undefined);
      else reject(unanswered(socketPath, error));
    });
    request.end();
  });
}

async function* linesOf(
  response: IncomingMessage,
  socketPath: string,
  signal: AbortSignal,
): AsyncGenerator<string> {
  try {
    yield* createInterface({ input: response, crlfDelay: Number.POSITIVE_INFINITY });
  } catch (error) {
    if (!signal.aborted) throw unanswered(socketPath, error);
  } finally {
    response.destroy();
  }
}

function refusedBy(body: unknown): ControlError {
  const { code, exitCode, what, remedy } = (body as ControlRefusal).error;
  return new ControlError(code, exitCode, what, remedy);
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function send(
  socketPath: string,
  method: ControlMethod,
  path: string,
  body: unknown,
): Promise<Answer | undefined> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      if (NOBODY.includes(error.code ?? '')) resolve(undefined);
      else reject(unanswered(socketPath, error));
    };
    const request = httpRequest({ socketPath, method, path, timeout: ANSWER_MS }, response => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MOST_ANSWER_BYTES) request.destroy(new Error('its answer is too long'));
        chunks.push(chunk);
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
      response.on('error', fail);
    });
    request.on('timeout', () => request.destroy(new Error('it gives no answer')));
    request.on('error', fail);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function parse(text: string, socketPath: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unanswered(socketPath, error);
  }
}

function unanswered(socketPath: string, cause: unknown): ControlError {
  return new ControlError(
    'CONTROL_UNANSWERED',
    ExitCode.unavailable,
    `the daemon does not answer on ${socketPath}: ${messageOf(cause)}`,
    'See whether it runs, and as the same user.',
  );
}
