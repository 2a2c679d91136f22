import type { InferredOptionTypes, Options, PositionalOptions } from 'yargs';
import { EndingError } from '../base/errors.ts';
import { ExitCode } from '../base/exit-codes.ts';

/** What a command gets from the process that it runs in. */
export interface CommandContext {
  /** Results, and nothing else. */
  readonly stdout: NodeJS.WritableStream;
  /** Everything that is said about them. */
  readonly stderr: NodeJS.WritableStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted by SIGINT or SIGTERM, whose name is the reason. A second signal ends the process at once. */
  readonly stop: AbortSignal;
}

type Flags = Readonly<Record<string, Options>>;
type Arguments = Readonly<Record<string, PositionalOptions>>;
/** Whole command lines without the program's name. */
type Examples = readonly (readonly [line: string, meaning: string])[];
/** What its exit codes mean, beside those that every command can end with (help.ts). */
type Endings = Readonly<Partial<Record<ExitCode, string>>>;

/** One command: what it can be given, and what it does. */
export interface Command {
  readonly arguments: Arguments;
  readonly flags: Flags;
  readonly examples: Examples;
  readonly endings?: Endings;
  run(given: Readonly<Record<string, unknown>>, context: CommandContext): Promise<ExitCode>;
}

/** A command whose `run` knows the types of its own arguments and flags. */
export function defineCommand<const A extends Arguments, const F extends Flags>(definition: {
  readonly arguments: A;
  readonly flags: F;
  readonly examples: Examples;
  readonly endings?: Endings;
  run(given: Given<A, F>, context: CommandContext): Promise<ExitCode>;
}): Command {
  // yargs has parsed by these very definitions, so what it gives has their types.
  return { ...definition, run: (given, context) => definition.run(given as Given<A, F>, context) };
}

type Given<A extends Arguments, F extends Flags> = Readonly<InferredOptionTypes<A> & InferredOptionTypes<F>>;

/** A command as main.ts lists it. Its module is loaded when the command is chosen, so that the others start fast. */
export interface CommandEntry {
  /** `query <target> <expression>` */
  readonly usage: string;
  readonly summary: string;
  /** A whole command line without the program's name, for the list of commands. */
  readonly example: string;
  readonly load: () => Promise<Command>;
  /**
   * What follows the command's name is its own to read: `run` is given it as `line`, unparsed. Its flags and
   * arguments are then for --help only.
   */
  readonly verbatim?: boolean;
}

/** Arguments or flags are wrong. */
export class UsageError extends EndingError {
  constructor(what: string, remedy: string) {
    super('USAGE', ExitCode.usage, { what, remedy });
  }
}
