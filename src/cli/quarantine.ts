import { ExitCode } from '../base/exit-codes.ts';
import { defineCommand } from './command.ts';
import { CONFIGURATION_FLAGS } from './configuration.ts';
import { dropQuarantine } from './quarantine/drop.ts';
import { listQuarantine } from './quarantine/list.ts';
import { replayQuarantine } from './quarantine/replay.ts';
import { KEPT_ROWS_FLAGS } from './replay/flags.ts';
import { withConfiguration } from './with-configuration.ts';

/** `massive-kdb quarantine list|replay|drop` */
export const quarantine = defineCommand({
  arguments: {
    action: {
      type: 'string',
      choices: ['list', 'replay', 'drop'] as const,
      demandOption: true,
      describe: 'list what is there, try it again, or drop it',
    },
  },
  flags: {
    ...CONFIGURATION_FLAGS,
    ...KEPT_ROWS_FLAGS,
  },
  examples: [
    ['quarantine list', 'Events and batches that could not be used, by reason'],
    ['quarantine replay --to :5010', 'Batches again, and events that this release takes for bars'],
    ['quarantine drop --yes', 'Delete all of it'],
  ],
  endings: {
    [ExitCode.failed]: 'replay: rows did not arrive',
    [ExitCode.usage]: 'wrong flags or arguments, or drop without --yes',
    [ExitCode.schema]: "replay: the tickerplant's tables are not those of the rows",
    [ExitCode.unavailable]: 'a tickerplant cannot be reached',
    [ExitCode.io]: 'the quarantine cannot be read or written',
    [ExitCode.refused]: 'replay: the tickerplant refuses the credentials',
    [ExitCode.configuration]: 'the configuration is wrong',
  },
  run({ action, json, target, to, yes, ...flags }, context) {
    return withConfiguration(
      flags,
      context,
      (configuration, logger) => {
        switch (action) {
          case 'list':
            return listQuarantine(configuration, json, context);
          case 'replay':
            return replayQuarantine({ target, to, json }, configuration, logger, context);
          case 'drop':
            return dropQuarantine(configuration, yes, context);
        }
      },
      true,
    );
  },
});
