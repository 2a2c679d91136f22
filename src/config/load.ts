import { resolve } from 'node:path';
import { messageOf } from '../base/errors.ts';
import { contradictions, type FeedRules, missingParts } from './checks.ts';
import { completed } from './completion.ts';
import { ConfigurationError } from './errors.ts';
import { type ConfigurationFile, isRecord, parseConfigurationFile } from './file.ts';
import { applyOneFeed, type Given, type Tree } from './one-feed.ts';
import { Origins } from './origin.ts';
import { type Environment, environmentOverrides, flagOverrides, unknownVariables } from './overrides.ts';
import { inOrder, problemLine, problemsOf } from './problems.ts';
import { type Configuration, configurationSchema } from './schema.ts';
import type { SimpleSetting } from './settings.ts';

/** Where a configuration comes from. */
export interface ConfigurationSources {
  readonly environment: Environment;
  /** By their names without dashes in front, as in `drain-interval-ms`; `config` names the file. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly workingDirectory: string;
  readonly homeDirectory: string;
  /** The text of a file; throws an error with code ENOENT where there is none. */
  readonly readText: (path: string) => string;
  readonly rules: FeedRules;
  /** Nothing is to be started with it: there need not be a feed or a target. */
  readonly mayBeEmpty?: boolean;
}

export interface LoadedConfiguration {
  /** Complete and valid; every path in it is absolute, and every feed's `targets` are named. */
  readonly configuration: Configuration;
  /** The file that was read, if any. */
  readonly file: string | undefined;
  readonly origins: Origins;
  /** One line each: what was given and is ignored. */
  readonly warnings: readonly string[];
}

export const SYSTEM_CONFIGURATION_FILE = '/etc/massive-kdb/massive-kdb.yaml';

/**
 * Puts the configuration together: defaults, below the file, below the environment, below the flags.
 *
 * The file is --config, else MASSIVE_KDB_CONFIG, else ./massive-kdb.yaml, else /etc/massive-kdb/massive-kdb.yaml;
 * there need not be one. Secrets are not read here, see `resolveSecrets`.
 *
 * @throws ConfigurationError with everything that is wrong
 */
export function loadConfiguration(sources: ConfigurationSources): LoadedConfiguration {
  const found = findFile(sources);
  const { values, origins } = found ? parseConfigurationFile(found.shown, found.content) : emptyFile();
  const tree = withoutEmptySections(values);
  const environment = environmentOverrides(sources.environment);
  const flags = flagOverrides(sources.flags);
  for (const [setting, given] of [...environment.simple, ...flags.simple])
    assign(tree, origins, setting, given);
  const misfits = applyOneFeed(tree, origins, new Map([...environment.oneFeed, ...flags.oneFeed]));

  const parsed = configurationSchema.safeParse(tree);
  const problems = [...misfits, ...(parsed.success ? [] : problemsOf(parsed.error.issues, tree, origins))];
  if (parsed.success && misfits.length === 0) {
    if (!sources.mayBeEmpty) problems.push(...missingParts(parsed.data, origins));
    problems.push(...contradictions(parsed.data, origins, sources.rules));
  }
  const warnings = unknownVariables(sources.environment);
  if (!parsed.success || problems.length > 0)
    throw new ConfigurationError(inOrder(problems).map(problemLine), warnings);
  return {
    configuration: completed(parsed.data, origins, sources),
    file: found?.path,
    origins,
    warnings,
  };
}

interface FoundFile {
  readonly path: string;
  /** As messages show it: the path as it was given. */
  readonly shown: string;
  readonly content: string;
}

function findFile({
  environment,
  flags,
  workingDirectory,
  readText,
}: ConfigurationSources): FoundFile | undefined {
  const flag = flags['config'];
  const variable = environment['MASSIVE_KDB_CONFIG']?.trim();
  const named =
    typeof flag === 'string'
      ? { by: '--config', shown: flag }
      : variable
        ? { by: 'MASSIVE_KDB_CONFIG', shown: variable }
        : undefined;
  for (const shown of named ? [named.shown] : ['massive-kdb.yaml', SYSTEM_CONFIGURATION_FILE]) {
    const path = resolve(workingDirectory, shown);
    try {
      return { path, shown, content: readText(path) };
    } catch (error) {
      if (!named && (error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      const by = named ? `${named.by} names it; ` : '';
      throw new ConfigurationError([
        `${shown}: the configuration file cannot be read; ${by}${messageOf(error)}`,
      ]);
    }
  }
  return undefined;
}

function emptyFile(): ConfigurationFile {
  return { values: {}, origins: new Origins() };
}

/** A section that has a name and nothing in it, as when all its settings are commented out, is left out. */
function withoutEmptySections(values: Readonly<Record<string, unknown>>): Tree {
  const sections = Object.keys(configurationSchema.shape);
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) => value !== null || !sections.includes(name)),
  );
}

function assign(tree: Tree, origins: Origins, setting: SimpleSetting, { value, origin }: Given): void {
  let section = tree;
  for (const name of setting.path.slice(0, -1)) {
    const inner = section[name] ?? {};
    // Something else stands where the section should be: validation refuses it.
    if (!isRecord(inner)) return;
    section[name] = inner;
    section = inner;
  }
  section[setting.path.at(-1)!] = value;
  origins.set(setting.path, origin);
}
