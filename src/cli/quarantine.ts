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
    action: { type: 'string', choices: ['list', 'replay', 'drop'] as const, demandOption: true },
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
