import type { Options } from 'yargs';
import { ExitCode } from '../base/exit-codes.ts';
import type { Command } from './command.ts';

/** Every command can end with these. */
const COMMON_ENDINGS: Readonly<Partial<Record<ExitCode, string>>> = {
  [ExitCode.ok]: 'done, or stopped by a signal with nothing lost',
  [ExitCode.usage]: 'wrong flags or arguments',
  [ExitCode.internal]: 'a defect of massive-kdb',
  [ExitCode.interrupted]: 'interrupted',
};

/** `--help --settings` shows the flags that stand for settings too; it is no flag otherwise. */
export const SHOW_SETTINGS = 'settings';
const SETTINGS_GROUP = 'Settings:';

/** The flags of a command as --help shows them: its own first, and those for settings only where they are asked for. */
export function helpedFlags({ flags }: Command, line: readonly string[]): Record<string, Options> {
  const showSettings = line.includes(`--${SHOW_SETTINGS}`);
  const entries = Object.entries(flags);
  const own = entries.filter(([, { group }]) => group === undefined);
  const others = entries.filter(([, { group }]) => group !== undefined);
  return {
    ...Object.fromEntries(own.map(([name, options]) => [name, { ...options, group: 'Options:' }])),
    ...Object.fromEntries(
      others.map(([name, options]) => [
        name,
        { ...options, hidden: options.group === SETTINGS_GROUP && !showSettings },
      ]),
    ),
  };
}

export function isHelp(line: readonly string[]): boolean {
  return line.includes('--help') || line.includes('-h');
}

/** What follows the flags in a command's --help: examples to copy, each on one line, and what it can end with. */
export function helpEnd(command: Command, width: number): string {
  const examples = command.examples.map(([line, meaning]) => `  # ${meaning}\n  massive-kdb ${line}\n`);
  const hasSettings = Object.values(command.flags).some(({ group }) => group === SETTINGS_GROUP);
  return [
    'Examples:',
    ...examples,
    'Exit codes:',
    ...endingsOf(command).map(([code, meaning]) => folded(`  ${String(code).padStart(3)}  `, meaning, width)),
    ...(hasSettings
      ? ['', `Every setting of the configuration is a flag as well: --help --${SHOW_SETTINGS} lists them.`]
      : []),
  ].join('\n');
}

/** All codes that a command can end with, ascending. */
export function endingsOf({ endings }: Command): readonly (readonly [code: number, meaning: string])[] {
  return Object.entries({ ...COMMON_ENDINGS, ...endings })
    .map(([code, meaning]) => [Number(code), meaning] as const)
    .sort(([one], [other]) => one - other);
}

/** `text` behind `head`, in lines that are no longer than `width` where words allow it. */
function folded(head: string, text: string, width: number): string {
  const lines = [head];
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!;
    const glue = line.length === head.length ? '' : ' ';
    if (line.length + glue.length + word.length <= width || glue === '')
      lines[lines.length - 1] += glue + word;
    else lines.push(' '.repeat(head.length) + word);
  }
  return lines.join('\n');
}
