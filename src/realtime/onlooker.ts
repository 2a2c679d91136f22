import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { FeedListener } from './feed-listener.ts';

/**
 * A listener that only looks on: what it throws does not reach the feed, whose rows go their way. The log says so once,
 * for it may come with every drain. Not for one without which the feed's own work is incomplete.
 */
export function onlooker(listener: FeedListener, logger: Logger): FeedListener {
  let isTold = false;
  const guarded = (tell: () => void): void => {
    try {
      tell();
    } catch (error) {
      if (!isTold)
        logger.error(`what is told of the feed may be incomplete from now on: ${messageOf(error)}`);
      isTold = true;
    }
  };
  return {
    sessionChanged: (state, previous) => guarded(() => listener.sessionChanged?.(state, previous)),
    received: rows => guarded(() => listener.received?.(rows)),
    drained: drain => guarded(() => listener.drained?.(drain)),
    protectionChanged: protection => guarded(() => listener.protectionChanged?.(protection)),
  };
}
