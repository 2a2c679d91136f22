import { type ListenAddress, parseListenAddress } from '../server/address.ts';

/** What the command line of a q process says. */
export interface CommandLine {
  /** The script, file or directory to load. */
  readonly file: string | undefined;
  /** .z.x: what is neither the file nor an option of q's own. */
  readonly scriptArguments: readonly string[];
  readonly listen: ListenAddress | undefined;
  readonly timerMs: number;
  /** Seconds that one request may take; 0 is no limit. */
  readonly limitSeconds: number;
  /** -w: MB of memory that the process may take; 0 is no limit. */
  readonly workspaceMegabytes: number;
  /** -o: hours, or minutes beyond 23; undefined follows the TZ of the process. */
  readonly utcOffset: number | undefined;
  readonly quiet: boolean;
  readonly precision: number | undefined;
  readonly consoleSize: { readonly rows: number; readonly columns: number } | undefined;
  readonly passwordFile: string | undefined;
  /** -u: clients may neither run system commands nor reach files outside the current directory. */
  readonly restrictClients: boolean;
  /** -b: clients change no global, remove no file and open none. */
  readonly blocksWrites: boolean;
  /** Options of kdb+ that this engine takes but that change nothing here. */
  readonly withoutEffect: readonly string[];
}

/** The command line is wrong; the message is one line. */
export class CommandLineError extends Error {}

/** Options of kdb+ without meaning here, and how many values each takes. */
const WITHOUT_EFFECT: Readonly<Record<string, number>> = {
  '-g': 1,
  '-s': 1,
  '-C': 2,
  '-W': 1,
  '-S': 1,
};
const UNSUPPORTED = new Set(['-E', '-l', '-L', '-m', '-r']);

/**
 * Reads the arguments of a q process. As with kdb+, options of one letter are q's own wherever they stand, and
 * all else belongs to the script.
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const rest = [...args];
  const file = rest[0]?.startsWith('-') === false ? rest.shift() : undefined;
  const options = new Map<string, string[]>();
  const scriptArguments: string[] = [];
  const withoutEffect: string[] = [];
  const take = (option: string, count: number): string[] => {
    const values = rest.splice(0, count);
    if (values.length < count) throw new CommandLineError(`${option} lacks its value`);
    return values;
  };
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    if (UNSUPPORTED.has(argument)) throw new CommandLineError(`${argument} is not supported by this engine`);
    const ignored = WITHOUT_EFFECT[argument];
    if (ignored !== undefined) withoutEffect.push([argument, ...take(argument, ignored)].join(' '));
    else if (argument === '-q' || argument === '-b') options.set(argument, []);
    else if (/^-[poPtTuUw]$/.test(argument)) options.set(argument, take(argument, 1));
    else if (argument === '-c') options.set('-c', take('-c', 2));
    else scriptArguments.push(argument);
  }
  const passwords = options.get('-u')?.[0] ?? options.get('-U')?.[0];
  return {
    file,
    scriptArguments,
    withoutEffect,
    quiet: options.has('-q'),
    listen: options.has('-p') ? listenAddress(options.get('-p')![0]!) : undefined,
    timerMs: wholeNumber('-t', options) ?? 0,
    limitSeconds: wholeNumber('-T', options) ?? 0,
    workspaceMegabytes: wholeNumber('-w', options) ?? 0,
    utcOffset: wholeNumber('-o', options),
    precision: wholeNumber('-P', options),
    consoleSize: consoleSize(options.get('-c')),
    passwordFile: passwords === '1' ? undefined : passwords,
    restrictClients: options.has('-u'),
    blocksWrites: options.has('-b'),
  };
}

function listenAddress(text: string): ListenAddress {
  const address = parseListenAddress(text);
  if (address === undefined)
    throw new CommandLineError(`-p ${text} is no port: give [host:]port, 0 for any free one`);
  return address;
}

function wholeNumber(option: string, options: ReadonlyMap<string, readonly string[]>): number | undefined {
  const text = options.get(option)?.[0];
  if (text === undefined) return undefined;
  if (!/^-?\d{1,9}$/.test(text)) throw new CommandLineError(`${option} ${text} is no whole number`);
  return Number(text);
}

function consoleSize(values: readonly string[] | undefined): CommandLine['consoleSize'] {
  if (values === undefined) return undefined;
  const [rows, columns] = values.map(Number) as [number, number];
  if (!Number.isInteger(rows) || !Number.isInteger(columns)) {
    throw new CommandLineError(`-c ${values.join(' ')} is no size: give rows and columns`);
  }
  return { rows, columns };
}
