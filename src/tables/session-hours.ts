import type { Market } from './markets.ts';

/** Minutes after midnight. */
type MinuteOfDay = number;

type Minutes = readonly [from: MinuteOfDay, until: MinuteOfDay];

/** The minutes in which a market stays closed on a holiday, and on a day with an early close. */
export interface HolidayClosure {
  readonly holiday: Minutes;
  readonly earlyClose: Minutes;
}

/**
 * The usual hours of a market as data, in wall-clock time of `zone`. `sessions` lists, for each weekday (1 is
 * Monday, 7 Sunday), the minutes in which it is open; an end is the first minute outside.
 */
export interface SessionHours {
  readonly zone: string;
  readonly sessions: Readonly<Record<number, readonly Minutes[]>>;
  /** Undefined where US holidays change nothing. */
  readonly holidays: HolidayClosure | undefined;
}

const at = (hour: number, minute = 0): MinuteOfDay => hour * 60 + minute;

const MIDNIGHT = at(24);
const WHOLE_DAY: Minutes = [0, MIDNIGHT];

type Week = SessionHours['sessions'];

function weekdays(...sessions: Minutes[]): Week {
  return { 1: sessions, 2: sessions, 3: sessions, 4: sessions, 5: sessions };
}

/**
 * When each market may be expected to send something. It decides whether silence is suspicious, so the bounds are
 * the market's own, and an hour that only a few instruments trade counts as closed.
 *
 * - stocks: early and late session included, 04:00 to 20:00; on an early close the late session ends at 17:00.
 * - options: 09:30 to 16:00; index and some fund options trade until 16:15, so it counts as open until then.
 * - indices: the regular session of the stocks that they are computed from.
 * - forex: from Sunday 17:00 to Friday 17:00 in New York; holidays thin it out but do not close it.
 * - crypto: always.
 * - futures (CME Group): from Sunday 17:00 to Friday 16:00 in Chicago, with a break from 16:00 to 17:00 each day. On a
 *   US holiday or early close most products stop at noon and resume at 17:00.
 */
export const SESSION_HOURS: Readonly<Record<Market, SessionHours>> = {
  stocks: {
    zone: 'America/New_York',
    sessions: weekdays([at(4), at(20)]),
    holidays: { holiday: WHOLE_DAY, earlyClose: [at(17), MIDNIGHT] },
  },
  options: {
    zone: 'America/New_York',
    sessions: weekdays([at(9, 30), at(16, 15)]),
    holidays: { holiday: WHOLE_DAY, earlyClose: [at(13, 15), MIDNIGHT] },
  },
  indices: {
    zone: 'America/New_York',
    sessions: weekdays([at(9, 30), at(16)]),
    holidays: { holiday: WHOLE_DAY, earlyClose: [at(13), MIDNIGHT] },
  },
  forex: {
    zone: 'America/New_York',
    sessions: { ...weekdays(WHOLE_DAY), 5: [[0, at(17)]], 7: [[at(17), MIDNIGHT]] },
    holidays: undefined,
  },
  crypto: {
    zone: 'UTC',
    sessions: { ...weekdays(WHOLE_DAY), 6: [WHOLE_DAY], 7: [WHOLE_DAY] },
    holidays: undefined,
  },
  futures: {
    zone: 'America/Chicago',
    sessions: {
      ...weekdays([0, at(16)], [at(17), MIDNIGHT]),
      5: [[0, at(16)]],
      7: [[at(17), MIDNIGHT]],
    },
    holidays: { holiday: [at(12), at(17)], earlyClose: [at(12), at(17)] },
  },
};
