import { once } from 'node:events';
import { ExitCode } from '../base/exit-codes.ts';
import { streamControl } from '../ops/control/client.ts';
import type { TapDropped } from '../realtime/observation/tap.ts';
import { WINDOW_MS } from '../tables/definitions.ts';
import { type CommandContext, defineCommand } from './command.ts';
import { CONFIGURATION_FLAGS } from './configuration.ts';
import { countText } from './format/quantities.ts';
import { controlSockets, NoDaemonError } from './status/daemons.ts';
import { RowText, type TappedRow } from './tap/row-text.ts';
import { withConfiguration } from './with-configuration.ts';

/** Lines between two heads. */
const HEAD_EVERY = 40;

/** `massive-kdb tap` */
export const tap = defineCommand({
  arguments: {},
  flags: {
    ...CONFIGURATION_FLAGS,
    sym: { type: 'string', requiresArg: true, describe: 'rows of this symbol only' },
    table: {
      type: 'string',
      choices: Object.keys(WINDOW_MS),
      requiresArg: true,
      describe: 'rows of this table only',
    },
    json: { type: 'boolean', default: false, describe: 'print each row as a JSON object on a line' },
  },
  examples: [
    ['tap', 'The rows of all feeds as they pass, until Ctrl-C'],
    ['tap --sym AAPL --table agg1s', 'The seconds of one symbol'],
    ['tap --json | jq .close', 'For programs; what was left out is told as {"dropped": N}'],
  ],
  endings: {
    [ExitCode.ok]: 'it was ended by Ctrl-C',
    [ExitCode.unavailable]: 'there is no daemon, or it has ended',
    [ExitCode.tempFail]: 'several others read along already',
  },
  run({ sym, table, json, ...flags }, context) {
    return withConfiguration(
      flags,
      context,
      async ({ state }) => {
        const query = new URLSearchParams({ ...(sym ? { sym } : {}), ...(table ? { table } : {}) });
        const streams = await Promise.all(
          controlSockets(state.directory).map(socket => streamControl(socket, `/tap?${query}`, context.stop)),
        );
        const open = streams.filter(stream => stream !== undefined);
        if (open.length === 0 && !context.stop.aborted) throw new NoDaemonError(state.directory);
        const print = json ? printAsIs : rowPrinter(context);
        await Promise.all(open.map(stream => follow(stream, print, context)));
        if (context.stop.aborted) return ExitCode.ok;
        context.stderr.write('massive-kdb: the daemon has ended\n');
        return ExitCode.unavailable;
      },
      true,
    );
  },
});

/** A terminal says how wide it is. */
interface WideContext {
  readonly stdout: CommandContext['stdout'] & { readonly columns?: number };
}

type Print = (line: string, context: CommandContext) => Promise<void>;

async function follow(lines: AsyncIterable<string>, print: Print, context: CommandContext): Promise<void> {
  for await (const line of lines) if (!context.stop.aborted) await print(line, context);
}

async function printAsIs(line: string, { stdout }: CommandContext): Promise<void> {
  await write(stdout, `${line}\n`);
}

/** Rows under each other, with a head now and then; what was left out is said on standard error. */
function rowPrinter({ stdout: { columns = Number.POSITIVE_INFINITY } }: WideContext): Print {
  const text = new RowText(columns);
  let sinceHead = HEAD_EVERY;
  return async (line, { stdout, stderr }) => {
    const row = JSON.parse(line) as TappedRow | TapDropped;
    if (isDropped(row)) {
      stderr.write(
        `massive-kdb: ${countText(row.dropped)} rows left out: they came faster than they are read\n`,
      );
      return;
    }
    const printed = `${text.line(row)}\n`;
    const head = sinceHead === HEAD_EVERY ? `${text.head()}\n` : '';
    sinceHead = sinceHead === HEAD_EVERY ? 1 : sinceHead + 1;
    await write(stdout, head + printed);
  };
}

function isDropped(row: TappedRow | TapDropped): row is TapDropped {
  return typeof row['dropped'] === 'number';
}

/** Waits where the reader is slow, so that the daemon leaves out what is too much. */
async function write(stdout: NodeJS.WritableStream, text: string): Promise<void> {
  if (!stdout.write(text)) await once(stdout, 'drain');
}
