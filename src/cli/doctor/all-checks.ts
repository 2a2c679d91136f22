import type { Configuration } from '../../config/schema.ts';
import type { Secret } from '../../config/secrets.ts';
import { systemSources } from '../../config/system-sources.ts';
import type { Reached } from '../../massive/probe/tls-probe.ts';
import type { Check } from './check.ts';
import { directoryCheck, isOwnPlace, logFileCheck, spaceCheck, spoolCheck } from './disk-checks.ts';
import { feedSubject } from './feed-subjects.ts';
import { flatFileChecks, loaderChecks } from './history-checks.ts';
import { loaderSubject, tickerplantSubject } from './kdb-subjects.ts';
import { networkChecks } from './network-checks.ts';
import { clockCheck, restChecks } from './rest-checks.ts';
import { openServices } from './service-subjects.ts';
import { sessionChecks } from './session-checks.ts';
import { keyChecks } from './settings-checks.ts';
import { systemDisk, systemNetwork } from './system-effects.ts';
import { tickerplantChecks } from './tickerplant-checks.ts';

export interface CheckParts {
  readonly environment: Readonly<NodeJS.ProcessEnv>;
  /** The release of this doctor. */
  readonly version: string;
  /** See FeedParts. */
  readonly mayConnect: boolean;
  /** Every secret that a check gets hold of, so that nothing that is printed repeats it. */
  hide(secret: Secret): void;
}

/** All checks of a configuration that is right, in the order in which an operator would look. */
export async function checksOf(
  configuration: Configuration,
  { environment, version, mayConnect, hide }: CheckParts,
): Promise<{ readonly checks: readonly Check[]; close(): Promise<void> }> {
  const { feeds, state, spool, quarantine, history, logging, timeouts } = configuration;
  const isOwnState = await isOwnPlace(state.directory, systemDisk).catch(() => false);
  const services = openServices({ configuration, environment, isOwnState, hide });
  const network = systemNetwork(environment);
  const reached = new Map<string, Promise<Reached>>();
  // Whoever asks first: the others share what it finds.
  const reach = (address: string): Promise<Reached> => {
    const { host } = new URL(address);
    const found = reached.get(host) ?? network.reach(address, AbortSignal.timeout(timeouts.massiveConnectMs));
    reached.set(host, found);
    return found;
  };
  const subjects = feeds.map(feed =>
    feedSubject(feed, { configuration, environment, version, isOwnState, mayConnect, reach, hide }),
  );
  const markets = feeds.map(({ market }) => market);
  // With --market some may be those of other feeds.
  const targets = configuration.targets.filter(({ name }) => feeds.some(feed => feed.targets.includes(name)));
  const checks = [
    ...keyChecks(configuration, systemSources),
    ...networkChecks(services.endpoints, timeouts.massiveConnectMs, { ...network, reach }),
    ...subjects.flatMap(subject => sessionChecks(subject)),
    ...restChecks(services.restMarkets, services.rest),
    clockCheck(services.clock.place, services.clock.read),
    ...targets.flatMap(target => tickerplantChecks(tickerplantSubject(target, configuration, hide))),
    directoryCheck(
      { name: 'state directory', path: state.directory, setting: 'state.directory' },
      systemDisk,
    ),
    logFileCheck(logging.file, systemDisk),
    ...subjects.flatMap(subject => [
      directoryCheck(
        { name: 'spool directory', of: subject.name, path: subject.directory, setting: 'spool.directory' },
        systemDisk,
      ),
      spoolCheck(subject),
    ]),
    spaceCheck({ ...spool, spools: subjects }, systemDisk),
    directoryCheck(
      { name: 'quarantine directory', path: quarantine.directory, setting: 'quarantine.directory' },
      systemDisk,
    ),
    directoryCheck(
      { name: 'cache directory', path: history.cacheDirectory, setting: 'history.cacheDirectory' },
      systemDisk,
    ),
    ...flatFileChecks(services.flat, services.store),
    ...loaderChecks(markets, loaderSubject(configuration, hide)),
  ];
  return { checks, close: () => services.close() };
}
