/**
 * What the engine asks of the process around it. The language itself touches no clock, file, socket or console.
 * Where a host has no answer it throws a QError, which the q program sees as a signal.
 */
import type { Value } from './values/value.ts';

export interface EngineHost {
  /** UTC now, in nanoseconds since 2000-01-01. */
  nowNs(): bigint;
  /** What to add to a UTC time to get the local one, at that UTC time. */
  localOffsetNs(utcNs: bigint): bigint;
  /** A number of [0, 1), for roll and deal. */
  random(): number;
  /** Text for the console, as given; 1 is standard output, 2 is standard error. */
  write(stream: 1 | 2, text: string): void;
  /** The next line of the console's input, waited for; an empty text at its end. */
  readLine(): string;
  /** Significant digits of floats as text, \P; 0 is all. */
  readonly precision: number;
  /** A value as the console shows it, lines separated and ended by newlines; what `show` and `.Q.s` give. */
  format(value: Value): string;
  /** Environment variable; an empty text where there is none. */
  environment(name: string): string;
  setEnvironment(name: string, value: string): void;
  /**
   * Applies a connection or file handle: positive is synchronous, negative is not. 0, 1, 2 and their negatives
   * never come here.
   */
  applyHandle(handle: number, message: Value): Value;
  /** hopen of a symbol, string, int or (address; timeout). */
  open(address: Value): number;
  close(handle: number): void;
  /**
   * A file as bytes, or from `offset` at most `length` of them; a host may give more than that. Values may be views of
   * the bytes, so that neither side changes them afterwards. Signals the path when there is none.
   */
  readFile(path: string, offset?: number, length?: number): Uint8Array;
  writeFile(path: string, bytes: Uint8Array): void;
  /** Writes bytes into a file that exists, over what is there from `offset` or beyond its end. */
  writeFileAt(path: string, offset: number, bytes: Uint8Array): void;
  appendFile(path: string, bytes: Uint8Array): void;
  /** Keeps other processes of this engine that ask for the same from changing a file until the answer is called. */
  lockFile(path: string): () => void;
  removeFile(path: string): void;
  /** A path as the errors of a script show it: from the root on. */
  fullPath(path: string): string;
  /** The names in a directory in order, the size of a file, or undefined when there is neither. */
  inspectPath(path: string): { readonly names: readonly string[] } | { readonly size: number } | undefined;
  /**
   * A system command that the language does not know itself, such as `p` or `t`, with its argument ('' for a
   * question). Undefined: not a command of the host either; it may then run it in a shell.
   */
  system(command: string, argument: string): Value | undefined;
  /** A name of .z that the language does not know itself, such as `.z.w` or `.z.x`; undefined if unset. */
  dotz(name: string): Value | undefined;
  /** Assignment of a name of .z; undefined is its deletion (`\x`). */
  setDotz(name: string, value: Value | undefined): void;
  /** The internal functions -N!x that the language does not know itself; undefined: unknown. */
  internal(code: number, argument: Value): Value | undefined;
  exit(code: number): never;
}
