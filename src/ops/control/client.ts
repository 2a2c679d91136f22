import { request as httpRequest } from 'node:http';
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
  const { code, exitCode, what, remedy } = (parsed as ControlRefusal).error;
  throw new ControlError(code, exitCode, what, remedy);
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
