import { EndingError, messageOf } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-codes.ts';

/** Anything that is wrong with flat files. */
export class FlatFileError extends EndingError {}

/** The account may list this file, but not read it. Code `FLAT_NOT_IN_PLAN`. */
export class NotInPlanError extends FlatFileError {
  constructor(key: string) {
    super('FLAT_NOT_IN_PLAN', ExitCode.refused, {
      what: `${key} is not in your plan: the store lists it, and refuses to hand it out (403)`,
      remedy: 'Choose dates and a market that your plan includes, use --source rest, or change the plan.',
    });
  }
}

/** The store does not know these credentials. Code `FLAT_CREDENTIALS`. */
export class FlatCredentialsError extends FlatFileError {
  constructor(place: string, answer: string) {
    super('FLAT_CREDENTIALS', ExitCode.refused, {
      what: `${place} refuses the flat file credentials (${answer})`,
      remedy:
        answer === 'RequestTimeTooSkewed'
          ? "Set this machine's clock: signatures hold the time."
          : 'Take access key id and secret from the flat file page of the dashboard; they are not the API key.',
    });
  }
}

/** The store cannot be reached, or goes on failing. Code `FLAT_UNAVAILABLE`. */
export class FlatStoreUnavailableError extends FlatFileError {
  constructor(what: string, cause?: unknown) {
    super('FLAT_UNAVAILABLE', ExitCode.unavailable, {
      what,
      remedy:
        'Check the address, the network and the proxy, and run it again: what is there already is kept.',
      cause,
    });
  }
}

/** The store answers what no flat file store should. Code `FLAT_ANSWER`. */
export class FlatStoreAnswerError extends FlatFileError {
  constructor(what: string, received: string) {
    super('FLAT_ANSWER', ExitCode.failed, {
      what,
      received,
      remedy: 'Check the address and the bucket of the flat files.',
    });
  }
}

/** The address of the flat files cannot be used. Code `FLAT_ENDPOINT`. */
export class FlatEndpointError extends FlatFileError {
  /** @param problem what is wrong with it; the address itself may hold a secret */
  constructor(problem: string) {
    super('FLAT_ENDPOINT', ExitCode.configuration, {
      what: `the address of the flat files ${problem}`,
      expected: 'an address such as https://files.massive.com, or a folder',
      remedy: 'Correct it; credentials are given as secrets.',
    });
  }
}

/** A file is larger than is allowed. Code `FLAT_FILE_SIZE`. */
export class FlatFileSizeError extends FlatFileError {
  constructor(key: string, sizeBytes: number, maxBytes: number) {
    super('FLAT_FILE_SIZE', ExitCode.failed, {
      what: `${key} is too large to be fetched`,
      expected: `at most ${maxBytes} bytes`,
      received: `${sizeBytes}`,
      remedy: 'Check that it is a file of bars, or raise the limit.',
    });
  }
}

/** A file or folder of this machine cannot be read or written, a full disk included. Code `FLAT_DISK`. */
export class FlatDiskError extends FlatFileError {
  constructor(path: string, cause: unknown) {
    const isFull = FULL.includes((cause as NodeJS.ErrnoException).code ?? '');
    super('FLAT_DISK', ExitCode.io, {
      what: isFull ? `no space is left for ${path}` : `${path} cannot be used: ${messageOf(cause)}`,
      remedy: isFull
        ? 'Free some space, and run it again: what was fetched is kept.'
        : 'Check the path and the permissions.',
      cause,
    });
  }
}

const FULL: readonly string[] = ['ENOSPC', 'EDQUOT'];

/** A file does not have the columns that its dataset needs. Code `FLAT_FILE_HEADER`. */
export class FlatHeaderError extends FlatFileError {
  /** @param problem what is wrong, as in `lacks the column volume` */
  constructor(file: string, problem: string, header: string) {
    super('FLAT_FILE_HEADER', ExitCode.failed, {
      what: `${file} ${problem}`,
      received: `the header '${header}'`,
      remedy: 'Check that the file is of the dataset that its name says; nothing of it was loaded.',
    });
  }
}

/** A compressed file is damaged: nothing that was read of it may be kept. Code `FLAT_FILE_CORRUPT`. */
export class FlatFileCorruptError extends FlatFileError {
  constructor(file: string, damage: string, cause?: unknown) {
    super('FLAT_FILE_CORRUPT', ExitCode.failed, {
      what: `${file} is damaged: ${damage}; nothing of it may be kept`,
      remedy: 'Delete it and fetch it again.',
      cause,
    });
  }
}
