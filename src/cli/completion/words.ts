import type { Command, CommandEntry } from '../command.ts';

/** What a shell can offer for one command. */
export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  /** What its first argument can be; empty where that is anything. */
  readonly firstArguments: readonly string[];
  /** Whether the first argument is a file. */
  readonly takesFile: boolean;
  readonly flags: readonly CompletedFlag[];
}

export interface CompletedFlag {
  /** As it is typed: `--market`, `-p`. */
  readonly flag: string;
  readonly describe: string;
  readonly value: 'none' | 'path' | 'other' | readonly string[];
}

/** The words of all commands, by their own definitions. */
export async function completedCommands(entries: readonly CommandEntry[]): Promise<CompletedCommand[]> {
  return Promise.all(
    entries.map(async ({ usage, summary, load }) => {
      const command = await load();
      const name = usage.split(' ')[0]!;
      const [first] = Object.entries(command.arguments);
      return {
        name,
        summary,
        firstArguments: (first?.[1].choices ?? []).map(String),
        takesFile: first?.[0] === 'file',
        flags: flagsOf(command),
      };
    }),
  );
}

function flagsOf({ flags }: Command): CompletedFlag[] {
  const own = Object.entries(flags).map(([name, { type, choices, describe }]): CompletedFlag => {
    const flag = name.length === 1 ? `-${name}` : `--${name}`;
    const told = (choices ?? choicesIn(describe ?? '')).map(String);
    const value = type === 'boolean' ? 'none' : told.length > 0 ? told : isPath(name) ? 'path' : 'other';
    return { flag, describe: describe ?? '', value };
  });
  return [...own, { flag: '--help', describe: 'Show help', value: 'none' }];
}

/** Settings name theirs in the text only, because the configuration reads their values. */
function choicesIn(describe: string): string[] {
  const list = /\(one of (?<list>[^()]*)\)$/.exec(describe)?.groups?.['list'];
  return list?.split(', ') ?? [];
}

/** By the names that settings and flags for files have. */
function isPath(name: string): boolean {
  return /(^|-)(config|file|directory|root|html|csv-file|output)$/.test(name);
}
