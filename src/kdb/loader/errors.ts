import { ExitCode } from '../../base/exit-codes.ts';
import { KdbError } from '../errors.ts';

/** The process that was asked for is no loader of this version and market. Code `KDB_NOT_LOADER`. */
export class NotLoaderError extends KdbError {
  constructor(target: string, expected: string, received: string) {
    super('KDB_NOT_LOADER', ExitCode.configuration, {
      what: `${target} is not the loader that these rows are for`,
      expected,
      received,
      remedy:
        'Start one for this market (q q/feed.q -root DIRECTORY -market MARKET -p PORT), and give its address as history.loader, or in history.loader.addresses where there are several.',
    });
  }
}

/** The loader could not do what was asked. Code `KDB_LOADER`. */
export class LoaderError extends KdbError {
  constructor(what: string, signal: string, exitCode: ExitCode) {
    super('KDB_LOADER', exitCode, {
      what: `the loader could not ${what}`,
      received: `'${signal}`,
      remedy:
        exitCode === ExitCode.io
          ? 'Look at the space and the rights of its directory; what is staged stays, and the next run goes on.'
          : 'Look at the log of the loader.',
    });
  }
}
