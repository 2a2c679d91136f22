import yargs from 'yargs';
import { ExitCode } from '../base/exit-codes.ts';
import type { CommandContext, CommandEntry } from './command.ts';
import { helpEnd, helpedFlags } from './help.ts';
import { packageFacts } from './package-facts.ts';
import { whenParentEnds } from './parent.ts';
import { reportOf } from './report-error.ts';
import { type Chosen, refuseUnknownFlags, refuseUnusableFlags, usageError } from './usage.ts';

/**
 * Runs the command line of this process and ends it: the one place where errors become lines on standard error and
 * an exit code.
 */
export async function main(entries: readonly CommandEntry[]): Promise<never> {
  const context = processContext();
  let code: ExitCode;
  try {
    code = await runCommandLine(entries, process.argv.slice(2), context);
  } catch (error) {
    code = context.stop.aborted && isAbort(error) ? ExitCode.interrupted : tell(error, context);
  }
  return end(code);
}

/**
 * Parses `line` and runs the command that it names.
 *
 * @throws UsageError for a command, argument or flag that does not exist or is missing, and whatever the command throws
 */
export async function runCommandLine(
  entries: readonly CommandEntry[],
  line: readonly string[],
  context: CommandContext,
): Promise<ExitCode> {
  const verbatim = entries.find(entry => entry.verbatim && entry.usage.split(' ')[0] === line[0]);
  if (verbatim && line[1] !== '--help') return (await verbatim.load()).run({ line: line.slice(1) }, context);
  let chosen: Chosen | undefined;
  let given: Readonly<Record<string, unknown>> | undefined;
  let printed = '';
  let closing = '';
  const width = Math.min(110, process.stdout.columns ?? 110);
  let parser = yargs()
    .scriptName('massive-kdb')
    .locale('en')
    .usage('$0 <command>\n\nMassive.com market data in kdb+.')
    // q expressions may begin with a dash; unknown flags are refused in a way of our own.
    .parserConfiguration({ 'unknown-options-as-args': true, 'duplicate-arguments-array': true })
    .strict()
    .demandCommand(1, 'a command is missing')
    .help()
    .alias('h', 'help')
    .version(packageFacts().version)
    .wrap(width)
    .epilogue('massive-kdb <command> --help shows what a command takes.')
    .exitProcess(false)
    .fail((message, error) => {
      // Without a message it is an error of a command's module, not of the command line.
      throw message ? usageError(message, entries, chosen) : error;
    });
  for (const entry of entries) {
    parser = parser.example(`$0 ${entry.example}`, '').command(
      entry.usage,
      entry.summary,
      async builder => {
        const command = await entry.load();
        chosen = { name: entry.usage.split(' ')[0]!, usage: entry.usage, command };
        refuseUnknownFlags(line, chosen);
        for (const [name, options] of Object.entries(command.arguments)) {
          // With one value each, one that begins with a dash is taken for a value.
          builder.positional(name, options).nargs(name, 1);
        }
        closing = `\n\n${helpEnd(command, width)}`;
        return builder.options(helpedFlags(command, line));
      },
      parsed => {
        given = parsed;
      },
    );
  }
  try {
    await parser.parseAsync([...line], {}, (_error, _given, output) => {
      printed = output;
    });
  } catch (error) {
    // Not every mistake in a command line takes the way through `fail`.
    throw error instanceof Error && error.name === 'YError'
      ? usageError(error.message, entries, chosen)
      : error;
  }
  if (printed !== '')
    context.stdout.write(`${printed}${printed === packageFacts().version ? '' : closing}\n`);
  if (!chosen || !given) return ExitCode.ok;
  refuseUnusableFlags(given, chosen);
  return chosen.command.run(given, context);
}

function processContext(): CommandContext {
  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    if (stop.signal.aborted) {
      process.stderr.write(`massive-kdb: ended at once by a second signal, ${signal}\n`);
      process.exit(ExitCode.interrupted);
    }
    stop.abort(signal);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  whenParentEnds(() => stop.abort('SIGTERM'));
  const context = {
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    stop: stop.signal,
  };
  const onDefect = (error: unknown) => process.exit(tell(error, context));
  process.on('uncaughtException', onDefect);
  process.on('unhandledRejection', onDefect);
  // The reader of a pipe has left, as in `massive-kdb query ... | head`: there is nobody to tell.
  process.stdout.on('error', error => {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit(ExitCode.ok);
    onDefect(error);
  });
  // Who reads what is said may leave: what is done goes on.
  process.stderr.on('error', () => {});
  return context;
}

function tell(error: unknown, { stderr, environment }: CommandContext): ExitCode {
  const { lines, exitCode } = reportOf(error, Boolean(environment['MASSIVE_KDB_DEBUG']));
  for (const line of lines) stderr.write(`massive-kdb: ${line}\n`);
  return exitCode;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error ? error.name === 'AbortError' : error === 'SIGINT' || error === 'SIGTERM';
}

/** Ends the process when everything that was printed has left it. */
async function end(code: ExitCode): Promise<never> {
  await Promise.all(
    [process.stdout, process.stderr].map(
      stream => new Promise(resolve => stream.write('', () => resolve(undefined))),
    ),
  );
  process.exit(code);
}
