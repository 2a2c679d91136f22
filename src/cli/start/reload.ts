import { messageOf } from '../../base/errors.ts';
import type { Origins } from '../../config/origin.ts';
import type { Configuration } from '../../config/schema.ts';
import { resolveSecrets, type Secrets } from '../../config/secrets.ts';
import { systemSources } from '../../config/system-sources.ts';
import type { ProcessLogger } from '../../ops/logger.ts';
import type { ServiceManager } from '../../ops/service-manager.ts';
import type { Feed } from '../../realtime/feed.ts';
import { configurationFromProcess } from '../configuration.ts';
import { subscriptionsOf } from './feed-assembly.ts';

/** What a reload can change in a running process. */
export interface Reloadable {
  configuration: Configuration;
  /** Where each setting comes from. */
  origins: Origins;
  secrets: Secrets;
}

/**
 * On SIGHUP reads configuration, symbols and secrets anew. A mistake anywhere leaves everything as it was. Symbols,
 * log level and secrets take effect (a new key or password at the next connection); of other changes it says that
 * they need a restart.
 */
export function onHangup(
  flags: Readonly<Record<string, unknown>>,
  current: Reloadable,
  feeds: readonly Feed[],
  logger: ProcessLogger,
  manager: Pick<ServiceManager, 'reloading' | 'reloaded'> | undefined,
): { cancel(): void } {
  const reload = () => {
    manager?.reloading();
    reloaded(flags, current, feeds, logger)
      .catch((error: unknown) => {
        logger.error(`reload refused, everything stays as it was: ${messageOf(error)}`);
      })
      .finally(() => manager?.reloaded());
  };
  process.on('SIGHUP', reload);
  return { cancel: () => process.off('SIGHUP', reload) };
}

async function reloaded(
  flags: Readonly<Record<string, unknown>>,
  current: Reloadable,
  feeds: readonly Feed[],
  logger: ProcessLogger,
): Promise<void> {
  const { configuration, origins } = configurationFromProcess(flags);
  const secrets = resolveSecrets(configuration, systemSources);
  const sameFeeds = fixed(configuration) === fixed(current.configuration);
  const subscriptions = sameFeeds ? await Promise.all(configuration.feeds.map(subscriptionsOf)) : [];

  for (const secret of secrets.all) logger.hide(secret);
  current.secrets = secrets;
  logger.setLevel(configuration.logging.level);
  if (!sameFeeds) {
    logger.warn('reloaded log level and secrets; the other changes of the configuration need a restart');
    return;
  }
  current.configuration = configuration;
  current.origins = origins;
  feeds.forEach((feed, index) => {
    feed.updateSubscriptions(subscriptions[index]!);
  });
  logger.info('reloaded symbols, log level and secrets');
}

/** What a running process cannot change, for comparison. */
function fixed({ feeds, logging, ...rest }: Configuration): string {
  return JSON.stringify({
    ...rest,
    logging: { ...logging, level: undefined },
    feeds: feeds.map(feed => ({ ...feed, channels: undefined, symbols: undefined, symbolsFile: undefined })),
  });
}
