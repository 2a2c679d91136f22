import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { Counters } from '../../base/counters.ts';
import type { Logger } from '../../base/logger.ts';
import type { Configuration } from '../../config/schema.ts';
import { findSecret, type Secret } from '../../config/secrets.ts';
import { systemSources } from '../../config/system-sources.ts';
import { FlatBarSource } from '../../historical/flat-source.ts';
import type { BackfillRequest } from '../../historical/request.ts';
import type { FlatSource, Sources } from '../../historical/sources.ts';
import { DOWNLOAD_DEFAULTS, FlatDownloads } from '../../massive/flat/download.ts';
import { FolderStore } from '../../massive/flat/folder-store.ts';
import { S3_DEFAULTS } from '../../massive/flat/s3-requests.ts';
import { S3Store } from '../../massive/flat/s3-store.ts';
import type { FlatStore } from '../../massive/flat/store.ts';
import type { QuarantineSink } from '../../massive/scanner/quarantine-sink.ts';
import { ReceiveClock } from '../../massive/scanner/receive-clock.ts';
import type { SessionCalendar } from '../../tables/session-calendar.ts';

export interface SourceParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
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
  { history }: Configuration,
  _request: BackfillRequest,
  parts: SourceParts,
): ConfiguredSources {
  const secrets: Secret[] = [];
  const store = openStore(history.flatFiles, parts, secrets);
  return {
    flat: store && flatSource(store, history, parts),
    rest: undefined,
    secrets,
    close: async () => {
      await store?.close();
    },
  };
}

type History = Configuration['history'];

function openStore(
  settings: History['flatFiles'],
  { clock, logger, counters }: SourceParts,
  secrets: Secret[],
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
