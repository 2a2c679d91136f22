import { systemClock } from '../base/clock.ts';
import type { ExitCode } from '../base/exit-codes.ts';
import type { Origins } from '../config/origin.ts';
import type { Configuration } from '../config/schema.ts';
import { createLogger, type ProcessLogger } from '../ops/logger.ts';
import type { CommandContext } from './command.ts';
import { configurationFromProcess } from './configuration.ts';

/**
 * Runs the body of a command with the configuration of this process and a logger as it says. The logger has told what
 * the configuration warns of, and is closed when the body has ended. The configuration has a feed and a target unless
 * it `mayBeEmpty`.
 *
 * @throws ConfigurationError, LogFileError, and what the body throws
 */
export async function withConfiguration(
  flags: Readonly<Record<string, unknown>>,
  { stderr }: CommandContext,
  body: (configuration: Configuration, logger: ProcessLogger, origins: Origins) => Promise<ExitCode>,
  mayBeEmpty = false,
): Promise<ExitCode> {
  const { configuration, origins, warnings } = configurationFromProcess(flags, mayBeEmpty);
  const logger = createLogger(configuration.logging, {
    clock: systemClock,
    stderr: stderr as NodeJS.WriteStream,
  });
  try {
    for (const warning of warnings) logger.warn(warning);
    return await body(configuration, logger, origins);
  } finally {
    await logger.close();
  }
}
