import { inspect } from 'node:util';
import { messageOf } from '../base/errors.ts';
import { SecretError } from './errors.ts';
import type { Environment } from './overrides.ts';
import type { Configuration, FeedConfiguration, TargetConfiguration } from './schema.ts';

const HIDDEN = '[secret]';

/** A value that shows itself nowhere unless it is asked to: not in logs, templates, JSON or a debugger's print. */
export class Secret {
  readonly #value: string;
  /** Where it was given, without the value: `MASSIVE_API_KEY`, or the path of a file. */
  readonly source: string;

  constructor(value: string, source: string) {
    this.#value = value;
    this.source = source;
  }

  /** The value itself, for the one place that sends it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}

/** Where secrets can be. */
export interface SecretSources {
  readonly environment: Environment;
  /** The text of a file; throws where it cannot be read. */
  readonly readText: (path: string) => string;
  /** The permission bits of a file; undefined where there is none. */
  readonly modeOf: (path: string) => number | undefined;
}

/** The secrets of one configuration. */
export interface Secrets {
  keyOf(feed: FeedConfiguration): Secret;
  /** Undefined for a target without a password. */
  passwordOf(target: TargetConfiguration): Secret | undefined;
  /** All of them, to be hidden wherever a log line might repeat one. */
  readonly all: readonly Secret[];
}

/** Taken for a target that has a user and names no password of its own. */
const DEFAULT_PASSWORD = 'KDB_PASSWORD';

/** Container runtimes mount secrets here, readable by all, inside a file system that only the container sees. */
const CONTAINER_SECRETS = '/run/secrets/';

/**
 * Finds the key of every feed and the password of every target that has a user.
 *
 * @throws SecretError with everything that is missing, given twice, empty, or readable by others
 */
export function resolveSecrets({ feeds, targets }: Configuration, sources: SecretSources): Secrets {
  const problems = new Set<string>();
  const attempt = <Found>(find: () => Found): Found | undefined => {
    try {
      return find();
    } catch (error) {
      if (!(error instanceof SecretError)) throw error;
      for (const problem of error.problems) problems.add(problem);
      return undefined;
    }
  };
  const keys = new Map(
    feeds.map(feed => {
      const sharing = feeds.filter(other => keyPlace(other) === keyPlace(feed)).map(other => other.market);
      const role = `the key for ${[...new Set(sharing)].join(' and ')}`;
      return [keyPlace(feed), attempt(() => required(feed.key, feed.keyFile, role, sources))];
    }),
  );
  const passwords = new Map(targets.map(target => [target.name, attempt(() => passwordOf(target, sources))]));
  if (problems.size > 0) throw new SecretError([...problems]);
  return {
    keyOf: feed => keys.get(keyPlace(feed))!,
    passwordOf: target => passwords.get(target.name),
    all: [...keys.values(), ...passwords.values()].filter(secret => secret !== undefined),
  };
}

function keyPlace({ key, keyFile }: FeedConfiguration): string {
  return keyFile ?? key;
}

function passwordOf(target: TargetConfiguration, sources: SecretSources): Secret | undefined {
  if (target.user === null) return undefined;
  if (target.password === null && target.passwordFile === null)
    return findSecret(DEFAULT_PASSWORD, null, sources);
  return required(
    target.password ?? DEFAULT_PASSWORD,
    target.passwordFile,
    `the password of target ${target.name}`,
    sources,
  );
}

function required(name: string, file: string | null, role: string, sources: SecretSources): Secret {
  const secret = findSecret(name, file, sources);
  if (secret) return secret;
  throw new SecretError([
    `${role} is missing: set ${name}, or ${name}_FILE to a file that holds it, or provide the systemd credential ${name}, or name a file in the configuration`,
  ]);
}

/**
 * One secret by its name: from variable NAME, the file that NAME_FILE names, the systemd credential NAME, or `file`.
 * White space around it is taken off, and an empty one counts as missing.
 *
 * @throws SecretError when it is given twice, a file that was named cannot be read, or others can read it
 */
export function findSecret(name: string, file: string | null, sources: SecretSources): Secret | undefined {
  const found = candidates(name, file, sources);
  if (found.length > 1) {
    const places = found.map(candidate => candidate.source).join(' and ');
    throw new SecretError([`${name} is given twice, by ${places}: keep one of them`]);
  }
  const [candidate] = found;
  if (!candidate) return undefined;
  const value = candidate.read().trim();
  return value === '' ? undefined : new Secret(value, candidate.source);
}

interface Candidate {
  readonly source: string;
  readonly read: () => string;
}

function candidates(name: string, file: string | null, sources: SecretSources): Candidate[] {
  const { environment, modeOf } = sources;
  const found: Candidate[] = [];
  const value = environment[name]?.trim();
  if (value) found.push({ source: `the variable ${name}`, read: () => value });
  const named = environment[`${name}_FILE`]?.trim();
  if (named) found.push({ source: `${named} (from ${name}_FILE)`, read: () => readPrivate(named, sources) });
  const directory = environment['CREDENTIALS_DIRECTORY']?.trim();
  const credential = directory && `${directory}/${name}`;
  if (credential && modeOf(credential) !== undefined) {
    // systemd keeps the directory itself from everyone else.
    found.push({ source: `the systemd credential ${credential}`, read: () => sources.readText(credential) });
  }
  if (file)
    found.push({ source: `${file} (from the configuration)`, read: () => readPrivate(file, sources) });
  return found;
}

function readPrivate(path: string, { readText, modeOf }: SecretSources): string {
  const mode = modeOf(path);
  if (mode === undefined) throw new SecretError([`${path} holds no secret: there is no such file`]);
  if ((mode & 0o077) !== 0 && !path.startsWith(CONTAINER_SECRETS)) {
    const shown = (mode & 0o777).toString(8).padStart(3, '0');
    throw new SecretError([
      `${path} has mode ${shown}, so that others can read or change the secret in it: chmod 600 ${path}`,
    ]);
  }
  try {
    return readText(path);
  } catch (error) {
    throw new SecretError([`${path} cannot be read: ${messageOf(error)}`]);
  }
}
