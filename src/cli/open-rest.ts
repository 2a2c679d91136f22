import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Counters } from '../base/counters.ts';
import type { Logger } from '../base/logger.ts';
import type { Configuration } from '../config/schema.ts';
import { findSecret, type Secret } from '../config/secrets.ts';
import { systemSources } from '../config/system-sources.ts';
import { RequestBudget } from '../massive/rest/request-budget.ts';
import { REST_DEFAULTS, type RestAnswer, type RestOptions, RestRequests } from '../massive/rest/requests.ts';

type History = Configuration['history'];

export interface RestParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
  readonly onAnswer?: (answer: RestAnswer) => void;
}

/** Requests in a minute that the tiers allow; of a paid plan somewhat less than the hundred a second it asks to stay under. */
const TIER_REQUESTS: Readonly<Record<History['rest']['tier'], number>> = { basic: 5, paid: 95 * 60 };

export interface Rest {
  readonly requests: RestRequests;
  readonly budget: RequestBudget;
}

/**
 * REST as configured; undefined where its key is not given. The key is added to `secrets`.
 *
 * @param patience other attempts and time-outs than REST_DEFAULTS
 */
export function openRest(
  { key, keyFile, rest }: History,
  stateDirectory: string,
  { clock, logger, counters, onAnswer }: RestParts,
  secrets: Secret[],
  patience: Partial<RestOptions> = {},
): Rest | undefined {
  const secret = findSecret(key, keyFile, systemSources);
  if (!secret) return undefined;
  secrets.push(secret);
  const budget = new RequestBudget(
    secret.reveal(),
    {
      directory: join(stateDirectory, 'rest'),
      requestsPerMinute: requestsPerMinuteOf(rest),
      dailyRequests: rest.dailyRequests ?? undefined,
      maxPauseMs: REST_DEFAULTS.retryCapMs,
    },
    { clock, logger },
  );
  const requests = new RestRequests(
    { ...REST_DEFAULTS, ...patience, address: rest.address, key: secret.reveal() },
    {
      clock,
      random: Math.random,
      logger,
      counters,
      budget,
      environment: process.env,
      ...(onAnswer && { onAnswer }),
    },
  );
  return { requests, budget };
}

export function requestsPerMinuteOf({ requestsPerMinute, tier }: History['rest']): number {
  return requestsPerMinute ?? TIER_REQUESTS[tier];
}
