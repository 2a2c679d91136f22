import { readFileSync } from 'node:fs';
import yargs from 'yargs';
import { ExitCode } from '../base/exit-codes.ts';
import { nearest } from '../config/nearest.ts';
import { type Command, type CommandContext, type CommandEntry, UsageError } from './command.ts';
import { reportOf } from './report-error.ts';

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
  let chosen: { readonly command: Command; readonly usage: string } | undefined;
  let given: Readonly<Record<string, unknown>> | undefined;
  let printed = '';
  let parser = yargs()
    .scriptName('massive-kdb')
    .locale('en')
    .usage('$0 <command>\n\nMassive.com market data in kdb+.')
    .parserConfiguration({ 'boolean-negation': true, 'duplicate-arguments-array': true })
    .strict()
    .demandCommand(1, 'a command is missing')
    .help()
    .alias('h', 'help')
    .version(packageVersion())
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .epilogue('massive-kdb <command> --help shows what a command takes.')
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? usageError(message, entries, chosen);
    });
  for (const entry of entries) {
    parser = parser.command(
      entry.usage,
      entry.summary,
      async builder => {
        const command = await entry.load();
        chosen = { command, usage: entry.usage };
        for (const [name, options] of Object.entries(command.arguments)) builder.positional(name, options);
        for (const [line, meaning] of command.examples) builder.example(`$0 ${line}`, meaning);
        return builder.options(command.flags);
      },
      parsed => {
        given = parsed;
      },
    );
  }
  await parser.parseAsync([...line], {}, (_error, _given, output) => {
    printed = output;
  });
  if (printed !== '') context.stdout.write(`${printed}\n`);
  return chosen && given ? chosen.command.run(given, context) : ExitCode.ok;
}

/** yargs says what is wrong in its own words; these are ours, with what was probably meant. */
function usageError(
  message: string,
  entries: readonly CommandEntry[],
  chosen: { readonly command: Command; readonly usage: string } | undefined,
): UsageError {
  const commands = entries.map(entry => entry.usage.split(' ')[0]!);
  const help = `See massive-kdb ${chosen ? `${chosen.usage.split(' ')[0]} ` : ''}--help.`;
  const unknown = /^Unknown (?:argument|command)s?: (.*)$/.exec(message)?.[1]?.split(', ')[0];
  if (unknown === undefined)
    return new UsageError(message.replace(/\s*\n\s*/g, ' ').replace(/\.$/, ''), help);
  if (!chosen) {
    const meant = nearest(unknown, commands);
    return new UsageError(`there is no command "${unknown}"${meant ? `; did you mean ${meant}?` : ''}`, help);
  }
  if (/^(massive-?)?(api-?)?(key|password|secret|token)$/i.test(unknown)) {
    return new UsageError(
      `--${unknown} is not a flag, because other users of this machine can read flags`,
      'Give secrets in variables such as MASSIVE_API_KEY and KDB_PASSWORD, or in files that MASSIVE_API_KEY_FILE and KDB_PASSWORD_FILE name.',
    );
  }
  const meant = nearest(unknown, [...Object.keys(chosen.command.flags), 'help', 'version']);
  return new UsageError(
    `${chosen.usage.split(' ')[0]} takes no "${unknown}"${meant ? `; did you mean --${meant}?` : ''}`,
    help,
  );
}

function packageVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
}

function processContext(): CommandContext {
  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    if (stop.signal.aborted) process.exit(ExitCode.interrupted);
    stop.abort(signal);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
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
