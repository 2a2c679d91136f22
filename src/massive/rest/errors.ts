import { EndingError, messageOf } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-codes.ts';

/** Anything that is wrong with REST. */
export class RestError extends EndingError {}

/** The address of REST cannot be used. Code `REST_ADDRESS`. */
export class RestAddressError extends RestError {
  /** @param problem what is wrong with it; the address itself may hold a secret */
  constructor(problem: string) {
    super('REST_ADDRESS', ExitCode.configuration, {
      what: `history.rest.address ${problem}`,
      expected: 'an address such as https://api.massive.com',
      remedy: 'Correct it; the key is given as a secret.',
    });
  }
}

/** The key cannot stand in a header. Code `REST_KEY`. */
export class RestKeyError extends RestError {
  constructor() {
    super('REST_KEY', ExitCode.configuration, {
      what: 'the API key holds blanks or characters that no key has',
      remedy: 'Copy it again from the dashboard, without quotes around it.',
    });
  }
}

/** Massive does not know the key (401). Code `REST_KEY_REFUSED`. */
export class RestKeyRefusedError extends RestError {
  constructor(place: string, answer: string) {
    super('REST_KEY_REFUSED', ExitCode.refused, {
      what: `${place} refuses the API key`,
      received: answer,
      remedy: 'Take the key from the dashboard; it is not one of the two keys of the flat files.',
    });
  }
}

/** The plan does not include what was asked for (403). Code `REST_NOT_IN_PLAN`. */
export class RestNotInPlanError extends RestError {
  constructor(asked: string, answer: string) {
    super('REST_NOT_IN_PLAN', ExitCode.refused, {
      what: `${asked} is not in your plan`,
      received: answer,
      remedy: 'Choose dates and a market that your plan includes, or change the plan.',
    });
  }
}

/** There is nothing of that name (404). Code `REST_NOT_FOUND`. */
export class RestNotFoundError extends RestError {
  constructor(asked: string, answer: string) {
    super('REST_NOT_FOUND', ExitCode.failed, {
      what: `${asked} does not exist`,
      received: answer,
      remedy: 'Check the symbol; case matters. If nothing at all is found, check history.rest.address.',
    });
  }
}

/** Massive calls the request wrong (400). Code `REST_BAD_REQUEST`. */
export class RestBadRequestError extends RestError {
  constructor(asked: string, answer: string) {
    super('REST_BAD_REQUEST', ExitCode.failed, {
      what: `${asked} was refused as a wrong request`,
      received: answer,
      remedy: 'Correct what was asked for.',
    });
  }
}

/** REST cannot be reached, or goes on failing. Code `REST_UNAVAILABLE`. */
export class RestUnavailableError extends RestError {
  constructor(what: string, cause?: unknown) {
    super('REST_UNAVAILABLE', ExitCode.unavailable, {
      what,
      remedy: 'Check the address, the network and the proxy, and run it again: what is done is kept.',
      cause,
    });
  }
}

/** An answer that cannot be used. Code `REST_ANSWER`. */
export class RestAnswerError extends RestError {
  constructor(what: string, received: string) {
    super('REST_ANSWER', ExitCode.failed, {
      what,
      received,
      remedy: 'Run it again; if it stays, check history.rest.address and the proxy.',
    });
  }
}

/** The requests of the day are used up. Code `REST_QUOTA`. */
export class RestQuotaError extends RestError {
  constructor(dailyRequests: number, isoDate: string) {
    super('REST_QUOTA', ExitCode.tempFail, {
      what: `the ${dailyRequests} requests of ${isoDate} (UTC) that history.rest.dailyRequests allows are used up`,
      remedy: 'Run it again tomorrow: it goes on where it stopped. Or raise the quota.',
    });
  }
}

/** The requests that all processes make cannot be counted together. Code `REST_USAGE`. */
export class RestUsageError extends RestError {
  constructor(directory: string, cause: unknown) {
    super('REST_USAGE', ExitCode.io, {
      what: `the count of requests in ${directory} cannot be kept: ${messageOf(cause)}`,
      remedy: 'Make the directory writable for this user, and see that the disk has space.',
      cause,
    });
  }
}
