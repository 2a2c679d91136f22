import { memoryCounters } from '../../../../src/base/counters.ts';
import { seededRandom } from '../../../../src/base/random.ts';
import { S3_DEFAULTS, type S3Options } from '../../../../src/massive/flat/s3-requests.ts';
import { S3Store } from '../../../../src/massive/flat/s3-store.ts';
import { ImpatientClock } from '../../../support/impatient-clock.ts';
import { RecordingLogger } from '../../../support/recording-logger.ts';
import { ACCESS_KEY_ID, S3Server, SECRET_ACCESS_KEY } from '../../../support/s3-server.ts';

export const KEY = 'us_stocks_sip/day_aggs_v1/2026/10/2026-10-02.csv.gz';

/** A store, the server behind it, and what both were told. */
export interface StoreHarness {
  readonly server: S3Server;
  readonly store: S3Store;
  readonly clock: ImpatientClock;
  readonly logger: RecordingLogger;
  readonly signal: AbortSignal;
  readonly parts: ReturnType<typeof partsOf>;
  storeWith(options: Partial<S3Options>, environment?: NodeJS.ProcessEnv): S3Store;
  stop(): Promise<void>;
}

export async function startStore(): Promise<StoreHarness> {
  const server = await S3Server.start();
  const parts = partsOf();
  const stores: S3Store[] = [];
  const storeWith = (options: Partial<S3Options>, environment: NodeJS.ProcessEnv = {}) => {
    const store = new S3Store(
      {
        ...S3_DEFAULTS,
        endpoint: server.endpoint,
        accessKeyId: ACCESS_KEY_ID,
        secretAccessKey: SECRET_ACCESS_KEY,
        ...options,
      },
      { ...parts, environment },
    );
    stores.push(store);
    return store;
  };
  return {
    server,
    store: storeWith({}),
    clock: parts.clock,
    logger: parts.logger,
    parts,
    signal: new AbortController().signal,
    storeWith,
    async stop() {
      await server.stop();
      await Promise.all(stores.map(store => store.close()));
    },
  };
}

function partsOf() {
  return {
    clock: new ImpatientClock(),
    random: seededRandom(1),
    logger: new RecordingLogger(),
    counters: memoryCounters(),
  };
}

export async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** What a promise is rejected with. */
export async function errorOf(
  promise: Promise<unknown>,
): Promise<Error & { code: string; exitCode: number }> {
  try {
    await promise;
  } catch (error) {
    return error as Error & { code: string; exitCode: number };
  }
  throw new Error('it was not rejected');
}
