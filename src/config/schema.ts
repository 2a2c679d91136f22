import { z } from 'zod';
import { CONVENTIONS } from '../tables/conventions.ts';
import { FUTURES_EXCHANGES, MARKETS } from '../tables/markets.ts';
import {
  directoryPath,
  filePath,
  hostAddress,
  oneOf,
  port,
  secretName,
  text,
  wholeNumber,
  yesOrNo,
} from './values.ts';

/** How a batch is known to have arrived: answered, proven by a later answer, or not at all. */
export const PUBLISH_MODES = ['sync', 'async+chaser', 'async-unverified'] as const;

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export const LOG_FORMATS = ['pretty', 'json'] as const;

/** When a batch is on the disk: before it is sent, within a time, or when the system likes. */
export const SYNC_POLICIES = ['each-drain', 'interval', 'never'] as const;

/** What an account of Massive may ask of REST: 5 requests a minute, or what it calls unlimited. */
export const REST_TIERS = ['basic', 'paid'] as const;

const MIB = 1024 * 1024;
/** A name, an IPv4 address, or one of IPv6, which has two colons at least. */
const hostPattern = /^([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|[0-9A-Fa-f]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)$/;

/** What is streamed from one market, and to whom. */
const feed = z.strictObject({
  market: oneOf(MARKETS),
  exchange: oneOf(FUTURES_EXCHANGES).nullable().default(null),
  host: text("real-time, delayed, another of Massive's hosts by name, or a wss:// address", /^\S+$/).default(
    'real-time',
  ),
  channels: z.array(text('the name of a channel')).min(1).describe('a list of channels, such as [A, AM]'),
  symbols: z
    .array(text('a symbol (in quotes where YAML reads it as something else)'))
    .min(1)
    .describe('a list of symbols, or ["*"] for the whole market')
    .default(['*']),
  symbolsFile: filePath.nullable().default(null),
  key: secretName.default('MASSIVE_API_KEY'),
  keyFile: filePath.nullable().default(null),
  targets: z
    .array(text('the name of a target'))
    .min(1)
    .describe('a list of names of targets')
    .nullable()
    .default(null),
});

/** A tickerplant. */
const target = z.strictObject({
  name: text('a name for this target: letters, digits and - _ . :', /^[\w.:-]+$/),
  host: hostAddress.default('127.0.0.1'),
  port,
  user: text('the name of a kdb+ user, without a colon', /^[^:\s]+$/)
    .nullable()
    .default(null),
  password: secretName.nullable().default(null),
  passwordFile: filePath.nullable().default(null),
  tls: yesOrNo.default(false),
  tlsCaFile: filePath.nullable().default(null),
  convention: oneOf(CONVENTIONS).default('kdb-tick'),
  mode: oneOf(PUBLISH_MODES).default('sync'),
  function: text('the name of a q function, such as .u.upd', /^\.?[A-Za-z]\w*(\.[A-Za-z]\w*)*$/).default(
    '.u.upd',
  ),
  allowUnlogged: yesOrNo.default(false),
  limits: z
    .strictObject({
      batchRows: wholeNumber(1, 1_000_000, 'rows').default(10_000),
      batchBytes: wholeNumber(64 * 1024, 1024 * MIB, 'bytes').default(MIB),
      inFlightBatches: wholeNumber(1, 1024, 'batches').default(16),
      inFlightBytes: wholeNumber(64 * 1024, 1024 * MIB, 'bytes').default(32 * MIB),
    })
    .prefault({}),
});

/** Where history comes from and where it goes. */
const history = z
  .strictObject({
    key: secretName.default('MASSIVE_API_KEY'),
    keyFile: filePath.nullable().default(null),
    rest: z
      .strictObject({
        address: text('an https:// address, or http:// on this machine', /^https?:\/\/\S+$/).default(
          'https://api.massive.com',
        ),
        tier: oneOf(REST_TIERS).default('basic'),
        requestsPerMinute: wholeNumber(1, 60_000, 'requests').nullable().default(null),
        dailyRequests: wholeNumber(1, 1_000_000_000, 'requests').nullable().default(null),
        settledAfterMinutes: wholeNumber(0, 10_080, 'minutes').default(20),
      })
      .prefault({}),
    flatFiles: z
      .strictObject({
        place: text('an https:// address, or the path of a directory').default('https://files.massive.com'),
        bucket: text('the name of a bucket', /^[a-z0-9][a-z0-9.-]*$/).default('flatfiles'),
        accessKey: secretName.default('MASSIVE_S3_ACCESS_KEY'),
        accessKeyFile: filePath.nullable().default(null),
        secretKey: secretName.default('MASSIVE_S3_SECRET_KEY'),
        secretKeyFile: filePath.nullable().default(null),
        maxFileBytes: wholeNumber(MIB, 1024 * 1024 * MIB, 'bytes').default(4096 * MIB),
      })
      .prefault({}),
    loader: z
      .strictObject({
        host: hostAddress.default('127.0.0.1'),
        port: port.default(5013),
        addresses: z
          .array(text('a market and the address of its loader, such as crypto=:5023'))
          .describe('a list of MARKET=HOST:PORT or MARKET=:PORT, such as crypto=:5023')
          .default([]),
        user: text('the name of a kdb+ user, without a colon', /^[^:\s]+$/)
          .nullable()
          .default(null),
        password: secretName.default('KDB_PASSWORD'),
        passwordFile: filePath.nullable().default(null),
        tls: yesOrNo.default(false),
        tlsCaFile: filePath.nullable().default(null),
        answerMs: wholeNumber(1000, 86_400_000, 'milliseconds').default(600_000),
        waitMs: wholeNumber(0, 86_400_000, 'milliseconds').default(120_000),
      })
      .prefault({}),
    cacheDirectory: directoryPath.default('~/.cache/massive-kdb'),
    concurrency: wholeNumber(1, 64, 'units').default(4),
  })
  .prefault({});

/** Everything that can be configured. Sections other than `feeds` and `targets` can be given in every layer. */
export const configurationSchema = z.strictObject({
  feeds: z.array(feed).describe('a list of feeds').default([]),
  targets: z.array(target).describe('a list of targets').default([]),
  drain: z.strictObject({ intervalMs: wholeNumber(10, 60_000, 'milliseconds').default(1000) }).prefault({}),
  memory: z
    .strictObject({ backlogBytes: wholeNumber(MIB, 1024 * 1024 * MIB, 'bytes').default(64 * MIB) })
    .prefault({}),
  spool: z
    .strictObject({
      directory: directoryPath.default('spool'),
      sync: oneOf(SYNC_POLICIES).default('each-drain'),
      syncIntervalMs: wholeNumber(10, 600_000, 'milliseconds').default(5000),
      maxBytes: wholeNumber(16 * MIB, 1024 * 1024 * MIB, 'bytes').default(8192 * MIB),
      segmentBytes: wholeNumber(MIB, 1024 * MIB, 'bytes').default(64 * MIB),
      keepDates: wholeNumber(0, 366, 'dates').default(1),
    })
    .prefault({}),
  gaps: z
    .strictObject({
      fill: yesOrNo.default(true),
      requests: wholeNumber(1, 1_000_000, 'requests').default(1000),
      settledAfterMinutes: wholeNumber(0, 1440, 'minutes').default(2),
      correctionMinutes: wholeNumber(0, 1440, 'minutes').default(15),
    })
    .prefault({}),
  quarantine: z
    .strictObject({
      directory: directoryPath.default('quarantine'),
      maxFileBytes: wholeNumber(64 * 1024, 1024 * MIB, 'bytes').default(16 * MIB),
      maxFiles: wholeNumber(1, 1000, 'files').default(10),
    })
    .prefault({}),
  history,
  status: z
    .strictObject({
      enabled: yesOrNo.default(true),
      host: hostAddress.default('127.0.0.1'),
      port: wholeNumber(0, 65535, 'TCP port; 0: the system chooses').default(8910),
      tlsCertFile: filePath.nullable().default(null),
      tlsKeyFile: filePath.nullable().default(null),
      behindProxy: yesOrNo.default(false),
      allowedHosts: z
        .array(text('a host name or an IP address, without a port', hostPattern))
        .describe('a list of host names')
        .default([]),
      maxStreams: wholeNumber(1, 1000, 'streams').default(8),
    })
    .prefault({}),
  state: z.strictObject({ directory: directoryPath.default('~/.local/state/massive-kdb') }).prefault({}),
  timeouts: z
    .strictObject({
      massiveConnectMs: wholeNumber(100, 600_000, 'milliseconds').default(15_000),
      massiveAnswerMs: wholeNumber(100, 600_000, 'milliseconds').default(10_000),
      targetConnectMs: wholeNumber(100, 600_000, 'milliseconds').default(5000),
      targetAnswerMs: wholeNumber(100, 600_000, 'milliseconds').default(30_000),
      stopMs: wholeNumber(0, 600_000, 'milliseconds').default(10_000),
    })
    .prefault({}),
  logging: z
    .strictObject({
      level: oneOf(LOG_LEVELS).default('info'),
      format: oneOf(LOG_FORMATS).default('pretty'),
      file: filePath.nullable().default(null),
      maxFileBytes: wholeNumber(64 * 1024, 1024 * MIB, 'bytes').default(16 * MIB),
      maxFiles: wholeNumber(1, 1000, 'files').default(5),
      repeatWindowMs: wholeNumber(0, 3_600_000, 'milliseconds; 0 shows every line').default(10_000),
    })
    .prefault({}),
  failFast: yesOrNo.default(false),
});

/** As validated, setting by setting. */
export type ParsedConfiguration = z.output<typeof configurationSchema>;
export type ParsedFeed = ParsedConfiguration['feeds'][number];

/** One entry of `feeds`; `targets` names those of the configuration that it goes to. */
export type FeedConfiguration = Omit<ParsedFeed, 'targets'> & { readonly targets: readonly string[] };
export type TargetConfiguration = ParsedConfiguration['targets'][number];
export type StatusConfiguration = ParsedConfiguration['status'];
export type LoggingConfiguration = ParsedConfiguration['logging'];
export type Convention = TargetConfiguration['convention'];
export type PublishMode = TargetConfiguration['mode'];

/** Complete, valid, and with absolute paths. */
export type Configuration = Omit<ParsedConfiguration, 'feeds'> & {
  readonly feeds: readonly FeedConfiguration[];
};
