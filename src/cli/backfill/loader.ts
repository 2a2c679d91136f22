import { readFileSync } from 'node:fs';
import { systemClock } from '../../base/clock.ts';
import type { Configuration } from '../../config/schema.ts';
import { findSecret } from '../../config/secrets.ts';
import { systemSources } from '../../config/system-sources.ts';
import { Loader } from '../../kdb/loader/loader.ts';
import type { Target } from '../../kdb/target.ts';
import type { ProcessLogger } from '../../ops/logger.ts';
import type { Market } from '../../tables/markets.ts';

/** Where the loader of a configuration is; its password is hidden from the log. Throws SecretError. */
export function loaderTarget({ history }: Configuration, logger: ProcessLogger): Target {
  const { host, port, user, password, passwordFile, tls, tlsCaFile } = history.loader;
  const secret = user === null ? undefined : findSecret(password, passwordFile, systemSources);
  if (secret) logger.hide(secret);
  return {
    host,
    port,
    user: user ?? '',
    password: secret?.reveal() ?? '',
    ...(tls && { tls: tlsCaFile === null ? {} : { ca: readFileSync(tlsCaFile, 'utf8') } }),
  };
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
