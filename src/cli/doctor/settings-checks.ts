import { messageOf } from '../../base/errors.ts';
import { ConfigurationError, SecretError } from '../../config/errors.ts';
import type { LoadedConfiguration } from '../../config/load.ts';
import type { Configuration, FeedConfiguration } from '../../config/schema.ts';
import { resolveSecrets, type SecretSources } from '../../config/secrets.ts';
import { type Check, type Finding, fail, pass, warn } from './check.ts';

/** Nothing here waits for anybody but the disk. */
const LIMIT_MS = 5_000;

/** Whether this Node.js can run it. `required` is the least version, `20.19`. */
export function nodeCheck(version: string, required: string): Check {
  return {
    name: 'node',
    limitMs: LIMIT_MS,
    run: async () =>
      isAtLeast(version, required)
        ? pass(`Node.js ${version}`)
        : fail(`Node.js ${version} is too old`, `Install Node.js ${required} or newer.`),
  };
}

function isAtLeast(version: string, required: string): boolean {
  const numbers = (text: string) => text.split('.').map(Number);
  const [major = 0, minor = 0] = numbers(version);
  const [leastMajor = 0, leastMinor = 0] = numbers(required);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

/** Reads what configuration files name besides, such as lists of symbols. Throws what is wrong with it. */
export type ReadNamedFiles = (configuration: Configuration) => Promise<void>;

/** All that is wrong with the configuration, one check each; one that passes where nothing is. */
export function configurationChecks(
  loaded: LoadedConfiguration | ConfigurationError,
  readNamedFiles: ReadNamedFiles,
): Check[] {
  const check = (run: () => Promise<Finding>): Check => ({ name: 'configuration', limitMs: LIMIT_MS, run });
  const warnings = loaded.warnings.map(text =>
    check(async () => warn(text, 'Correct the name, or unset the variable.')),
  );
  if (loaded instanceof ConfigurationError) {
    const problems = loaded.problems.map(problem =>
      check(async () => fail(problem, 'Correct it; massive-kdb config sample shows every setting.')),
    );
    return [...warnings, ...problems];
  }
  const { configuration, file } = loaded;
  const right = check(async () => {
    await readNamedFiles(configuration);
    const feeds = configuration.feeds.map(feed => `${feed.market} to ${feed.targets.join(' and ')}`);
    return pass(`${file ?? 'flags and variables'}: ${feeds.join('; ')}`);
  });
  return [...warnings, right];
}

/** A key that stands in a header and in a message; with quotes around it, it is one that was copied wrongly. */
const KEY_FORM = /^[\x21\x23-\x26\x28-\x7e]+$/;

/** Whether each key is given, in one place, which others cannot read. Never shows one. */
export function keyChecks(configuration: Configuration, sources: SecretSources): Check[] {
  const byPlace = new Map<string, FeedConfiguration[]>();
  for (const feed of configuration.feeds) {
    const place = feed.keyFile ?? feed.key;
    byPlace.set(place, [...(byPlace.get(place) ?? []), feed]);
  }
  return [...byPlace.values()].map(feeds => ({
    name: 'key',
    of: [...new Set(feeds.map(({ market }) => market))].join(', '),
    limitMs: LIMIT_MS,
    run: async () => keyFinding({ ...configuration, feeds, targets: [] }, sources),
  }));
}

function keyFinding(configuration: Configuration, sources: SecretSources): Finding {
  try {
    const secret = resolveSecrets(configuration, sources).keyOf(configuration.feeds[0]!);
    if (KEY_FORM.test(secret.reveal())) {
      const isVariable = secret.source.startsWith('the variable');
      return pass(`given by ${secret.source}${isVariable ? '' : ', which others cannot read'}`);
    }
    return fail(
      `the key from ${secret.source} holds blanks, quotes or characters that no key has`,
      'Copy it again from the dashboard, without quotes around it.',
    );
  } catch (error) {
    if (!(error instanceof SecretError)) throw error;
    return fail(messageOf(error.problems.join('; ')), 'Give the key in one place that others cannot read.');
  }
}
