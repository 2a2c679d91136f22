import type { CompletedCommand } from './words.ts';

/** A script for bash. Words are names of commands, flags and choices, which need no quoting. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  return `# Completion of massive-kdb for bash:
#   massive-kdb completion bash > ~/.local/share/bash-completion/completions/massive-kdb
_massive_kdb() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]}
  local words= files=
  if [ "$COMP_CWORD" -eq 1 ]; then
    words='${names} --help --version'
  else
    case "$command $previous" in
${valueCases(commands)}
      *)
        case "$command" in
${commands.map(wordCase).join('\n')}
        esac
        ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [ -n "$files" ]; then COMPREPLY+=($(compgen -f -- "$current")); fi
}
complete -o filenames -F _massive_kdb massive-kdb
`;
}

/** What follows a flag with a value. */
function valueCases(commands: readonly CompletedCommand[]): string {
  return commands
    .flatMap(({ name, flags }) =>
      flags
        .filter(({ value }) => value !== 'none')
        .map(({ flag, value }) => {
          const offered =
            value === 'path' ? 'files=1' : value === 'other' ? ':' : `words='${wordsOf(value)}'`;
          return `      '${name} ${flag}') ${offered} ;;`;
        }),
    )
    .join('\n');
}

/** Flags, and before them the first argument. */
function wordCase({ name, flags, firstArguments, takesFile }: CompletedCommand): string {
  const lines = [`words='${flags.map(({ flag }) => flag).join(' ')}'`];
  const first =
    firstArguments.length > 0 ? `words='${firstArguments.join(' ')}'` : takesFile ? 'files=1' : '';
  if (first !== '') lines.push(`if [ "$COMP_CWORD" -eq 2 ] && [ "\${current:0:1}" != - ]; then ${first}; fi`);
  return `          ${name})\n${lines.map(line => `            ${line}`).join('\n')}\n            ;;`;
}

function wordsOf(value: 'none' | readonly string[]): string {
  return typeof value === 'string' ? '' : value.join(' ');
}
