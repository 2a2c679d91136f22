import { ConfigurationError, SecretError } from '../../src/config/errors.ts';
import type { ConfigurationSources } from '../../src/config/load.ts';

/** Sources of a configuration that are nowhere but in the test: files by their absolute paths, home /home/ops. */
export function configurationSources(
  given: Partial<Omit<ConfigurationSources, 'readText'>> & {
    readonly files?: Readonly<Record<string, string>>;
  } = {},
): ConfigurationSources {
  const { files = {}, ...rest } = given;
  return {
    environment: {},
    flags: {},
    workingDirectory: '/here',
    homeDirectory: '/home/ops',
    rules: () => [],
    readText: path => files[path] ?? noSuchFile(path),
    ...rest,
  };
}

/** What `action` finds wrong: the problems of the ConfigurationError or SecretError that it throws. */
export function problemsOf(action: () => unknown): readonly string[] {
  try {
    action();
  } catch (error) {
    if (error instanceof ConfigurationError || error instanceof SecretError) return error.problems;
    throw error;
  }
  return [];
}

function noSuchFile(path: string): never {
  throw Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: 'ENOENT' });
}
