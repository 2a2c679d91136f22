import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { delay } from '../../base/delay.ts';
import { messageOf } from '../../base/errors.ts';
import { replaceFile } from '../../base/replace-file.ts';
import type { Configuration } from '../../config/schema.ts';
import { StatusServer, type StatusServerParts } from '../../ops/http/server.ts';
import type { Pages } from '../../ops/http/site.ts';
import type { ProcessLogger } from '../../ops/logger.ts';
import type { Metrics } from '../../ops/metrics/metrics.ts';
import type { GapView } from '../../ops/page/render.ts';

/** A feed whose drains are rarer than this is not alive, however rare they are by its configuration. */
const LEAST_LIVE_LIMIT_MS = 30_000;
const DRAINS_MISSED = 10;
/** At the end so long is waited for a server that is still being set up. */
const SETUP_LIMIT_MS = 2_000;

export interface StatusParts extends Pick<StatusServerParts, 'clock' | 'counters' | 'source'> {
  readonly logger: ProcessLogger;
  readonly metrics: Metrics;
}

/** Where the status of a daemon is served. */
export interface ServedStatus {
  close(): Promise<void>;
}

/** The address of the status server that this user's daemon has on the machine. */
export interface StatusAddress {
  readonly address: string;
  readonly pid: number;
}

export function statusAddressPath(stateDirectory: string): string {
  return join(stateDirectory, 'status-address.json');
}

/**
 * Serves page, interfaces and metrics, where that is not switched off, as soon as it can: the feeds wait neither for the
 * lookup of its address nor for anything else of it.
 */
export function serveStatus(configuration: Configuration, parts: StatusParts): ServedStatus {
  const serving = serve(configuration, parts);
  return {
    close: async () => {
      const closed = serving.then(status => status?.close());
      const limit = new AbortController();
      // What is being set up is finished, so that nothing of it is left behind, but a lookup may take long.
      await Promise.race([closed, delay(parts.clock, SETUP_LIMIT_MS, limit.signal).catch(() => {})]);
      limit.abort();
    },
  };
}

/** Undefined where it is switched off, or cannot be. */
async function serve(
  { status, state, drain }: Configuration,
  { logger, metrics, source, ...parts }: StatusParts,
): Promise<ServedStatus | undefined> {
  if (!status.enabled) return undefined;
  const { tlsCertFile, tlsKeyFile, host, port, behindProxy, allowedHosts, maxStreams } = status;
  try {
    const server = await StatusServer.listen(
      {
        host,
        port,
        tls: tlsCertFile && tlsKeyFile ? { certFile: tlsCertFile, keyFile: tlsKeyFile } : null,
        behindProxy,
        allowedHosts,
        maxStreams,
        stateDirectory: state.directory,
        liveLimitMs: Math.max(LEAST_LIVE_LIMIT_MS, DRAINS_MISSED * drain.intervalMs),
      },
      {
        ...parts,
        logger,
        source,
        hide: secret => logger.hide(secret),
        pages: await pages(),
        metrics: { type: metrics.type, text: () => metrics.text(source) },
      },
    );
    logger.info(`the status page is at ${server.address}/`, { token: join(state.directory, 'status-token') });
    const path = statusAddressPath(state.directory);
    tellAddress(path, { address: server.address, pid: process.pid }, logger);
    return {
      close: async () => {
        forgetAddress(path);
        await server.close();
      },
    };
  } catch (error) {
    logger.warn(`there is no status page: ${messageOf(error)}`);
    return undefined;
  }
}

/** Loaded when they are served: where their files are missing the feeds go on without. */
async function pages(): Promise<Pages> {
  const [{ loginPage, statusPage }, { BROWSER_FILES }] = await Promise.all([
    import('../../ops/page/render.ts'),
    import('../../ops/page/files.ts'),
  ]);
  return {
    status: (status, gaps, message) =>
      statusPage({
        status,
        // As the route of a feed's gap book gives them.
        gaps: gaps as Readonly<Record<string, readonly GapView[]>>,
        ...(message === undefined ? {} : { message }),
      }),
    login: loginPage,
    files: BROWSER_FILES,
  };
}

function tellAddress(path: string, address: StatusAddress, logger: ProcessLogger): void {
  try {
    replaceFile(path, `${JSON.stringify(address)}\n`);
  } catch (error) {
    logger.warn(`the address of the status page is in no file: ${messageOf(error)}`);
  }
}

/** Another daemon of this state directory may have put its own there. */
function forgetAddress(path: string): void {
  try {
    const { pid } = JSON.parse(readFileSync(path, 'utf8')) as Partial<StatusAddress>;
    if (pid === process.pid) rmSync(path, { force: true });
  } catch {
    // There is none, or none of this program.
  }
}
