import { systemClock } from '../../base/clock.ts';
import { loaderAddress } from '../../config/loader-address.ts';
import type { Configuration } from '../../config/schema.ts';
import { findSecret } from '../../config/secrets.ts';
import { systemSources } from '../../config/system-sources.ts';
import { LOADER_PATIENCE, LoaderLink } from '../../historical/loader-link.ts';
import { Loader } from '../../kdb/loader/loader.ts';
import type { Target } from '../../kdb/target.ts';
import type { ProcessLogger } from '../../ops/logger.ts';
import type { Market } from '../../tables/markets.ts';
import { configuredTarget } from '../configured-target.ts';

/** Where the loader of a market is; its password is hidden from the log. Throws SecretError. */
export function loaderTarget(
  { history }: Configuration,
  market: Market,
  logger: Pick<ProcessLogger, 'hide'>,
): Target {
  const { user, password, passwordFile } = history.loader;
  const secret = user === null ? undefined : findSecret(password, passwordFile, systemSources);
  if (secret) logger.hide(secret);
  return configuredTarget({ ...history.loader, ...loaderAddress(history.loader, market) }, () => secret);
}

/** Connects to it. Rejects with KdbConnectError or NotLoaderError. */
export function openLoader(
  target: Target,
  market: Market,
  { history, timeouts }: Configuration,
): Promise<Loader> {
  return Loader.open(target, {
    clock: systemClock,
    connectTimeoutMs: timeouts.targetConnectMs,
    answerTimeoutMs: history.loader.answerMs,
    market,
  });
}

/** The same through its restarts, which are waited for as long as the configuration says. */
export function loaderLink(
  target: Target,
  market: Market,
  configuration: Configuration,
  logger: ProcessLogger,
): LoaderLink<Loader> {
  const { failFast, history } = configuration;
  return new LoaderLink(
    {
      open: () => openLoader(target, market, configuration),
      clock: systemClock,
      random: Math.random,
      logger,
    },
    { ...LOADER_PATIENCE, waitMs: failFast ? 0 : history.loader.waitMs },
  );
}
