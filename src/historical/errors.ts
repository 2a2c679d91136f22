import { EndingError, messageOf } from '../base/errors.ts';
import { ExitCode } from '../base/exit-codes.ts';

/** Anything that is wrong with a backfill itself. */
export class BackfillError extends EndingError {}

/** The ledger cannot be used. Code `BACKFILL_LEDGER`. */
export class LedgerError extends BackfillError {
  constructor(what: string, remedy: string, cause?: unknown) {
    super('BACKFILL_LEDGER', ExitCode.io, { what, remedy, cause });
  }

  static unusable(path: string, cause: unknown): LedgerError {
    return new LedgerError(
      `the ledger ${path} cannot be used: ${messageOf(cause)}`,
      'Make its directory writable for this user, and see that the disk has space.',
      cause,
    );
  }
}

/** What was asked for cannot be planned. Code `BACKFILL_REQUEST`. */
export class BackfillRequestError extends BackfillError {
  constructor(what: string, expected: string, remedy: string) {
    super('BACKFILL_REQUEST', ExitCode.usage, { what, expected, remedy });
  }
}

/** A file was listed, and is not there any more. Code `BACKFILL_FILE_GONE`. */
export class MissingFileError extends BackfillError {
  constructor(unit: string) {
    super('BACKFILL_FILE_GONE', ExitCode.failed, {
      what: `the file of ${unit} was listed, and is not there any more`,
      remedy: 'Run it again: the store may be replacing it.',
    });
  }
}
