import { MassiveKdbError } from '../base/errors.ts';

/**
 * The configuration cannot be used. `problems` are all that is wrong with it, one line each; each says where the
 * value was given, the value, what is allowed and, where it looks like a slip, what was probably meant.
 */
export class ConfigurationError extends MassiveKdbError {
  readonly problems: readonly string[];
  /** What was given and is ignored, which may be the reason: one line each. */
  readonly warnings: readonly string[];

  constructor(problems: readonly string[], warnings: readonly string[] = []) {
    super('CONFIGURATION', {
      what: problems.join(' | '),
      remedy: 'Correct it and check it with `massive-kdb config check`.',
    });
    this.problems = problems;
    this.warnings = warnings;
  }
}

/** Secrets are missing, given twice, or readable by others. `problems` as in ConfigurationError; never a value. */
export class SecretError extends MassiveKdbError {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super('SECRET', {
      what: problems.join(' | '),
      remedy: 'Give each secret in exactly one place that others cannot read.',
    });
    this.problems = problems;
  }
}
