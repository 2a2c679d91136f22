import { ExitCode } from '../base/exit-codes.ts';
import { systemSpoolFiles } from '../realtime/spool/system-files.ts';
import { defineCommand } from './command.ts';
import { CONFIGURATION_FLAGS } from './configuration.ts';
import { KEPT_ROWS_FLAGS } from './replay/flags.ts';
import { dropSpool } from './spool/drop.ts';
import { listSpools } from './spool/list.ts';
import { replaySpool } from './spool/replay.ts';
import { withConfiguration } from './with-configuration.ts';

/** `massive-kdb spool list|replay|drop` */
export const spool = defineCommand({
  arguments: {
    action: {
      type: 'string',
      choices: ['list', 'replay', 'drop'] as const,
      demandOption: true,
      describe: 'list what is kept, send it again, or drop it',
    },
  },
  flags: {
    ...CONFIGURATION_FLAGS,
    spool: {
      type: 'string',
      requiresArg: true,
      describe: 'which one, as list names it; the only one without it',
    },
    since: {
      type: 'string',
      requiresArg: true,
      describe: 'replay: what was drained from this time on (ISO 8601; UTC without a zone)',
    },
    until: { type: 'string', requiresArg: true, describe: 'replay: and before this time; all without it' },
    ...KEPT_ROWS_FLAGS,
  },
  examples: [
    ['spool list', 'What is kept, and what each target has not acknowledged'],
    [
      'spool replay --since 2026-10-02T13:30Z --to :5010',
      'Send kept rows again to a tickerplant that lost them',
    ],
    ['spool drop --spool stocks', 'What would be dropped; with --yes it is'],
  ],
  endings: {
    [ExitCode.failed]: 'replay: rows did not arrive',
    [ExitCode.usage]: 'wrong flags or arguments, or drop without --yes',
    [ExitCode.schema]: "replay: the tickerplant's tables are not those of the rows",
    [ExitCode.unavailable]: 'a tickerplant cannot be reached, or a daemon holds what is to be dropped',
    [ExitCode.io]: 'the spool cannot be read or written',
    [ExitCode.refused]: 'replay: the tickerplant refuses the credentials',
    [ExitCode.configuration]: 'the configuration is wrong, or the spool is of another release',
  },
  run({ action, json, spool: name, since, until, target, to, yes, ...flags }, context) {
    return withConfiguration(
      flags,
      context,
      (configuration, logger) => {
        const place = { root: configuration.spool.directory, files: systemSpoolFiles };
        switch (action) {
          case 'list':
            return listSpools(place, name, json, context);
          case 'replay':
            return replaySpool(
              place,
              { name, since, until, target, to, json },
              configuration,
              logger,
              context,
            );
          case 'drop':
            return dropSpool(place, name, yes, logger, context);
        }
      },
      true,
    );
  },
});
