import type { ControlRoute } from '../control/server.ts';
import type { ConfigurationList, DaemonStatus } from './report.ts';

/** Where the page, the interfaces and the metrics take from what they tell of the daemon. */
export interface StatusSource {
  /** As of now. Cheap: it counts nothing anew and walks over no symbols. */
  status(): DaemonStatus;
  configuration(): ConfigurationList;
  /** What one feed can be asked, by paths such as `/gaps`; undefined where the daemon has no feed of this name. */
  routesOf(feedName: string): readonly ControlRoute[] | undefined;
}
