import type { Configuration } from '../../config/schema.ts';
import { findSecret, type Secret, type SecretSources } from '../../config/secrets.ts';
import { parseTargetAddress } from '../../config/target-address.ts';
import { DEFAULT_FUNCTION } from '../../kdb/publisher/batch-call.ts';
import {
  DEFAULT_PUBLISHER_LIMITS,
  DEFAULT_PUBLISHER_TIMING,
  type PublisherOptions,
} from '../../kdb/publisher/options.ts';
import { TICKERPLANT_TABLES } from '../../tables/definitions.ts';
import { UsageError } from '../command.ts';
import { configuredTarget } from '../configured-target.ts';

/** To whom batches are sent again. */
export interface ReplayTarget {
  readonly name: string;
  readonly publisher: Omit<PublisherOptions, 'source' | 'failFast'>;
  readonly password: Secret | undefined;
}

/** What --target and --to say; without them the only target of the configuration. */
export interface GivenTarget {
  readonly target?: string | undefined;
  readonly to?: string | undefined;
}

const DEFAULT_PASSWORD = 'KDB_PASSWORD';

/** @throws UsageError, SecretError */
export function replayTarget(
  { targets, timeouts }: Configuration,
  given: GivenTarget,
  sources: SecretSources,
): ReplayTarget {
  const common = {
    tables: [],
    optionalTables: TICKERPLANT_TABLES,
    // It is said what for, and the operator has chosen the place.
    allowUnlogged: true,
    limits: DEFAULT_PUBLISHER_LIMITS,
    timing: {
      ...DEFAULT_PUBLISHER_TIMING,
      connectTimeoutMs: timeouts.targetConnectMs,
      answerTimeoutMs: timeouts.targetAnswerMs,
    },
  };
  if (given.to !== undefined) {
    const address = parseTargetAddress(given.to);
    if ('problem' in address)
      throw new UsageError(`--to ${address.problem}`, 'Name a tickerplant: --to :5010.');
    const password = address.user === null ? undefined : findSecret(DEFAULT_PASSWORD, null, sources);
    const target = configuredTarget({ ...address, tls: false, tlsCaFile: null }, () => password);
    return {
      name: given.to,
      password,
      publisher: { ...common, target, convention: 'kdb-tick', mode: 'sync' },
    };
  }
  const names = targets.map(({ name }) => name);
  const configured =
    given.target === undefined && targets.length === 1
      ? targets[0]
      : targets.find(({ name }) => name === given.target);
  if (!configured) {
    const known = names.length === 0 ? 'none is configured' : `configured are ${names.join(', ')}`;
    throw new UsageError(
      given.target === undefined
        ? `it is not said to whom (${known})`
        : `there is no target ${given.target} (${known})`,
      'Give --target NAME or --to HOST:PORT.',
    );
  }
  const { name, convention, mode } = configured;
  const password =
    configured.user === null
      ? undefined
      : findSecret(configured.password ?? DEFAULT_PASSWORD, configured.passwordFile, sources);
  return {
    name,
    password,
    publisher: {
      ...common,
      target: configuredTarget(configured, () => password),
      convention,
      // The outcome is told, so each batch must be answered.
      mode: mode === 'async-unverified' ? 'sync' : mode,
      ...(configured.function === DEFAULT_FUNCTION ? {} : { functionName: configured.function }),
    },
  };
}
