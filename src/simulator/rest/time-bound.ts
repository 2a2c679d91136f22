import { DateTime } from 'luxon';
import { isDate } from '../history/dates.ts';
import { badRequest } from './rest-errors.ts';

/** One end of a range of time, as somebody gave it. */
export interface TimeBound {
  /** Its date in the zone. */
  readonly date: string;
  /** First second; of a date, midnight. */
  readonly first: number;
  /** Last second in which a window may begin; of a date, the last of the day. */
  readonly last: number;
}

/**
 * A date (a whole day in `zone`) or milliseconds since 1970.
 *
 * @throws RestRefusal
 */
export function timeBound(name: 'from' | 'to', text: string, zone: string): TimeBound {
  if (isDate(text)) {
    const midnight = DateTime.fromISO(text, { zone });
    return {
      date: text,
      first: midnight.toUnixInteger(),
      last: midnight.plus({ days: 1 }).toUnixInteger() - 1,
    };
  }
  const ms = Number(text);
  if (!/^\d{9,14}$/.test(text)) {
    throw badRequest(`Could not parse the time parameter: '${name}'. Use YYYY-MM-DD or Unix MS Timestamp`);
  }
  const second = Math.floor(ms / 1000);
  return { date: DateTime.fromSeconds(second, { zone }).toISODate()!, first: second, last: second };
}
