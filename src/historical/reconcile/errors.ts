import { ExitCode } from '../../base/exit-codes.ts';
import { BackfillError } from '../errors.ts';

/** The rows of a symbol are not together in a file, so that it cannot be compared as it is read. Code `RECONCILE_FILE_ORDER`. */
export class FileOrderError extends BackfillError {
  constructor(sym: string) {
    super('RECONCILE_FILE_ORDER', ExitCode.failed, {
      what: `the flat file has rows of ${sym} in several places`,
      expected: 'the rows of each symbol together, as files of bars have them',
      remedy:
        'Fetch the file again; if it stays so, load it with massive-kdb backfill, which takes any order.',
    });
  }
}

/** There is no file of a date yet. Code `RECONCILE_NOT_PUBLISHED`. */
export class NotPublishedError extends BackfillError {
  constructor(what: string) {
    super('RECONCILE_NOT_PUBLISHED', ExitCode.tempFail, {
      what,
      remedy:
        'Run it again later: files come by about 11:00 in New York on the next day, some a few days late.',
    });
  }
}

/** There is no file of a date, and there will be none. Code `RECONCILE_NO_FILE`. */
export class NoFileError extends BackfillError {
  constructor(what: string, exitCode: ExitCode, remedy: string) {
    super('RECONCILE_NO_FILE', exitCode, { what, remedy });
  }
}
