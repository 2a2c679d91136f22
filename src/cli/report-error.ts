import { EndingError, MassiveKdbError, messageOf } from '../base/errors.ts';
import { ExitCode } from '../base/exit-codes.ts';
import { printable } from '../base/printable.ts';

export interface Report {
  /** What the user reads, one line each, without a prefix. */
  readonly lines: readonly string[];
  readonly exitCode: ExitCode;
}

/** Exit codes of errors that do not know their own. */
const EXIT_CODES: Readonly<Record<string, ExitCode>> = {
  CONFIGURATION: ExitCode.configuration,
  SECRET: ExitCode.configuration,
  MASSIVE_HOST: ExitCode.configuration,
  MASSIVE_SUBSCRIPTION: ExitCode.configuration,
  MASSIVE_SYMBOL_FILE: ExitCode.configuration,
  MASSIVE_KEY_REFUSED: ExitCode.refused,
  MASSIVE_NOT_ENTITLED: ExitCode.refused,
  MASSIVE_SUBSCRIPTIONS_REFUSED: ExitCode.refused,
  MASSIVE_UNREACHABLE: ExitCode.unavailable,
  MASSIVE_TIMED_OUT: ExitCode.unavailable,
  MASSIVE_CLOSED: ExitCode.unavailable,
  MASSIVE_EVICTED: ExitCode.unavailable,
  MASSIVE_SUBSCRIPTIONS_UNANSWERED: ExitCode.unavailable,
  MASSIVE_TOLD: ExitCode.unavailable,
  MASSIVE_SILENT: ExitCode.unavailable,
  MASSIVE_PING_UNANSWERED: ExitCode.unavailable,
  MASSIVE_PROXY: ExitCode.configuration,
  MASSIVE_CONNECTION_IN_USE: ExitCode.unavailable,
  MASSIVE_CONNECTION_LOCK: ExitCode.io,
};

/** What is said about an error that ends a command, and the exit code. With `debug`, the stack trace too. */
export function reportOf(error: unknown, debug: boolean): Report {
  const { lines: foreign, exitCode } = withoutTrace(error);
  const lines = foreign.map(printable);
  return { lines: debug ? [...lines, ...traceOf(error)] : lines, exitCode };
}

function withoutTrace(error: unknown): Report {
  if (error instanceof MassiveKdbError) return { lines: linesOf(error), exitCode: exitCodeOf(error) };
  if (isSystemError(error)) {
    return {
      lines: [
        `${messageOf(error)}. ${SYSTEM_REMEDIES[error.code] ?? 'Check the path, the address and the permissions.'}`,
      ],
      exitCode: NETWORK_CALLS.includes(error.syscall) ? ExitCode.unavailable : ExitCode.io,
    };
  }
  return {
    lines: [
      `defect in massive-kdb: ${messageOf(error)}. Please report it, with what MASSIVE_KDB_DEBUG=1 prints.`,
    ],
    exitCode: ExitCode.internal,
  };
}

/** Most problems that get a line: a file of the wrong kind has as many as it has lines. */
const PROBLEMS_SHOWN = 20;

/** Several problems get a line each, and the remedy that they share the last one. */
function linesOf(error: MassiveKdbError): readonly string[] {
  const warnings = textsOf(error, 'warnings').map(text => `warning: ${text}`);
  const problems = textsOf(error, 'problems');
  if (problems.length <= 1) return [...warnings, error.message];
  const more = problems.length - PROBLEMS_SHOWN;
  const shown = [...problems.slice(0, PROBLEMS_SHOWN), ...(more > 0 ? [`... and ${more} more`] : [])];
  return [...warnings, ...shown, error.details.remedy];
}

function textsOf(error: MassiveKdbError, property: 'problems' | 'warnings'): readonly string[] {
  const texts = (error as { readonly [name in typeof property]?: unknown })[property];
  return Array.isArray(texts) ? texts.map(String) : [];
}

function exitCodeOf(error: MassiveKdbError): ExitCode {
  if (error instanceof EndingError) return error.exitCode;
  return EXIT_CODES[error.code] ?? ExitCode.failed;
}

const SYSTEM_REMEDIES: Readonly<Record<string, string>> = {
  EACCES: 'Give this user the permission, or name another place.',
  EPERM: 'Give this user the permission, or name another place.',
  EROFS: 'That file system is read-only: name another place.',
  ENOSPC: 'The disk is full: make room, or name another place.',
  ENOENT: 'Create it, or name another place.',
  EADDRINUSE: 'Another process listens there: stop it, or choose another port.',
};

const NETWORK_CALLS: readonly string[] = ['listen', 'bind', 'connect', 'getaddrinfo'];

function isSystemError(
  error: unknown,
): error is NodeJS.ErrnoException & { readonly code: string; readonly syscall: string } {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string';
}

function traceOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  return [error.stack ?? '', ...(error.cause === undefined ? [] : ['caused by', ...traceOf(error.cause)])];
}
