import { systemClock } from '../base/clock.ts';
import { memoryCounters } from '../base/counters.ts';
import { ExitCode } from '../base/exit-codes.ts';
import type { Configuration } from '../config/schema.ts';
import { BACKFILL_SOURCES, type BackfillRequest, requirePossible } from '../historical/request.ts';
import { KdbConnectError } from '../kdb/errors.ts';
import type { Target } from '../kdb/target.ts';
import { QuarantineFile } from '../massive/quarantine-file.ts';
import type { ProcessLogger } from '../ops/logger.ts';
import { MARKETS } from '../tables/markets.ts';
import { SessionCalendar } from '../tables/session-calendar.ts';
import { loaderLink, loaderTarget, openLoader } from './backfill/loader.ts';
import { type BackfillFlags, concurrencyOf, requestOf } from './backfill/request-flags.ts';
import { runRequest, showPlan } from './backfill/run.ts';
import { openSources } from './backfill/sources.ts';
import { type CommandContext, defineCommand } from './command.ts';
import { CONFIGURATION_FLAGS } from './configuration.ts';
import { withConfiguration } from './with-configuration.ts';

/** `massive-kdb backfill` */
export const backfill = defineCommand({
  arguments: {},
  flags: {
    ...CONFIGURATION_FLAGS,
    market: { type: 'string', choices: MARKETS, demandOption: true, describe: 'the market' },
    bar: {
      type: 'string',
      choices: ['1s', '1m', '1d'] as const,
      default: '1m',
      describe: 'the length of the bars',
    },
    symbols: {
      type: 'string',
      requiresArg: true,
      describe:
        "symbols or patterns ('BRK.*') separated by commas, as the stream spells them; all without it",
    },
    'symbols-file': { type: 'string', requiresArg: true, describe: 'a file of symbols, one a line' },
    from: { type: 'string', demandOption: true, describe: 'the first trading date, YYYY-MM-DD' },
    to: { type: 'string', describe: 'the last trading date, YYYY-MM-DD; yesterday without it' },
    source: {
      type: 'string',
      choices: BACKFILL_SOURCES,
      default: 'auto',
      describe: 'where to take the bars from',
    },
    concurrency: {
      type: 'number',
      requiresArg: true,
      describe: 'files and requests at once, instead of history.concurrency',
    },
    'dry-run': { type: 'boolean', default: false, describe: 'print the plan and end' },
    force: { type: 'boolean', default: false, describe: 'do everything again, whatever was done before' },
    json: {
      type: 'boolean',
      default: false,
      describe: 'print progress and report as JSON, one object a line',
    },
  },
  examples: [
    [
      'backfill --market stocks --symbols AAPL,MSFT --from 2026-01-02 --to 2026-03-31',
      'Minutes of two stocks',
    ],
    ['backfill --market stocks --bar 1d --from 2020-01-01 --dry-run', 'What years of day bars would cost'],
  ],
  endings: {
    [ExitCode.failed]: 'part of the plan failed, or rows were left out',
    [ExitCode.unavailable]: 'REST, the flat files or the loader cannot be reached',
    [ExitCode.io]: 'a file or directory cannot be read or written',
    [ExitCode.tempFail]: 'a quota is used up: the same line goes on later',
    [ExitCode.refused]: "the credentials are refused, or the plan's history does not go so far back",
    [ExitCode.configuration]: 'configuration or secrets are wrong',
  },
  run(given, context) {
    return withConfiguration(
      withoutOwnFlags(given),
      context,
      (configuration, logger) => runBackfill(given, configuration, logger, context),
      true,
    );
  },
});

/** The flags that are this command's own, though feeds have some of the same name. */
function withoutOwnFlags(given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { market: _market, symbols: _symbols, 'symbols-file': _file, ...rest } = given;
  return rest;
}

async function runBackfill(
  flags: BackfillFlags,
  configuration: Configuration,
  logger: ProcessLogger,
  context: CommandContext,
): Promise<ExitCode> {
  const { history } = configuration;
  const concurrency = concurrencyOf(flags, history.concurrency);
  const request = await requestOf(flags);
  const calendar = new SessionCalendar(request.market);
  requirePossible(request, calendar.tradingDate(systemClock.wallMs()));
  const counters = memoryCounters();
  const quarantine = new QuarantineFile(configuration.quarantine, { clock: systemClock, logger, counters });
  const sources = openSources(configuration, request, {
    clock: systemClock,
    logger,
    counters,
    calendar,
    quarantine,
  });
  for (const secret of sources.secrets) logger.hide(secret);
  const target = loaderTarget(configuration, request.market, logger);
  const loader = loaderLink(target, request.market, configuration, logger);
  const parts = { configuration, flags, concurrency, context, sources, calendar, loader, logger };
  try {
    if (flags['dry-run'] && !(await isReachable(target, request, configuration))) {
      await showPlan(request, parts);
      return ExitCode.ok;
    }
    return await runRequest(request, parts);
  } finally {
    await loader.close();
    await sources.close();
    await quarantine.close();
  }
}

async function isReachable(
  target: Target,
  request: BackfillRequest,
  configuration: Configuration,
): Promise<boolean> {
  try {
    (await openLoader(target, request.market, configuration)).close();
    return true;
  } catch (error) {
    if (error instanceof KdbConnectError && error.code === 'KDB_UNREACHABLE') return false;
    throw error;
  }
}
