import { writeFileSync } from 'node:fs';
import { systemClock } from '../base/clock.ts';
import { memoryCounters } from '../base/counters.ts';
import { ExitCode } from '../base/exit-codes.ts';
import type { Configuration } from '../config/schema.ts';
import type { ReconcileOutcome } from '../historical/reconcile/report.ts';
import { SymbolSelection } from '../historical/symbol-selection.ts';
import { QuarantineFile } from '../massive/quarantine-file.ts';
import type { ProcessLogger } from '../ops/logger.ts';
import { MARKETS } from '../tables/markets.ts';
import { SessionCalendar } from '../tables/session-calendar.ts';
import { loaderLink, loaderTarget } from './backfill/loader.ts';
import { dateOf } from './backfill/request-flags.ts';
import { openSources } from './backfill/sources.ts';
import { type CommandContext, defineCommand, UsageError } from './command.ts';
import { CONFIGURATION_FLAGS } from './configuration.ts';
import { reconcilePage } from './reconcile/page.ts';
import { runReconcile } from './reconcile/run.ts';
import { limitOf, marketOf, type ReconcileFlags, subscribedOf } from './reconcile/scope.ts';
import { reconcileLines } from './reconcile/text.ts';
import { withConfiguration } from './with-configuration.ts';

/** `massive-kdb reconcile` */
export const reconcile = defineCommand({
  arguments: {
    date: { type: 'string', demandOption: true, describe: 'a trading date, YYYY-MM-DD' },
  },
  flags: {
    ...CONFIGURATION_FLAGS,
    market: { type: 'string', choices: MARKETS, describe: 'the market; that of the feeds without it' },
    symbols: {
      type: 'string',
      requiresArg: true,
      describe: "symbols or patterns that were subscribed to, instead of the feeds'",
    },
    'symbols-file': { type: 'string', requiresArg: true, describe: 'the same from a file, one a line' },
    all: {
      type: 'boolean',
      default: false,
      describe: 'compare every symbol of the file, subscribed to or not',
    },
    repair: { type: 'boolean', default: false, describe: "load the file's version where they differ" },
    limit: {
      type: 'number',
      default: 20,
      requiresArg: true,
      describe: 'symbols, and bars of each kind, that are listed one by one',
    },
    html: { type: 'string', requiresArg: true, describe: 'write a page with pictures to this file' },
    json: { type: 'boolean', default: false, describe: 'print the report as JSON' },
  },
  examples: [
    ['reconcile 2026-10-02', 'How complete that day was captured'],
    ['reconcile 2026-10-02 --repair --html day.html', "Load the file's version, and keep the pictures"],
  ],
  endings: {
    [ExitCode.ok]:
      'the database has what the file has and nothing else; after --repair: all that the file has',
    [ExitCode.failed]: 'there was nothing to compare, or the file was left out',
    [ExitCode.different]: 'they differ',
    [ExitCode.usage]: 'wrong flags or arguments, or no date that gets a file',
    [ExitCode.unavailable]: 'the flat files or the loader cannot be reached',
    [ExitCode.io]: 'a file or directory cannot be read or written',
    [ExitCode.tempFail]: "the date's file is not published yet",
    [ExitCode.refused]: 'the credentials for flat files are refused',
    [ExitCode.configuration]: 'configuration or secrets are wrong',
  },
  run({ market, symbols, 'symbols-file': file, ...settings }, context) {
    const flags = { ...settings, market, symbols, 'symbols-file': file };
    return withConfiguration(
      settings,
      context,
      (configuration, logger) => reconcileDate(flags, configuration, logger, context),
      true,
    );
  },
});

const EXIT_CODES: Readonly<Record<ReconcileOutcome, ExitCode>> = {
  equal: ExitCode.ok,
  repaired: ExitCode.ok,
  different: ExitCode.different,
  nothing: ExitCode.failed,
};

async function reconcileDate(
  flags: ReconcileFlags,
  configuration: Configuration,
  logger: ProcessLogger,
  context: CommandContext,
): Promise<ExitCode> {
  const date = dateOf('the date', flags.date);
  const market = marketOf(flags, configuration);
  const limit = limitOf(flags);
  const subscribed = await subscribedOf(flags, market, configuration);
  const calendar = new SessionCalendar(market);
  const counters = memoryCounters();
  const quarantine = new QuarantineFile(configuration.quarantine, { clock: systemClock, logger, counters });
  const request = {
    market,
    table: 'agg1m',
    symbols: SymbolSelection.all,
    fromDate: date,
    untilDate: date,
    source: 'flat',
  } as const;
  const sources = openSources(configuration, request, {
    clock: systemClock,
    logger,
    counters,
    calendar,
    quarantine,
  });
  for (const secret of sources.secrets) logger.hide(secret);
  const loader = loaderLink(loaderTarget(configuration, market, logger), market, configuration, logger);
  try {
    if (!sources.flat) throw withoutFiles();
    const { report, comparison } = await runReconcile(request, {
      ...{ configuration, flat: sources.flat, loader, calendar, logger, context, subscribed },
      isWholeFeed: flags.symbols === undefined && flags['symbols-file'] === undefined,
      isRepair: flags.repair,
      limits: { symbols: limit, examples: limit },
    });
    const { stdout } = context;
    if (flags.json) stdout.write(`${JSON.stringify(report)}\n`);
    else for (const line of reconcileLines(report)) stdout.write(`${line}\n`);
    if (flags.html !== undefined) writeFileSync(flags.html, reconcilePage(report, comparison));
    return EXIT_CODES[report.outcome];
  } catch (error) {
    if (context.stop.aborted) return ExitCode.interrupted;
    throw error;
  } finally {
    await loader.close();
    await sources.close();
    await quarantine.close();
  }
}

function withoutFiles(): UsageError {
  return new UsageError(
    'the flat file of a day is what it is compared with, and no flat files are configured',
    'Give the secrets of history.flatFiles (MASSIVE_S3_ACCESS_KEY and MASSIVE_S3_SECRET_KEY), or a folder as its place.',
  );
}
