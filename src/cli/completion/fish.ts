import type { CompletedCommand, CompletedFlag } from './words.ts';

/** A script for fish. */
export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const lines = [
    '# Completion of massive-kdb for fish:',
    '#   massive-kdb completion fish > ~/.config/fish/completions/massive-kdb.fish',
    'complete -c massive-kdb -f',
  ];
  for (const command of commands) {
    const { name, summary, firstArguments, takesFile, flags } = command;
    lines.push(`complete -c massive-kdb -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`);
    const here = `complete -c massive-kdb -n '__fish_seen_subcommand_from ${name}'`;
    if (firstArguments.length > 0) lines.push(`${here} -a ${quoted(firstArguments.join(' '))}`);
    if (takesFile) lines.push(`${here} -F`);
    for (const flag of flags) lines.push(`${here} ${flagOptions(flag)}`);
  }
  return `${lines.join('\n')}\n`;
}

function flagOptions({ flag, describe, value }: CompletedFlag): string {
  const name = flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`;
  const text = `${name} -d ${quoted(describe)}`;
  if (value === 'none') return text;
  if (value === 'path') return `${text} -rF`;
  return value === 'other' ? `${text} -x` : `${text} -xa ${quoted(value.join(' '))}`;
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, character => `\\${character}`)}'`;
}
