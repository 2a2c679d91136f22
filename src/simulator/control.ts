import type { IncomingMessage, ServerResponse } from 'node:http';
import { MassiveKdbError } from '../base/errors.ts';
import type { FaultInjection } from './fault-injection.ts';
import { parseFault } from './faults.ts';
import type { MarketTime } from './market-time.ts';

/** What the control endpoint acts on. */
export interface Controlled {
  readonly time: MarketTime;
  readonly faults: FaultInjection;
  truth(): unknown;
  /** The truth about the history that a query names. */
  historyTruth(query: URLSearchParams): Promise<unknown>;
  /** Replaces a published file; returns what it is now. */
  replaceFile(key: string): Promise<unknown>;
}

/**
 * `GET /truth` tells what was sent; `GET /truth/history?market=&table=&date=&symbols=&source=` what a table must have;
 * `POST /control/replace-file?key=` replaces a published file by one with some bars corrected; `POST /control/pause` and `/control/resume` stop market time and let it go on;
 * `POST /control/<fault>?ms=...&connection=...` makes a fault happen. For programs on this machine: a browser, which
 * says where a page comes from, is refused.
 */
export async function answerControl(
  request: IncomingMessage,
  response: ServerResponse,
  controlled: Controlled,
): Promise<void> {
  const { status, body } = await answerTo(request, controlled);
  if (typeof body === 'string') response.writeHead(status, { 'content-type': 'text/plain' }).end(body);
  else response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}

interface Answer {
  readonly status: number;
  /** Text as it is, anything else as JSON. */
  readonly body: unknown;
}

async function answerTo(
  { method, url: path, headers }: IncomingMessage,
  controlled: Controlled,
): Promise<Answer> {
  const address = `http://localhost${path}`;
  if (!URL.canParse(address)) return { status: 400, body: { error: 'not an address' } };
  const url = new URL(address);
  if (headers.origin !== undefined) return { status: 403, body: { error: 'not for web pages' } };
  if (url.pathname === '/truth' && method === 'GET') return { status: 200, body: controlled.truth() };
  if (url.pathname === '/truth/history' && method === 'GET') {
    return orRefusal(() => controlled.historyTruth(url.searchParams));
  }
  const name = /^\/control\/(?<name>[a-z-]+)$/.exec(url.pathname)?.groups?.['name'];
  if (name === undefined) return { status: 404, body: '404 page not found' };
  if (method !== 'POST') return { status: 405, body: { error: 'use POST' } };
  if (name === 'replace-file')
    return orRefusal(() => controlled.replaceFile(url.searchParams.get('key') ?? ''));
  return orRefusal(async () => ({ applied: control(name, url.searchParams, controlled) }));
}

async function orRefusal(answer: () => Promise<unknown>): Promise<Answer> {
  try {
    return { status: 200, body: await answer() };
  } catch (error) {
    if (!(error instanceof MassiveKdbError)) throw error;
    return { status: 400, body: { error: error.message } };
  }
}

/** @returns how many connections, keys or markets it concerned */
function control(name: string, query: URLSearchParams, { time, faults }: Controlled): number {
  const given = new Map(query);
  const connection = given.get('connection');
  given.delete('connection');
  if (name === 'pause') time.pause();
  else if (name === 'resume') time.resume();
  else
    return faults.inject(parseFault(name, given), connection === undefined ? undefined : Number(connection));
  return 1;
}
