import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { Disturbance } from './disturbance.ts';
import { sendDisturbed } from './disturbance.ts';

/** What a request is answered with. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | Readable;
  /** Bytes of the body; undefined where they are not known when it begins. */
  readonly length?: number;
}

export function textReply(status: number, type: string, text: string): Reply {
  return { status, headers: { 'content-type': type }, body: Buffer.from(text) };
}

/** @param headers in small letters */
export function jsonReply(status: number, value: unknown, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify(value)),
  };
}

/** The reply as somebody gets it who accepts gzip. */
export function compressed(reply: Reply, request: IncomingMessage): Reply {
  const accepted = String(request.headers['accept-encoding'] ?? '').split(/\s*,\s*/);
  const headers = { ...reply.headers, vary: 'Accept-Encoding' };
  if (!Buffer.isBuffer(reply.body) || !accepted.some(coding => /^gzip(;|$)/.test(coding)))
    return { ...reply, headers };
  return { ...reply, headers: { ...headers, 'content-encoding': 'gzip' }, body: gzipSync(reply.body) };
}

/** Sends a reply, with whatever is to go wrong on its way. */
export async function sendReply(
  request: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
  disturbance: Disturbance | undefined,
): Promise<void> {
  const { status, headers, body } = reply;
  const length = reply.length ?? (Buffer.isBuffer(body) ? body.length : undefined);
  response.writeHead(status, { ...headers, ...(length === undefined ? {} : { 'content-length': length }) });
  if (request.method === 'HEAD' || length === 0) {
    if (!Buffer.isBuffer(body)) body.destroy();
    response.end();
    return;
  }
  await sendDisturbed(response, body, length, disturbance);
}
