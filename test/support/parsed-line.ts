import { Writable } from 'node:stream';
import type { Command, CommandEntry } from '../../src/cli/command.ts';
import { runCommandLine } from '../../src/cli/run.ts';
import { LOADED_COMMANDS } from './loaded-commands.ts';

/** What a command line of massive-kdb gives its command, which is not run. Throws UsageError as the command line does. */
export async function parsedLine(
  words: readonly string[],
): Promise<Readonly<Record<string, unknown>> | undefined> {
  let given: Readonly<Record<string, unknown>> | undefined;
  await runCommandLine(
    LOADED_COMMANDS.map(entry => idle(entry, parsed => (given = parsed))),
    words,
    nowhere(),
  );
  return given;
}

/** The words of a line as a shell would give them, up to a redirection or a pipe. */
export function shellWords(line: string): string[] {
  const words = [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => (double ?? single ?? bare)!,
  );
  const end = words.findIndex(word => ['>', '|', '<'].includes(word));
  return end < 0 ? words : words.slice(0, end);
}

/** What `massive-kdb ... --help` prints. */
export async function helpText(...words: readonly string[]): Promise<string> {
  let printed = '';
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      printed += String(chunk);
      done();
    },
  });
  await runCommandLine(LOADED_COMMANDS, [...words, '--help'], { ...nowhere(), stdout });
  return printed;
}

function idle(entry: CommandEntry, tell: (given: Readonly<Record<string, unknown>>) => void): CommandEntry {
  const load = async (): Promise<Command> => ({
    ...(await entry.load()),
    async run(given) {
      tell(given);
      return 0;
    },
  });
  return { ...entry, load };
}

function nowhere() {
  const sink = new Writable({ write: (_chunk, _encoding, done) => done() });
  return { stdout: sink, stderr: sink, environment: {}, stop: new AbortController().signal };
}
