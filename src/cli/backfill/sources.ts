import { join } from 'node:path';
import type { Configuration } from '../../config/schema.ts';
import { findSecret, type Secret } from '../../config/secrets.ts';
import { systemSources } from '../../config/system-sources.ts';
import { FlatBarSource } from '../../historical/flat-source.ts';
import type { BackfillRequest } from '../../historical/request.ts';
import { RestBarSource } from '../../historical/rest-source.ts';
import type { FlatSource, RestSource, Sources } from '../../historical/sources.ts';
import { DOWNLOAD_DEFAULTS, FlatDownloads } from '../../massive/flat/download.ts';
import { FolderStore } from '../../massive/flat/folder-store.ts';
import { S3_DEFAULTS, type S3Options } from '../../massive/flat/s3-requests.ts';
import { S3Store } from '../../massive/flat/s3-store.ts';
import type { FlatStore } from '../../massive/flat/store.ts';
import type { RequestBudget } from '../../massive/rest/request-budget.ts';
import type { RestRequests } from '../../massive/rest/requests.ts';
import type { QuarantineSink } from '../../massive/scanner/quarantine-sink.ts';
import { ReceiveClock } from '../../massive/scanner/receive-clock.ts';
import type { SessionCalendar } from '../../tables/session-calendar.ts';
import { openRest, type RestParts, requestsPerMinuteOf } from '../open-rest.ts';

export interface SourceParts extends RestParts {
  readonly calendar: SessionCalendar;
  readonly quarantine: QuarantineSink;
}

/** The sources that are configured, and the secrets that they use. */
export interface ConfiguredSources extends Sources {
  readonly secrets: readonly Secret[];
  close(): Promise<void>;
}

/** Opens what `request` may draw on. A source whose secrets are not given is not there. */
export function openSources(
  { history, state }: Configuration,
  { source }: BackfillRequest,
  parts: SourceParts,
): ConfiguredSources {
  const secrets: Secret[] = [];
  const store = openStore(history.flatFiles, parts, secrets);
  const rest = source === 'flat' ? undefined : openRest(history, state.directory, parts, secrets);
  return {
    flat: store && flatSource(store, history, parts),
    rest: rest && restSource(rest.requests, history, parts),
    secrets,
    close: async () => {
      await store?.close();
      await rest?.requests.close();
      if (rest) await tellUsage(rest.budget, parts);
    },
  };
}

type History = Configuration['history'];

/**
 * Where flat files are; undefined where their credentials are not given. These are added to `secrets`.
 *
 * @param patience other attempts and time-outs than S3_DEFAULTS
 */
export function openStore(
  settings: History['flatFiles'],
  { clock, logger, counters }: RestParts,
  secrets: Secret[],
  patience: Partial<S3Options> = {},
): FlatStore | undefined {
  const { place, bucket, accessKey, accessKeyFile, secretKey, secretKeyFile } = settings;
  if (!/^https?:\/\//.test(place)) return new FolderStore(place);
  const accessKeyId = findSecret(accessKey, accessKeyFile, systemSources);
  const secretAccessKey = findSecret(secretKey, secretKeyFile, systemSources);
  if (!accessKeyId || !secretAccessKey) return undefined;
  secrets.push(accessKeyId, secretAccessKey);
  return new S3Store(
    {
      ...S3_DEFAULTS,
      ...patience,
      endpoint: place,
      bucket,
      accessKeyId: accessKeyId.reveal(),
      secretAccessKey: secretAccessKey.reveal(),
    },
    { clock, random: Math.random, logger, counters, environment: process.env },
  );
}

function flatSource(store: FlatStore, history: History, parts: SourceParts): FlatSource {
  const { clock, logger, counters, calendar, quarantine } = parts;
  const downloads = new FlatDownloads(
    store,
    {
      ...DOWNLOAD_DEFAULTS,
      directory: join(history.cacheDirectory, 'flat-files'),
      maxFileBytes: history.flatFiles.maxFileBytes,
    },
    { clock, random: Math.random, logger, counters },
  );
  return new FlatBarSource({ store, downloads, calendar, receiveClock: new ReceiveClock(clock), quarantine });
}

async function tellUsage(budget: RequestBudget, { logger, counters }: SourceParts): Promise<void> {
  const own = counters.counter('rest_requests').total;
  if (own === 0) return;
  const { requests, bytes } = await budget.today();
  logger.info(
    `${own} requests over REST; with this key today (UTC) ${requests} from this machine, ${bytes} bytes`,
  );
}

function restSource(requests: RestRequests, { rest }: History, parts: SourceParts): RestSource {
  const { clock, logger, calendar, quarantine } = parts;
  return new RestBarSource(
    { requests, calendar, receiveClock: new ReceiveClock(clock), quarantine, clock, logger },
    { requestsPerMinute: requestsPerMinuteOf(rest), settledAfterMs: rest.settledAfterMinutes * 60_000 },
  );
}
