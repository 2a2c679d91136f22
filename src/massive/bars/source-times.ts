import { type DateDays, dateDaysOf, isoDateOf } from '../../tables/epoch.ts';
import { Rejection } from '../scanner/rejection.ts';

const MS_DIGITS = 13;
/** Digits of a start in milliseconds, microseconds and nanoseconds since 1970: from 2001 to 2286. */
const START_DIGITS: readonly number[] = [MS_DIGITS, 16, 19];
const NS_OF_MS_DIGITS = 6;

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** A time since 1970; `ns` are those beyond `ms`. */
export interface SourceTime {
  readonly ms: number;
  readonly ns: number;
}

/**
 * The start of a window, whose unit is told by the number of its digits; those beyond a nanosecond are cut off.
 *
 * @param whole digits before the point; none where `text` is no number
 * @param fraction digits after it
 * @param text what is quoted where it is none
 * @throws Rejection
 */
export function sourceTime(whole: string, fraction: string, text: string): SourceTime {
  if (!START_DIGITS.includes(whole.length)) {
    throw new Rejection('start-invalid', `'${text}' is not a time of 13, 16 or 19 digits`);
  }
  const beyondMs = (whole.slice(MS_DIGITS) + fraction).slice(0, NS_OF_MS_DIGITS);
  return { ms: Number(whole.slice(0, MS_DIGITS)), ns: Number(beyondMs.padEnd(NS_OF_MS_DIGITS, '0')) };
}

/** The date that a YYYY-MM-DD says. Throws Rejection. */
export function sourceDate(text: string): DateDays {
  const date = DATE.test(text) ? dateDaysOf(text) : Number.NaN;
  if (Number.isNaN(date) || isoDateOf(date) !== text) {
    throw new Rejection('date-invalid', `'${text}' is not a date`);
  }
  return date;
}
