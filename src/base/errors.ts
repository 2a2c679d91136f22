import type { ExitCode } from './exit-codes.ts';

/** What an error says, in the parts that an operator needs. */
export interface ErrorDetails {
  /** What happened and where, one sentence without a full stop. */
  readonly what: string;
  readonly expected?: string;
  readonly received?: string;
  /** What to do about it, one imperative sentence. */
  readonly remedy: string;
  readonly cause?: unknown;
}

/**
 * The base of every error that massive-kdb raises on purpose. `code` is stable and documented; the message is
 * one line: what happened, what was expected and received, what to do. Values of secrets never enter it.
 */
export class MassiveKdbError extends Error {
  readonly code: string;
  readonly details: ErrorDetails;

  constructor(code: string, details: ErrorDetails) {
    super(oneLine(details), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.details = details;
  }
}

/** An error that knows what a command that gives up because of it ends with. */
export class EndingError extends MassiveKdbError {
  readonly exitCode: ExitCode;

  constructor(code: string, exitCode: ExitCode, details: ErrorDetails) {
    super(code, details);
    this.exitCode = exitCode;
  }
}

function oneLine({ what, expected, received, remedy }: ErrorDetails): string {
  const parts = [what];
  if (expected !== undefined) parts.push(`expected ${expected}`);
  if (received !== undefined) parts.push(`received ${received}`);
  return `${sentence(parts.join('; '))} ${remedy}`.replace(/[\r\n]+/g, ' ');
}

/** With a full stop, unless it ends as a sentence does. */
function sentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}

/** The message of anything thrown, on one line. */
export function messageOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  return text.replace(/\s*[\r\n]+\s*/g, ' ');
}
