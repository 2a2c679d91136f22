import { ExitCode } from '../base/exit-codes.ts';
import type { Logger } from '../base/logger.ts';
import { GapRequestError } from '../realtime/gaps/desk.ts';
import { type Gap, reasonOf } from '../realtime/gaps/gap.ts';
import { intervalText } from '../realtime/gaps/gap-text.ts';
import { type CommandContext, defineCommand, UsageError } from './command.ts';
import { CONFIGURATION_FLAGS } from './configuration.ts';
import { feedOfGap, feedsWithGaps, gapPlace } from './gaps/places.ts';
import { withConfiguration } from './with-configuration.ts';

/** `massive-kdb gaps list|fill|forget` */
export const gaps = defineCommand({
  arguments: {
    action: {
      type: 'string',
      choices: ['list', 'fill', 'forget'] as const,
      demandOption: true,
      describe: 'list them, fill one over REST, or forget one',
    },
    id: { type: 'string', describe: 'the gap to fill or to forget, as list names it' },
  },
  flags: {
    ...CONFIGURATION_FLAGS,
    json: { type: 'boolean', default: false, describe: 'list: print an array of JSON objects' },
    reason: { type: 'string', requiresArg: true, describe: 'forget: why, which is kept' },
  },
  examples: [
    ['gaps list', 'Every interval in which a feed could not listen, and what became of it'],
    ['gaps fill stocks-12', 'Ask for a gap again; without a running daemon at its next start'],
    ['gaps forget stocks-12 --reason "the exchange was down"', 'Give a gap up'],
  ],
  endings: {
    [ExitCode.failed]: 'the gap is in a state in which that cannot be done',
    [ExitCode.unavailable]: 'the daemon does not answer',
    [ExitCode.io]: 'the gap book cannot be read or written',
    [ExitCode.configuration]: 'the configuration is wrong, or the gap book is of another release',
  },
  run({ action, id, json, reason, ...flags }, context) {
    return withConfiguration(
      flags,
      context,
      async ({ state }, logger) => {
        if (action === 'list') return list(state.directory, json, logger, context);
        if (id === undefined) throw new UsageError(`gaps ${action} needs the id of a gap`, REMEDY);
        return change(state.directory, action, id, reason ?? '', logger, context);
      },
      true,
    );
  },
});

const REMEDY = 'massive-kdb gaps list shows those that there are.';

async function list(
  directory: string,
  json: boolean,
  logger: Logger,
  { stdout }: CommandContext,
): Promise<ExitCode> {
  const all: Gap[] = [];
  for (const name of feedsWithGaps(directory)) {
    all.push(...(await (await gapPlace(directory, name, logger)).list()));
  }
  if (json) stdout.write(`${JSON.stringify(all)}\n`);
  else if (all.length === 0) stdout.write('there are no gaps\n');
  else for (const line of tableOf(all)) stdout.write(`${line}\n`);
  return ExitCode.ok;
}

async function change(
  directory: string,
  action: 'fill' | 'forget',
  id: string,
  reason: string,
  logger: Logger,
  { stdout }: CommandContext,
): Promise<ExitCode> {
  const name = feedOfGap(id);
  if (!feedsWithGaps(directory).includes(name)) {
    throw new GapRequestError(ExitCode.usage, `there is no gap '${id}'`, REMEDY);
  }
  const place = await gapPlace(directory, name, logger);
  const gap = action === 'fill' ? await place.fill(id) : await place.forget(id, reason);
  stdout.write(`${gap.id} (${intervalText(gap)}) is ${gap.state.name}\n`);
  return ExitCode.ok;
}

const COLUMNS = ['id', 'state', 'cause', 'channels', 'interval', 'rows', 'note'] as const;

function tableOf(all: readonly Gap[]): string[] {
  const lines = [COLUMNS as readonly string[], ...all.map(cellsOf)];
  const widths = COLUMNS.map((_, column) => Math.max(...lines.map(cells => cells[column]!.length)));
  return lines.map(cells =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}

function cellsOf(gap: Gap): string[] {
  const { id, state, cause, channels, symbols, rows } = gap;
  const only = symbols ? `${symbols.length} symbols` : '';
  const check = state.name === 'filled' && !state.final ? 'is asked for once more' : '';
  const note = [only, check, reasonOf(gap)].filter(text => text !== '').join('; ');
  return [id, state.name, cause, channels.join(','), intervalText(gap), String(rows), note];
}
