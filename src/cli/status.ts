import { systemClock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { ExitCode } from '../base/exit-codes.ts';
import type { DaemonStatus } from '../ops/status/report.ts';
import { type CommandContext, defineCommand } from './command.ts';
import { CONFIGURATION_FLAGS } from './configuration.ts';
import { askDaemons, NoDaemonError } from './status/daemons.ts';
import { labelled, type Paint } from './status/paint.ts';
import { statusLines } from './status/text.ts';
import { type WatchedOutput, watchLines } from './status/watch.ts';
import { withConfiguration } from './with-configuration.ts';

const USUAL_WIDTH = 100;

/** `massive-kdb status` */
export const status = defineCommand({
  arguments: {},
  flags: {
    ...CONFIGURATION_FLAGS,
    watch: { type: 'boolean', default: false, describe: 'go on showing it, until Ctrl-C' },
    json: { type: 'boolean', default: false, describe: 'print an array with an object for each daemon' },
  },
  examples: [
    ['status', 'How the daemons of this user are: exit code 0 where all are ready'],
    ['status --watch', 'The same as it changes'],
    ['status --json', 'For programs'],
  ],
  endings: {
    [ExitCode.ok]: 'every daemon is ready; of --watch: it was ended',
    [ExitCode.failed]: 'a daemon is not ready',
    [ExitCode.unavailable]: 'there is no daemon, or one does not answer',
  },
  run({ watch, json, ...flags }, context) {
    return withConfiguration(
      flags,
      context,
      async ({ state }) => {
        if (watch) return follow(state.directory, json, context);
        const daemons = await askDaemons(state.directory);
        if (daemons.length === 0) throw new NoDaemonError(state.directory);
        context.stdout.write(`${linesFor(daemons, json, context).join('\n')}\n`);
        return daemons.every(({ ready }) => ready) ? ExitCode.ok : ExitCode.failed;
      },
      true,
    );
  },
});

async function follow(directory: string, json: boolean, context: CommandContext): Promise<ExitCode> {
  const make = async (): Promise<string[]> => {
    try {
      const daemons = await askDaemons(directory);
      if (daemons.length > 0 || json) return linesFor(daemons, json, context);
      return told(new NoDaemonError(directory), context);
    } catch (error) {
      // It may answer the next time.
      return json ? [] : told(error, context);
    }
  };
  await watchLines(make, context.stdout, systemClock, context.stop);
  return ExitCode.ok;
}

function told(error: unknown, context: CommandContext): string[] {
  return labelled('', 0, `${messageOf(error)} It is asked again.`, paintOf(context));
}

function linesFor(daemons: readonly DaemonStatus[], json: boolean, context: CommandContext): string[] {
  return json ? [JSON.stringify(daemons)] : statusLines(daemons, paintOf(context));
}

function paintOf({ stdout, environment }: CommandContext): Paint {
  const { isTTY = false, columns } = stdout as WatchedOutput & { readonly columns?: number };
  return { width: columns ?? USUAL_WIDTH, colours: isTTY && !environment['NO_COLOR'] };
}
