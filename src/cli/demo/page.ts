import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type StatusAddress, statusAddressPath } from '../start/status-server.ts';
import type { Child } from './child.ts';

/** How long a feed may take until its page is served. The demo goes on without. */
const SERVED_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 100;

/** Where the status page of the demo's feed is, and the file that lets into it. */
export interface FeedPage {
  readonly address: string;
  readonly tokenFile: string;
}

/** Undefined where there is none in time, or the feed has ended. */
export async function feedPage(
  stateDirectory: string,
  feed: Child,
  stop: AbortSignal,
): Promise<FeedPage | undefined> {
  let hasEnded = false;
  void feed.ended.then(() => {
    hasEnded = true;
  });
  for (let waitedMs = 0; waitedMs < SERVED_WITHIN_MS; waitedMs += LOOK_EVERY_MS) {
    const address = read(statusAddressPath(stateDirectory));
    if (address !== undefined) return { address, tokenFile: join(stateDirectory, 'status-token') };
    if (hasEnded || stop.aborted) return undefined;
    await setTimeout(LOOK_EVERY_MS, undefined, { signal: stop }).catch(() => undefined);
  }
  return undefined;
}

function read(path: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as StatusAddress).address;
  } catch {
    return undefined;
  }
}
