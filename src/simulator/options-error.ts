import { MassiveKdbError } from '../base/errors.ts';
import { ExitCode } from '../base/exit-codes.ts';

/** A setting of the simulator that cannot be. Code `SIMULATOR_OPTION`. */
export class SimulatorOptionError extends MassiveKdbError {
  readonly exitCode = ExitCode.usage;

  constructor(what: string, expected: string, received: string, remedy = 'Correct it.') {
    super('SIMULATOR_OPTION', { what, expected, received, remedy });
  }
}
