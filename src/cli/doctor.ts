import { systemClock } from '../base/clock.ts';
import { ExitCode } from '../base/exit-codes.ts';
import { ConfigurationError } from '../config/errors.ts';
import type { LoadedConfiguration } from '../config/load.ts';
import type { Configuration } from '../config/schema.ts';
import { Redaction } from '../ops/redaction.ts';
import { type CommandContext, defineCommand } from './command.ts';
import { CONFIGURATION_FLAGS, configurationFromProcess } from './configuration.ts';
import { checksOf } from './doctor/all-checks.ts';
import { type Check, type Result, runChecks } from './doctor/check.ts';
import { linesOf, reportOf, summaryLine, tallyOf } from './doctor/print.ts';
import { configurationChecks, nodeCheck } from './doctor/settings-checks.ts';
import { packageFacts } from './package-facts.ts';
import { subscriptionsOf } from './start/feed-assembly.ts';

/** `massive-kdb doctor` */
export const doctor = defineCommand({
  arguments: {},
  flags: {
    ...CONFIGURATION_FLAGS,
    json: { type: 'boolean', default: false, describe: 'print all results as one JSON object' },
    connection: {
      type: 'boolean',
      default: true,
      describe:
        "where no daemon runs that can be asked, try the key by a connection of a moment; Massive ends another machine's with the same key for it, which --no-connection spares",
    },
  },
  examples: [
    [
      'doctor',
      'Whether everything is there that start needs: exit code 0, or 1 where something has to be mended',
    ],
    ['doctor --config /etc/massive-kdb/massive-kdb.yaml --market stocks', 'Of one market'],
    ['doctor --no-connection', 'On a machine that stands by, while another one streams with the same key'],
  ],
  endings: {
    [ExitCode.ok]: 'nothing has to be mended; there may be warnings',
    [ExitCode.failed]: 'something has to be mended',
  },
  async run(given, context) {
    const redaction = new Redaction();
    const results: Result[] = [];
    const tell = teller(given.json, redaction, context);
    const run = async (checks: readonly Check[]) => {
      results.push(...(await runChecks(checks, { clock: systemClock, stop: context.stop }, tell)));
    };
    const { version, leastNode } = packageFacts();
    const loaded = configurationOrError(given);
    await run([nodeCheck(process.versions.node, leastNode), ...configurationChecks(loaded, readNamedFiles)]);
    if (loaded instanceof ConfigurationError) {
      await run([needsConfiguration]);
    } else {
      const hide = redaction.hide.bind(redaction);
      const parts = { environment: process.env, version, mayConnect: given.connection, hide };
      const { checks, close } = await checksOf(loaded.configuration, parts);
      await run(checks);
      // Who has been interrupted does not wait for what is still under way.
      await close();
    }
    const { stdout } = context;
    const tally = tallyOf(results);
    if (given.json) stdout.write(`${redaction.apply(JSON.stringify(reportOf(results)))}\n`);
    else stdout.write(`\n${summaryLine(tally)}\n`);
    return tally.fail > 0 ? ExitCode.failed : ExitCode.ok;
  },
});

const needsConfiguration: Check = {
  name: 'everything else',
  limitMs: 1_000,
  run: async () => ({ outcome: 'skipped', text: 'it needs a configuration that is right' }),
};

/** Prints a result as soon as it is known; as JSON they are printed together. */
function teller(
  isJson: boolean,
  redaction: Redaction,
  { stdout, environment }: CommandContext,
): (result: Result) => void {
  if (isJson) return () => {};
  const isColoured = (stdout as NodeJS.WriteStream).isTTY === true && !environment['NO_COLOR'];
  return result => {
    for (const line of linesOf(result, isColoured)) stdout.write(`${redaction.apply(line)}\n`);
  };
}

function configurationOrError(
  flags: Readonly<Record<string, unknown>>,
): LoadedConfiguration | ConfigurationError {
  try {
    return configurationFromProcess(flags);
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
}

/** The lists of symbols; certificates are read where they are used. */
async function readNamedFiles({ feeds }: Configuration): Promise<void> {
  for (const feed of feeds) await subscriptionsOf(feed);
}
