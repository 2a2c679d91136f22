import { request } from 'undici';
import type { Clock } from '../../base/clock.ts';
import { headerOf } from '../http/headers.ts';
import { directAgent, proxyAgent } from '../http/proxy-agent.ts';

/** A server's clock beside this machine's, in ms since 1970. */
export interface ServerDate {
  /** Of the header, which has whole seconds; undefined where there is none. */
  readonly dateMs: number | undefined;
  /** This machine's clock half way between question and answer. */
  readonly ownMs: number;
  readonly roundTripMs: number;
}

/** The header leaves out the part of the second that has passed. */
const HEADER_STEP_MS = 1_000;

/**
 * Asks for the root of an http:// or https:// address, without a key, and reads the header `Date` of whatever is
 * answered. Rejects with what undici says where there is no answer.
 */
export async function readServerDate(
  address: string,
  {
    clock,
    environment,
    timeoutMs,
    signal,
  }: {
    readonly clock: Clock;
    readonly environment: Readonly<NodeJS.ProcessEnv>;
    readonly timeoutMs: number;
    readonly signal: AbortSignal;
  },
): Promise<ServerDate> {
  const timeouts = { connectTimeoutMs: timeoutMs, silenceTimeoutMs: timeoutMs };
  const isPlain = address.startsWith('http:');
  const agent = isPlain ? directAgent(timeouts) : proxyAgent(timeouts, environment);
  try {
    // The first answer is for the connection: name, TLS and handshakes would count as the way there.
    await ask(address, agent, signal);
    const beforeMs = clock.monotonicMs();
    const wallMs = clock.wallMs();
    const headers = await ask(address, agent, signal);
    const roundTripMs = clock.monotonicMs() - beforeMs;
    const dateMs = Date.parse(headerOf(headers, 'date') ?? '');
    return {
      dateMs: Number.isNaN(dateMs) ? undefined : dateMs,
      ownMs: wallMs + roundTripMs / 2,
      roundTripMs,
    };
  } finally {
    await agent.destroy();
  }
}

/**
 * How far this machine's clock is ahead of the server's (behind: negative), as far as it can be told for certain: what
 * the header leaves out and half of the round trip are taken off.
 */
export function clockDifferenceMs(dateMs: number, { ownMs, roundTripMs }: ServerDate): number {
  const midMs = dateMs + HEADER_STEP_MS / 2;
  const differenceMs = ownMs - midMs;
  const certainMs = Math.max(0, Math.abs(differenceMs) - HEADER_STEP_MS / 2 - roundTripMs / 2);
  return Math.sign(differenceMs) * certainMs;
}

async function ask(address: string, agent: ReturnType<typeof directAgent>, signal: AbortSignal) {
  const { headers, body } = await request(address, { dispatcher: agent, method: 'HEAD', signal });
  await body.dump();
  return headers;
}
