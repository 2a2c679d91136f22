import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { memoryCounters } from '../../base/counters.ts';
import { silentLogger } from '../../base/logger.ts';
import { CHANNELS } from '../../massive/channels.ts';
import { S3_DEFAULTS } from '../../massive/flat/s3-requests.ts';
import { S3Store } from '../../massive/flat/s3-store.ts';
import { makeRecording } from '../../massive/recording/make-recording.ts';
import { recordedAnswer } from '../../massive/recording/record-rest.ts';
import { type Recording, readRecording } from '../../massive/recording/recording.ts';
import { RecordingWriter } from '../../massive/recording/recording-writer.ts';
import { RequestBudget } from '../../massive/rest/request-budget.ts';
import { REST_DEFAULTS, RestRequests } from '../../massive/rest/requests.ts';
import { wsOpenSocket } from '../../massive/socket.ts';
import { DEMO_FILE_KEY, DEMO_KEY } from '../../simulator/options.ts';
import { startSimulator } from '../../simulator/simulator.ts';
import { dateDaysOf } from '../../tables/epoch.ts';
import type { Market } from '../../tables/markets.ts';

/** A Thursday at ten in New York, when every market is open, and the trading date before it. */
const AT_MS = Date.UTC(2026, 9, 8, 14);
const DATE = '2026-10-07';

/** Two minutes of the market: minute bars come, too. */
const DURATION_MS = 4_000;
const SPEED = 30;
const SYMBOLS = 30;

const MAX_BYTES = 256 * 1024 * 1024;

/**
 * What the simulator sends of a market, recorded as a real service is. It is started for that, and ended.
 *
 * @param path of the stream's address: `/stocks`, `/futures/cme`
 */
export async function simulatedRecording(
  { market }: Pick<Recording['info'], 'market'>,
  path: string,
  stop: AbortSignal,
): Promise<{ readonly recording: Recording; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'massive-kdb-verify-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    return { recording: await recordSimulator(market, path, folder, stop), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function recordSimulator(
  market: Market,
  path: string,
  folder: string,
  stop: AbortSignal,
): Promise<Recording> {
  const parts = { clock: systemClock, random: Math.random, logger: silentLogger, counters: memoryCounters() };
  const simulator = await startSimulator({
    markets: [market],
    symbols: SYMBOLS,
    rate: (SYMBOLS / 2) * SPEED,
    speed: SPEED,
    atMs: AT_MS,
    filesDirectory: join(folder, 'files'),
  });
  const directory = join(folder, 'recording');
  const writer = new RecordingWriter({ directory, maxBytes: MAX_BYTES, secrets: [] });
  const rest = new RestRequests(
    { ...REST_DEFAULTS, address: simulator.httpUrl, key: DEMO_KEY },
    {
      ...parts,
      environment: {},
      budget: new RequestBudget(
        DEMO_KEY,
        {
          directory: join(folder, 'rest'),
          requestsPerMinute: 60_000,
          dailyRequests: undefined,
          maxPauseMs: REST_DEFAULTS.retryCapMs,
        },
        parts,
      ),
      onAnswer: answer => writer.answer(recordedAnswer(answer, systemClock.wallMs())),
    },
  );
  const store = new S3Store(
    {
      ...S3_DEFAULTS,
      endpoint: simulator.httpUrl,
      accessKeyId: DEMO_FILE_KEY.keyId,
      secretAccessKey: DEMO_FILE_KEY.secret,
    },
    { ...parts, environment: {} },
  );
  try {
    const pairs = CHANNELS.filter(channel => channel.market === market).map(({ channel }) => `${channel}.*`);
    await makeRecording(
      {
        market,
        stream: { url: simulator.url + path, key: DEMO_KEY, pairs },
        durationMs: DURATION_MS,
        delayMs: 0,
        date: dateDaysOf(DATE),
        rest,
        store,
        clock: systemClock,
        openSocket: wsOpenSocket({}),
        writer,
      },
      stop,
    );
    return readRecording(directory);
  } finally {
    await rest.close();
    await store.close();
    await simulator.close();
  }
}
