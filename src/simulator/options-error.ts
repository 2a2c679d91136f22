import { EndingError } from '../base/errors.ts';
import { ExitCode } from '../base/exit-codes.ts';

/** A setting of the simulator that cannot be. Code `SIMULATOR_OPTION`. */
export class SimulatorOptionError extends EndingError {
  constructor(what: string, expected: string, received: string, remedy = 'Correct it.') {
    super('SIMULATOR_OPTION', ExitCode.usage, { what, expected, received, remedy });
  }
}
