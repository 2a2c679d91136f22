import { seconds } from '../../base/durations.ts';
import type { Configuration } from '../../config/schema.ts';
import { ServiceManager } from '../../ops/service-manager.ts';
import type { StatusSource } from '../../ops/status/source.ts';
import { systemdNotify, watchdogMs } from '../../ops/systemd-notify.ts';
import type { Feed } from '../../realtime/feed.ts';
import { feedName, type GapParts } from './gaps.ts';

export interface AnnouncementParts extends Pick<GapParts, 'clock' | 'logger'> {
  readonly source: Pick<StatusSource, 'status'>;
}

/** Tells the service manager that started this process how its feeds are; undefined where none wants to know. */
export function announce(
  feeds: readonly Feed[],
  { feeds: configured, drain }: Configuration,
  environment: Readonly<Record<string, string | undefined>>,
  { logger, clock, source }: AnnouncementParts,
): ServiceManager | undefined {
  const notify = systemdNotify(environment, logger);
  if (!notify) return undefined;
  const watchMs = watchdogMs(environment, process.pid);
  if (watchMs !== undefined && watchMs < 2 * drain.intervalMs) {
    logger.warn(
      `the watchdog waits ${seconds(watchMs)} and a drain comes every ${seconds(drain.intervalMs)}: set a longer WatchdogSec= in the unit, or a shorter drain.intervalMs`,
    );
  }
  const names = configured.map(feedName);
  const statusText = () => source.status().line.text;
  const manager = new ServiceManager({ feeds: names, watchdogMs: watchMs }, { clock, notify, statusText });
  feeds.forEach((feed, index) => {
    feed.addOnlooker(manager.listenTo(names[index]!));
  });
  return manager;
}
