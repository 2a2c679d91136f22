import { promisify } from 'node:util';
import { gunzip as gunzipWithCallback } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { printable } from '../../base/printable.ts';
import { headerOf } from '../http/headers.ts';
import { RestAnswerError } from './errors.ts';

type Response = Dispatcher.ResponseData;

const gunzip = promisify(gunzipWithCallback);

/** The body of an answer. */
export interface AnswerBody {
  readonly text: string;
  /** As they came over the network. */
  readonly bytes: number;
}

export interface BodyLimits {
  /** Of the body, before and after it is decompressed. */
  readonly maxBytes: number;
  /** Whether so much time has passed that the rest is not waited for; asked after each part. */
  readonly isOverdue: () => boolean;
}

/**
 * Reads a body to its end, and decompresses it.
 *
 * @param shown what was asked for, for messages
 * @throws RestAnswerError where it is too large or encoded in an unknown way; what the network or gzip says where it is
 *   not whole
 */
export async function readBody(
  { body, headers }: Response,
  shown: string,
  { maxBytes, isOverdue }: BodyLimits,
): Promise<AnswerBody> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(shown, maxBytes);
    if (isOverdue()) throw new Error('its body came too slowly');
  }
  const received = Buffer.concat(chunks);
  const encoding = headerOf(headers, 'content-encoding')?.toLowerCase() ?? 'identity';
  if (encoding === 'identity') return { text: received.toString('utf8'), bytes };
  if (encoding !== 'gzip')
    throw new RestAnswerError(`${shown} was answered in an unknown encoding`, encoding);
  return { text: await gunzipped(received, shown, maxBytes), bytes };
}

/** The words of an error, in one line: field `error` or `message` of JSON, else the beginning of the text. */
export function errorTextOf({ text }: AnswerBody): string {
  const told = toldIn(text) ?? text.replace(/<(style|script)[\s\S]*?<\/\1>|<[^>]*>/gi, ' ');
  const line = printable(told.replace(/\s+/g, ' ').trim());
  if (line === '') return 'an empty body';
  return line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS)}...` : line;
}

const MOST_CHARACTERS = 300;

/** Undefined where the text is not JSON, or says nothing. */
function toldIn(text: string): string | undefined {
  try {
    const body = JSON.parse(text) as { readonly error?: unknown; readonly message?: unknown } | null;
    return [body?.error, body?.message].find(told => typeof told === 'string');
  } catch {
    return undefined;
  }
}

async function gunzipped(bytes: Buffer, shown: string, maxBytes: number): Promise<string> {
  try {
    return (await gunzip(bytes, { maxOutputLength: maxBytes })).toString('utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(shown, maxBytes);
    throw error;
  }
}

function tooLarge(shown: string, maxBytes: number): RestAnswerError {
  return new RestAnswerError(`${shown} was answered at too great length`, `more than ${maxBytes} bytes`);
}
