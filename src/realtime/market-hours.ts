import type { Clock } from '../base/clock.ts';
import { delay } from '../base/delay.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { marketStatus, upcomingHolidays, withUpcoming } from '../massive/rest/market-status.ts';
import type { RestRequests } from '../massive/rest/requests.ts';
import type { Market } from '../tables/markets.ts';
import { SessionCalendar } from '../tables/session-calendar.ts';
import { type Holiday, US_HOLIDAYS } from '../tables/us-holidays.ts';

/** How often the service is asked. */
const ASK_MS = 12 * 3_600_000;

/** When one market is open, by the calendar of this release and the holidays that the service announces. */
export class MarketHours {
  readonly market: Market;
  #calendar: SessionCalendar;

  constructor(market: Market) {
    this.market = market;
    this.#calendar = new SessionCalendar(market);
  }

  get calendar(): SessionCalendar {
    return this.#calendar;
  }

  /** Ms since 1970. */
  isOpen(wallMs: number): boolean {
    return this.#calendar.isOpen(wallMs);
  }

  announced(upcoming: readonly Holiday[]): void {
    this.#calendar = new SessionCalendar(this.market, withUpcoming(upcoming));
  }
}

export interface AnnouncementParts {
  readonly requests: RestRequests;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Keeps calendars to the holidays that the service announces, and says where the service sees things otherwise. It is a
 * service to the feed: where REST does not answer, the calendar of this release holds.
 */
export async function followAnnouncements(
  hours: readonly MarketHours[],
  parts: AnnouncementParts,
  signal: AbortSignal,
): Promise<void> {
  const { requests, clock, logger } = parts;
  while (!signal.aborted) {
    try {
      const upcoming = await upcomingHolidays(requests, signal);
      const from = new Date(clock.wallMs()).toISOString().slice(0, 10);
      for (const text of differences(upcoming, from)) logger.warn(text);
      for (const one of hours) one.announced(upcoming);
      await compareStates(hours, parts, signal);
    } catch (error) {
      if (signal.aborted) return;
      logger.info(
        `the service's calendar was not to be had, so that of this release holds: ${messageOf(error)}`,
      );
    }
    await delay(clock, ASK_MS, signal).catch(() => {});
  }
}

/** Where the holidays that are announced differ from those of this release, from a date on. */
function differences(upcoming: readonly Holiday[], from: string): string[] {
  const until = upcoming.at(-1)?.date ?? from;
  const known = US_HOLIDAYS.filter(({ date }) => date >= from && date <= until);
  const texts: string[] = [];
  for (const { date, name, earlyClose } of upcoming) {
    const ours = known.find(holiday => holiday.date === date);
    if (ours && ours.earlyClose === earlyClose) continue;
    const kind = earlyClose ? 'closes early' : 'is closed';
    texts.push(
      `by the service the market ${kind} on ${date} (${name}), which the calendar of this release does not say: the service counts`,
    );
  }
  for (const { date, name } of known) {
    if (upcoming.some(holiday => holiday.date === date)) continue;
    texts.push(
      `${date} (${name}) is a holiday by the calendar of this release, and the service does not list it`,
    );
  }
  return texts;
}

async function compareStates(
  hours: readonly MarketHours[],
  { requests, clock, logger }: AnnouncementParts,
  signal: AbortSignal,
): Promise<void> {
  const { states, serverMs } = await marketStatus(requests, signal);
  for (const one of hours) {
    const state = states[one.market];
    if (state === undefined) continue;
    const isOpen = one.isOpen(serverMs ?? clock.wallMs());
    if (isOpen === (state !== 'closed')) continue;
    logger.warn(
      `${one.market} is ${state} by the service, and ${isOpen ? 'open' : 'closed'} by the calendar`,
    );
  }
}
