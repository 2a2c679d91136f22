import type { CompletedCommand, CompletedFlag } from './words.ts';

/** A script for zsh, for a file `_massive-kdb` on its fpath. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`).join('\n');
  return `#compdef massive-kdb
# Completion of massive-kdb for zsh:
#   massive-kdb completion zsh > "\${fpath[1]}/_massive-kdb"
_massive_kdb() {
  local -a commands
  commands=(
${names}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(commandCase).join('\n')}
  esac
}
compdef _massive_kdb massive-kdb
`;
}

function commandCase({ name, flags, firstArguments, takesFile }: CompletedCommand): string {
  const specifications = flags.map(flagSpecification);
  if (firstArguments.length > 0) specifications.push(`1:what:(${firstArguments.join(' ')})`);
  if (takesFile) specifications.push('1:file:_files');
  return `    ${name}) _arguments ${specifications.map(quoted).join(' ')} ;;`;
}

function flagSpecification({ flag, describe, value }: CompletedFlag): string {
  const text = `*${flag}[${describe.replace(/[[\]\\:]/g, character => `\\${character}`)}]`;
  if (value === 'none') return text;
  if (value === 'path') return `${text}:file:_files`;
  return value === 'other' ? `${text}:value: ` : `${text}:value:(${value.join(' ')})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
