import { systemClock } from '../base/clock.ts';
import { memoryCounters } from '../base/counters.ts';
import { ExitCode } from '../base/exit-codes.ts';
import type { Configuration, FeedConfiguration } from '../config/schema.ts';
import { resolveSecrets, type Secret } from '../config/secrets.ts';
import { systemSources } from '../config/system-sources.ts';
import { isTradingDate } from '../historical/trading-dates.ts';
import { acquireConnectionLock } from '../massive/connection-lock.ts';
import { feedDelayMs, feedUrl } from '../massive/hosts.ts';
import { makeRecording } from '../massive/recording/make-recording.ts';
import { recordedAnswer } from '../massive/recording/record-rest.ts';
import { RecordingWriter } from '../massive/recording/recording-writer.ts';
import type { RestAnswer } from '../massive/rest/requests.ts';
import { wsOpenSocket } from '../massive/socket.ts';
import { pairOf } from '../massive/subscription.ts';
import type { ProcessLogger } from '../ops/logger.ts';
import type { DateDays } from '../tables/epoch.ts';
import { SessionCalendar } from '../tables/session-calendar.ts';
import { openStore } from './backfill/sources.ts';
import { type CommandContext, defineCommand, UsageError } from './command.ts';
import { CONFIGURATION_FLAGS } from './configuration.ts';
import { durationOf } from './duration.ts';
import { openRest } from './open-rest.ts';
import { recordedLines } from './record/text.ts';
import { clusterOf, subscriptionsOf } from './start/feed-assembly.ts';
import { withConfiguration } from './with-configuration.ts';

const MIB = 1024 * 1024;

/** `massive-kdb record` */
export const record = defineCommand({
  arguments: {
    directory: {
      type: 'string',
      demandOption: true,
      describe: 'where to: made if it does not exist, else empty',
    },
  },
  flags: {
    ...CONFIGURATION_FLAGS,
    for: { type: 'string', default: '60s', requiresArg: true, describe: 'how long, such as 30s or 5m' },
    'max-mib': { type: 'number', default: 64, requiresArg: true, describe: 'MiB that it may take at most' },
    json: { type: 'boolean', default: false, describe: 'print what was recorded as JSON' },
  },
  examples: [
    ['record recording --market stocks --symbols AAPL,MSFT', 'A minute of two stocks, REST and files'],
    ['record busy --market crypto --for 10m --max-mib 500', 'Ten minutes of a whole market'],
  ],
  endings: {
    [ExitCode.ok]: 'recorded; what could not be is listed',
    [ExitCode.unavailable]: 'another process has the connection for this key, or Massive cannot be reached',
    [ExitCode.io]: 'the directory is not empty, or cannot be written',
    [ExitCode.refused]: 'Massive refuses the key, or the plan has no such stream',
  },
  run({ directory, for: duration, 'max-mib': maxMib, json, ...settings }, context) {
    const durationMs = durationOf(duration);
    if (!(maxMib > 0)) throw new UsageError('--max-mib is not above 0', 'Give a number of MiB.');
    return withConfiguration(
      settings,
      context,
      (configuration, logger) =>
        recordFeed({ directory, durationMs, maxBytes: maxMib * MIB, json }, configuration, logger, context),
      true,
    );
  },
});

interface Request {
  readonly directory: string;
  readonly durationMs: number;
  readonly maxBytes: number;
  readonly json: boolean;
}

async function recordFeed(
  { directory, durationMs, maxBytes, json }: Request,
  configuration: Configuration,
  logger: ProcessLogger,
  context: CommandContext,
): Promise<ExitCode> {
  const feed = onlyFeed(configuration);
  const { market, host } = feed;
  const cluster = clusterOf(feed);
  const found = resolveSecrets({ ...configuration, targets: [] }, systemSources);
  const key = found.keyOf(feed).reveal();
  const secrets: Secret[] = [...found.all];
  const parts = { clock: systemClock, logger, counters: memoryCounters() };
  const pairs = (await subscriptionsOf(feed)).map(pairOf);
  const lock = await acquireConnectionLock(configuration.state.directory, cluster, key);
  const { history, state } = configuration;
  let writer: RecordingWriter | undefined;
  const onAnswer = (answer: RestAnswer): void => writer?.answer(recordedAnswer(answer, systemClock.wallMs()));
  const store = openStore(history.flatFiles, parts, secrets);
  const rest = openRest(history, state.directory, { ...parts, onAnswer }, secrets);
  for (const secret of secrets) logger.hide(secret);
  try {
    writer = new RecordingWriter({
      directory,
      maxBytes,
      secrets: secrets.map(secret => secret.reveal()),
    });
    const info = await makeRecording(
      {
        market,
        stream: { url: feedUrl(host, cluster), key, pairs },
        durationMs,
        delayMs: feedDelayMs(host, cluster),
        date: lastEndedDate(new SessionCalendar(market), systemClock.wallMs()),
        rest: rest?.requests,
        store,
        clock: systemClock,
        openSocket: wsOpenSocket(),
        writer,
      },
      context.stop,
    );
    if (json) context.stdout.write(`${JSON.stringify({ directory, ...info })}\n`);
    else for (const line of recordedLines(directory, info)) context.stdout.write(`${line}\n`);
    return context.stop.aborted ? ExitCode.interrupted : ExitCode.ok;
  } finally {
    await rest?.requests.close();
    await store?.close();
    await lock.release();
  }
}

function onlyFeed({ feeds }: Configuration): FeedConfiguration {
  const [feed, ...others] = feeds;
  if (feed && others.length === 0) return feed;
  throw new UsageError(
    feed ? 'several feeds are configured, and one is recorded' : 'it is not said what to record',
    'Pick one with --market.',
  );
}

function lastEndedDate(calendar: SessionCalendar, nowMs: number): DateDays {
  let date = calendar.tradingDate(nowMs) - 1;
  while (!isTradingDate(calendar, date)) date--;
  return date;
}
