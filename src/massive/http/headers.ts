import type { Dispatcher } from 'undici';

type Headers = Dispatcher.ResponseData['headers'];

const MS_PER_SECOND = 1000;

/** The only value of a header. */
export function headerOf(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.[0];
}

/** What Retry-After asks for in ms: it holds seconds, or a date; 0 without it. */
export function retryAfterMs(headers: Headers, nowMs: number): number {
  const value = headerOf(headers, 'retry-after') ?? '';
  if (/^\d+$/.test(value)) return Number(value) * MS_PER_SECOND;
  return Math.max(0, (Date.parse(value) || 0) - nowMs);
}
