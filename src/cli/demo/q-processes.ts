import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../base/clock.ts';
import { seconds } from '../../base/durations.ts';
import { QueryConnection } from '../../kdb/connection/query-connection.ts';
import { Child, cleanEnvironment, DemoProcessError, massiveKdb } from './child.ts';

const SCRIPTS = fileURLToPath(new URL('../../../q/', import.meta.url));
const START_LIMIT_MS = 30_000;
const TRY_LIMIT_MS = 2_000;
const ANSWER_LIMIT_MS = 20_000;
const TRY_EVERY_MS = 100;
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;

/** A tickerplant and the RDB that holds its rows. */
export interface QProcesses {
  /** The tickerplant first. */
  readonly children: readonly Child[];
  readonly tickerplantPort: number;
  readonly rdbPort: number;
  /** What runs them, for the person who watches. */
  readonly engine: string;
  /** To the RDB. */
  readonly connection: QueryConnection;
}

/**
 * Starts q/tick.q and q/rdb.q on free ports of this machine, for stocks: on the q that `$Q` names, else the q on PATH,
 * else the embedded engine. A q that does not start, as without a licence, gives way to the engine. Throws the reason
 * of `stop` when it is aborted.
 */
export async function startQProcesses(
  directory: string,
  timeZone: string,
  stop: AbortSignal,
): Promise<QProcesses> {
  const q = process.env['Q'] ?? (await onPath('q'));
  if (q !== undefined) {
    try {
      return await startBoth(q, directory, timeZone, stop);
    } catch (error) {
      if (!(error instanceof DemoProcessError)) throw error;
      process.stderr.write(`massive-kdb: ${error.details.what}. Using the embedded engine instead.\n`);
    }
  }
  return startBoth(undefined, directory, timeZone, stop);
}

async function startBoth(
  q: string | undefined,
  directory: string,
  timeZone: string,
  stop: AbortSignal,
): Promise<QProcesses> {
  const start = (name: string, args: readonly string[]) =>
    startOne(name, args, { q, directory, timeZone, stop });
  const logs = ['-log', join(directory, 'log'), '-market', 'stocks'];
  const tickerplant = await start('tickerplant', [`${SCRIPTS}tick.q`, ...logs]);
  try {
    const rdb = await start('rdb', [`${SCRIPTS}rdb.q`, '-tp', `127.0.0.1:${tickerplant.port}`]);
    return {
      children: [tickerplant.child, rdb.child],
      tickerplantPort: tickerplant.port,
      rdbPort: rdb.port,
      engine: q ?? 'embedded engine',
      connection: rdb.connection,
    };
  } catch (error) {
    await tickerplant.child.stop();
    throw error;
  }
}

interface StartOptions {
  readonly q: string | undefined;
  readonly directory: string;
  readonly timeZone: string;
  readonly stop: AbortSignal;
}

async function startOne(
  name: string,
  scriptArgs: readonly string[],
  { q, directory, timeZone, stop }: StartOptions,
): Promise<{ readonly child: Child; readonly port: number; readonly connection: QueryConnection }> {
  const port = await freePort();
  const args = [...scriptArgs, '-p', `127.0.0.1:${port}`, '-q'];
  const options = { directory, environment: cleanEnvironment({ TZ: timeZone }), showErrors: false };
  const child =
    q === undefined
      ? massiveKdb(name, ['q', ...args], options)
      : new Child({ ...options, name: `${name} (${q})`, command: q, arguments: args });
  try {
    const connection = await connect(child, port, stop);
    if (q !== undefined) await endWithConnection(connection);
    return { child, port, connection };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

/** Has a q end when the demo is gone, even if that is killed: the system closes its connections. */
async function endWithConnection(connection: QueryConnection): Promise<void> {
  await connection.query('.z.pc:{[closed;demo;handle] closed handle; if[handle=demo;exit 0]}[.z.pc;.z.w]');
}

async function connect(child: Child, port: number, stop: AbortSignal): Promise<QueryConnection> {
  const target = { host: '127.0.0.1', port, user: '', password: '' };
  const deadlineMs = systemClock.monotonicMs() + START_LIMIT_MS;
  for (;;) {
    try {
      return await QueryConnection.open(target, {
        clock: systemClock,
        connectTimeoutMs: TRY_LIMIT_MS,
        answerTimeoutMs: ANSWER_LIMIT_MS,
        maxAnswerBytes: MAX_ANSWER_BYTES,
      });
    } catch {
      stop.throwIfAborted();
      if (systemClock.monotonicMs() > deadlineMs) {
        throw child.failure(`gives no answer on port ${port} within ${seconds(START_LIMIT_MS)}`);
      }
      await Promise.race([new Promise(resolve => setTimeout(resolve, TRY_EVERY_MS)), child.watch()]);
    }
  }
}

/** A port that is free now: q has no way to say which one it chose. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('the system gave no port'));
      });
    });
  });
}

async function onPath(name: string): Promise<string | undefined> {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(directory, name);
    const usable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (directory !== '' && usable) return path;
  }
  return undefined;
}
