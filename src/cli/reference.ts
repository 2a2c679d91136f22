import { systemClock } from '../base/clock.ts';
import { memoryCounters } from '../base/counters.ts';
import { ExitCode } from '../base/exit-codes.ts';
import type { Configuration } from '../config/schema.ts';
import type { Secret } from '../config/secrets.ts';
import { loadReference, REFERENCE_TABLES, type ReferenceTable } from '../historical/reference.ts';
import type { ProcessLogger } from '../ops/logger.ts';
import { SessionCalendar } from '../tables/session-calendar.ts';
import { loaderTarget, openLoader } from './backfill/loader.ts';
import { dateOf } from './backfill/request-flags.ts';
import { type CommandContext, defineCommand, UsageError } from './command.ts';
import { CONFIGURATION_FLAGS } from './configuration.ts';
import { openRest } from './open-rest.ts';
import { withConfiguration } from './with-configuration.ts';

/** How far ahead splits and dividends are announced. */
const DATES_AHEAD = 366;

/** `massive-kdb reference` */
export const reference = defineCommand({
  arguments: {},
  flags: {
    ...CONFIGURATION_FLAGS,
    table: {
      type: 'string',
      choices: REFERENCE_TABLES,
      array: true,
      describe: 'the tables; both without it',
    },
    from: { type: 'string', default: '2003-09-10', describe: 'the first date, YYYY-MM-DD' },
    to: { type: 'string', describe: 'the last date, YYYY-MM-DD; without it what is announced too' },
    json: { type: 'boolean', default: false, describe: 'print what was done as JSON, one object a line' },
  },
  examples: [
    ['reference', 'Splits and dividends of all stocks'],
    ['reference --table split --from 2026-01-01', 'The splits of this year'],
  ],
  endings: {
    [ExitCode.failed]: 'an answer could not be used',
    [ExitCode.unavailable]: 'REST or the loader cannot be reached',
    [ExitCode.tempFail]: 'a quota is used up: run it again later',
    [ExitCode.refused]: 'the key is refused, or the plan does not have this',
    [ExitCode.configuration]: 'configuration or secrets are wrong',
  },
  run(given, context) {
    return withConfiguration(
      given,
      context,
      (configuration, logger) => loadTables(given, configuration, logger, context),
      true,
    );
  },
});

interface Flags {
  readonly table: readonly ReferenceTable[] | undefined;
  readonly from: string;
  readonly to: string | undefined;
  readonly json: boolean;
}

async function loadTables(
  flags: Flags,
  configuration: Configuration,
  logger: ProcessLogger,
  { stdout, stop }: CommandContext,
): Promise<ExitCode> {
  const today = new SessionCalendar('stocks').tradingDate(systemClock.wallMs());
  const range = {
    fromDate: dateOf('--from', flags.from),
    untilDate: flags.to === undefined ? today + DATES_AHEAD : dateOf('--to', flags.to),
  };
  const secrets: Secret[] = [];
  const parts = { clock: systemClock, logger, counters: memoryCounters() };
  const rest = openRest(configuration.history, configuration.state.directory, parts, secrets);
  if (!rest) {
    throw new UsageError(
      'splits and dividends come from REST, and its key is not given',
      'Set MASSIVE_API_KEY, or what history.key names.',
    );
  }
  for (const secret of secrets) logger.hide(secret);
  const loader = await openLoader(loaderTarget(configuration, 'stocks', logger), 'stocks', configuration);
  try {
    for (const table of flags.table ?? REFERENCE_TABLES) {
      const outcome = await loadReference(table, range, { requests: rest.requests, loader, ...parts }, stop);
      stdout.write(
        flags.json
          ? `${JSON.stringify({ table, ...outcome })}\n`
          : `${table}: ${outcome.fetched} rows fetched, ${outcome.unusable} of no use, ${outcome.rows} in the table now\n`,
      );
    }
    return ExitCode.ok;
  } catch (error) {
    if (stop.aborted) return ExitCode.interrupted;
    throw error;
  } finally {
    loader.close();
    await rest.requests.close();
  }
}
