import type { Answers, KeyPlace } from './questions.ts';

/** A configuration file that says what was answered, and where the rest is to be found. */
export function fileText({ market, channels, symbols, target, key }: Answers): string {
  const keyLines = keySettings(key);
  const user =
    target.user === null
      ? []
      : [`    user: ${quoted(target.user)}  # its password: KDB_PASSWORD, or KDB_PASSWORD_FILE`];
  const isDefaultKey = 'variable' in key && key.variable === 'MASSIVE_API_KEY';
  return `${[
    '# Written by `massive-kdb init`. `massive-kdb config sample` shows every setting there is, and',
    '# `massive-kdb config check` tells all mistakes in this file.',
    'feeds:',
    `  - market: ${market}`,
    '    host: real-time  # delayed, or another host, where the plan has that one',
    `    channels: ${list(channels)}`,
    `    symbols: ${list(symbols)}${symbols.includes('*') ? '  # the whole market' : ''}`,
    `    ${keyLines.join('\n    ')}`,
    'targets:',
    '  - name: main',
    `    host: ${quoted(target.host)}`,
    `    port: ${target.port}`,
    ...user,
    ...(isDefaultKey
      ? []
      : ['history:', `  ${keySettings(key, 'gaps are filled over REST with the same key').join('\n  ')}`]),
  ].join('\n')}\n`;
}

function keySettings(key: KeyPlace, note = ''): readonly string[] {
  if ('variable' in key)
    return [`key: ${key.variable}  # ${note || 'the name of the variable; never the key itself'}`];
  return [`keyFile: ${quoted(key.file)}  # ${note || 'holds the key, and has mode 600'}`];
}

function list(names: readonly string[]): string {
  return `[${names.map(quoted).join(', ')}]`;
}

/** As YAML takes any text: NO, 1e3 and * mean something else without quotes. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Where a configuration was written, as its user types it. */
export interface Written {
  readonly file: string;
  /** Whether the commands find it without being told. */
  readonly isFound: boolean;
  /** Whether the file of the key is there already. */
  readonly hasKeyFile: boolean;
}

/** What to do next, as commands to copy. */
export function nextSteps(
  { key, target }: Answers,
  { file, isFound, hasKeyFile }: Written,
): readonly string[] {
  const flag = isFound ? '' : ` --config ${shellWord(file)}`;
  const steps = [
    ...giveKey(key, hasKeyFile),
    ...(target.user === null ? [] : [[`Give the password of ${target.user}:`, readInto('KDB_PASSWORD')]]),
    ['See whether everything is there:', `massive-kdb doctor${flag}`],
    ['Start:', `massive-kdb start${flag}`],
  ];
  return [
    `Wrote ${file}. Next:`,
    ...steps.flatMap(([what, command], index) => [`  ${index + 1}. ${what}`, `       ${command}`]),
  ];
}

function giveKey(key: KeyPlace, hasKeyFile: boolean): string[][] {
  if ('variable' in key) {
    const { variable } = key;
    return [['Give the key, in the shell that starts it:', readInto(variable)]];
  }
  if (hasKeyFile) return [];
  return [
    ['Put the key into its file (paste it, Enter, Ctrl-D):', `(umask 077 && cat > ${shellWord(key.file)})`],
  ];
}

/** Typed or pasted, it is neither seen nor kept in the shell's history. */
function readInto(variable: string): string {
  return `read -rs ${variable} && export ${variable}`;
}

/** A word as a shell takes it; ~ stays what it is. */
function shellWord(word: string): string {
  const [home, path] = word.startsWith('~/') ? ['~/', word.slice(2)] : ['', word];
  return home + (/^[\w@%+=:,./-]*$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);
}
