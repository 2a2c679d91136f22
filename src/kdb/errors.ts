import { EndingError, type ErrorDetails } from '../base/errors.ts';
import { ExitCode } from '../base/exit-codes.ts';

export type KdbConnectErrorCode =
  | 'KDB_UNREACHABLE'
  | 'KDB_TLS'
  | 'KDB_REFUSED_PASSWORD'
  | 'KDB_NOT_Q'
  | 'KDB_HANDSHAKE_TIMEOUT';

const CONNECT_EXIT_CODES: Readonly<Record<KdbConnectErrorCode, ExitCode>> = {
  KDB_UNREACHABLE: ExitCode.unavailable,
  KDB_TLS: ExitCode.configuration,
  KDB_REFUSED_PASSWORD: ExitCode.refused,
  KDB_NOT_Q: ExitCode.configuration,
  KDB_HANDSHAKE_TIMEOUT: ExitCode.unavailable,
};

/** An error of the kdb+ side. */
export class KdbError extends EndingError {}

/** A connection could not be opened or authenticated. */
export class KdbConnectError extends KdbError {
  declare readonly code: KdbConnectErrorCode;

  constructor(code: KdbConnectErrorCode, details: ErrorDetails) {
    super(code, CONNECT_EXIT_CODES[code], details);
  }
}

/** An open connection ended; whatever was not answered then never will be. */
export class KdbConnectionLostError extends KdbError {
  constructor(what: string, cause?: unknown) {
    super('KDB_CONNECTION_LOST', ExitCode.unavailable, {
      what,
      remedy: 'Look at the log of the q process.',
      cause,
    });
  }
}

/** The peer has not answered in time; its connection is destroyed, because a late answer would be misread. */
export class KdbAnswerTimeoutError extends KdbError {
  constructor(target: string, timeoutMs: number) {
    super('KDB_ANSWER_TIMEOUT', ExitCode.unavailable, {
      what: `${target} has not answered for ${timeoutMs} ms`,
      remedy: 'See whether the q process is busy or stopped.',
    });
  }
}

/** What arrived is not a message of the q IPC protocol. */
export class KdbMalformedError extends KdbError {
  constructor(what: string) {
    super('KDB_MALFORMED', ExitCode.unavailable, {
      what: `malformed q IPC message: ${what}`,
      remedy: 'Check that host and port are those of a q process.',
    });
  }
}

/** A message is longer than the limit for it. */
export class KdbMessageTooLargeError extends KdbError {
  constructor(byteCount: number, maxBytes: number) {
    super('KDB_MESSAGE_TOO_LARGE', ExitCode.failed, {
      what: `an answer of ${byteCount} bytes`,
      expected: `at most ${maxBytes} bytes`,
      remedy: 'Ask for less, or raise the limit.',
    });
  }
}

/** The q process evaluated the request and signalled an error; `signal` is its text, without the leading quote. */
export class QError extends KdbError {
  readonly signal: string;

  constructor(signal: string) {
    super('KDB_Q_ERROR', ExitCode.failed, {
      what: `the q process signalled '${signal}`,
      remedy: "Look the error up in KX's documentation, basics/errors.",
    });
    this.signal = signal;
  }
}

/**
 * The tickerplant's tables are not what is published, or it lacks what a tickerplant of this convention has.
 * `differences`: one line for each table, column by column.
 */
export class KdbSchemaError extends KdbError {
  readonly differences: readonly string[];

  constructor(target: string, differences: readonly string[]) {
    super('KDB_SCHEMA', ExitCode.schema, {
      what: `the tables of ${target} are not what is published: ${differences.join('; ')}`,
      remedy: 'Load q/schema.q into the tickerplant, or correct the convention of this target.',
    });
    this.differences = differences;
  }
}

/** The q process is not a tickerplant of the convention that its target says. */
export class KdbNotTickerplantError extends KdbError {
  constructor(target: string, expression: string, received: string) {
    super('KDB_NOT_TICKERPLANT', ExitCode.schema, {
      what: `${target} is not a tickerplant of this target's convention`,
      expected: `a date from ${expression}`,
      received,
      remedy: 'Correct host, port or convention, or let this user read it.',
    });
  }
}

/** A value has no form on the wire. */
export class KdbUnencodableError extends KdbError {
  constructor(what: string) {
    super('KDB_UNENCODABLE', ExitCode.internal, {
      what: `${what} cannot be sent to a q process`,
      remedy: 'Report this as a defect.',
    });
  }
}
