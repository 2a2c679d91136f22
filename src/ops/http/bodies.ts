import type { IncomingMessage } from 'node:http';
import type { RefusalReason } from './refusals.ts';

/** Nothing that is sent here is longer: 2,000 long symbols fit. */
const MOST_BODY_BYTES = 64 * 1024;

/** What a request brings. */
export type Body =
  | { readonly kind: 'none' }
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'form'; readonly fields: URLSearchParams }
  | { readonly kind: 'unusable'; readonly reason: RefusalReason };

/** Whether there is a body, even one of no bytes in chunks. */
export function bringsBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Reads the body of a POST. Rejects where the connection breaks off in the middle. */
export async function bodyOf(request: IncomingMessage): Promise<Body> {
  if (Number(request.headers['content-length'] ?? 0) > MOST_BODY_BYTES) return unusable('body-too-large');
  const chunks: Buffer[] = [];
  let bytes = 0;
  // The connection stays, so that a refusal can be sent on it.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BODY_BYTES) return unusable('body-too-large');
    chunks.push(chunk);
  }
  if (bytes === 0) return { kind: 'none' };
  const text = Buffer.concat(chunks).toString('utf8');
  const type = (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
  if (type === 'application/x-www-form-urlencoded')
    return { kind: 'form', fields: new URLSearchParams(text) };
  return type === 'application/json' ? parsed(text) : unusable('body');
}

function parsed(text: string): Body {
  try {
    return { kind: 'json', value: JSON.parse(text) };
  } catch {
    return unusable('body');
  }
}

function unusable(reason: RefusalReason): Body {
  return { kind: 'unusable', reason };
}

/** What a form says, as a feed's routes take it: `symbols=A,B` is a list. */
export function valueOfForm(fields: URLSearchParams): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...fields].map(([name, text]) => [name, name === 'symbols' ? listIn(text) : text]),
  );
}

function listIn(text: string): string[] {
  return text
    .split(/[,\s]+/)
    .map(item => item.trim())
    .filter(item => item !== '');
}
