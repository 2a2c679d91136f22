import { nearest } from '../config/nearest.ts';
import { type Command, type CommandEntry, UsageError } from './command.ts';
import { isHelp, SHOW_SETTINGS } from './help.ts';

/** The command that a command line names. */
export interface Chosen {
  readonly name: string;
  /** `query <target> <expression>` */
  readonly usage: string;
  readonly command: Command;
}

/**
 * Refuses a flag that the command does not have, by its name alone: its value may be a secret.
 *
 * @throws UsageError with the flag that was probably meant
 */
export function refuseUnknownFlags(line: readonly string[], { name, command }: Chosen): void {
  const known = [...knownFlags(command), ...(isHelp(line) ? [SHOW_SETTINGS] : [])];
  for (const word of line) {
    const flag = /^--?(?<flag>[A-Za-z][^=\s]*)(=|$)/.exec(word)?.groups?.['flag'];
    if (flag === undefined || known.includes(flag)) continue;
    if (/^(massive-?)?(api-?|kdb-?)?(key|password|secret|token)$/i.test(flag)) {
      throw new UsageError(
        `--${flag} is not a flag, because other users of this machine can read flags`,
        'Give secrets in variables such as MASSIVE_API_KEY and KDB_PASSWORD, or in files that MASSIVE_API_KEY_FILE and KDB_PASSWORD_FILE name.',
      );
    }
    const meant = nearest(flag, known);
    throw new UsageError(`${name} has no flag --${flag}`, remedy(meant && `--${meant}`, name));
  }
}

/**
 * Refuses a flag that is given more than once and has one value, and one whose value is not the number that it takes.
 *
 * @throws UsageError
 */
export function refuseUnusableFlags(
  given: Readonly<Record<string, unknown>>,
  { name, command }: Chosen,
): void {
  for (const [flag, { array }] of Object.entries(command.flags)) {
    if (Number.isNaN(given[flag])) throw new UsageError(`--${flag} is not a number`, remedy(undefined, name));
    if (array || !Array.isArray(given[flag])) continue;
    throw new UsageError(`--${flag} is given more than once`, remedy(undefined, name));
  }
}

function knownFlags({ flags }: Command): string[] {
  const negated = Object.entries(flags).flatMap(([flag, { type }]) =>
    type === 'boolean' ? [`no-${flag}`] : [],
  );
  return [...Object.keys(flags), ...negated, 'help', 'h', 'version'];
}

/** What yargs says is wrong, in our words, with what was probably meant. */
export function usageError(
  message: string,
  entries: readonly CommandEntry[],
  chosen: Chosen | undefined,
): UsageError {
  const oneLine = message.replace(/\s*\n\s*/g, ' ').trim();
  const unknown = /^Unknown (?:argument|command)s?: (?<first>[^,]*)/.exec(oneLine)?.groups?.['first'];
  if (!chosen) {
    if (unknown === undefined) return new UsageError(oneLine, remedy(undefined));
    const meant = nearest(
      unknown,
      entries.map(entry => entry.usage.split(' ')[0]!),
    );
    return new UsageError(`there is no command "${unknown}"`, remedy(meant));
  }
  const { name, usage } = chosen;
  if (unknown !== undefined) {
    return new UsageError(`${name} takes no further argument, such as "${unknown}"`, remedy(undefined, name));
  }
  const missing = /^Not enough non-option arguments: got (?<given>\d+)/.exec(oneLine)?.groups?.['given'];
  if (missing !== undefined) {
    const argument = usage.split(' ')[Number(missing) + 1];
    return new UsageError(`${name} needs ${argument}, as in ${usage}`, remedy(undefined, name));
  }
  const empty = /^Not enough arguments following: (?<flag>\S+)/.exec(oneLine)?.groups?.['flag'];
  if (empty !== undefined) return new UsageError(`--${empty} needs a value`, remedy(undefined, name));
  const exclusive = /^Arguments (?<one>\S+) and (?<other>\S+) are mutually exclusive/.exec(oneLine)?.groups;
  if (exclusive) {
    const { one, other } = exclusive;
    return new UsageError(
      `--${one} and --${other} are given, of which there can be one`,
      remedy(undefined, name),
    );
  }
  const choice =
    /^Invalid values: Argument: (?<of>\S+), Given: "(?<given>.*)", Choices: (?<choices>.*)$/.exec(oneLine);
  if (choice?.groups) {
    const { of, given, choices } = choice.groups;
    const allowed = choices!.replaceAll('"', '');
    return new UsageError(
      `${of} is "${given}"; allowed: ${allowed}`,
      remedy(nearest(given!, allowed.split(', ')), name),
    );
  }
  return new UsageError(oneLine, remedy(undefined, name));
}

function remedy(meant: string | undefined, command?: string): string {
  const help = `See massive-kdb ${command ? `${command} ` : ''}--help.`;
  return meant ? `Did you mean ${meant}? ${help}` : help;
}
