import { DateTime } from 'luxon';
import { addDays, dayOfWeek } from '../history/dates.ts';

export const TIMESPANS = ['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'] as const;

export type Timespan = (typeof TIMESPANS)[number];

/** The bars of which larger ones are made, and which `limit` counts. */
export type BaseBars = 'second' | 'minute' | 'day';

const WITHIN_DAY: Partial<Record<Timespan, number>> = { second: 1, minute: 60, hour: 3600 };
const MS_PER_DAY = 86_400_000;

export function baseOf(timespan: Timespan): BaseBars {
  if (timespan === 'second') return 'second';
  return timespan === 'minute' || timespan === 'hour' ? 'minute' : 'day';
}

/** The day to which a base bar belongs. */
export interface DayOfWindow {
  /** ISO date. */
  readonly date: string;
  /** Second in which windows within the day begin to be counted. */
  readonly midnight: number;
}

/** The windows of one timespan and multiplier in one zone. */
export class Windows {
  readonly timespan: Timespan;
  readonly #multiplier: number;
  readonly #zone: string;
  /** Number of the unit with which windows of several days begin. */
  readonly #firstUnit: number;

  /** @param fromDate windows of several days are counted from here */
  constructor(timespan: Timespan, multiplier: number, zone: string, fromDate: string) {
    this.timespan = timespan;
    this.#multiplier = multiplier;
    this.#zone = zone;
    this.#firstUnit = unitOf(timespan, fromDate);
  }

  /** Start of the window (seconds since 1970) that holds a base bar of a session. */
  startOf(second: number, session: DayOfWindow): number {
    const seconds = WITHIN_DAY[this.timespan];
    if (seconds === undefined) return this.#startOfDate(session.date);
    const length = seconds * this.#multiplier;
    return session.midnight + Math.floor((second - session.midnight) / length) * length;
  }

  /** The date with which the window begins that holds a date; for windows of days and more. */
  firstDate(date: string): string {
    const units = unitOf(this.timespan, date) - this.#firstUnit;
    const unit = this.#firstUnit + Math.floor(units / this.#multiplier) * this.#multiplier;
    return dateOfUnit(this.timespan, unit);
  }

  #startOfDate(date: string): number {
    return DateTime.fromISO(this.firstDate(date), { zone: this.#zone }).toUnixInteger();
  }
}

/** Units of a timespan since some beginning: days, weeks, months, quarters or years. */
function unitOf(timespan: Timespan, date: string): number {
  const days = Date.parse(date) / MS_PER_DAY;
  const months = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1;
  switch (timespan) {
    case 'week':
      // Weeks begin on Sunday.
      return Math.floor((days - dayOfWeek(date)) / 7);
    case 'month':
      return months;
    case 'quarter':
      return Math.floor(months / 3);
    case 'year':
      return Math.floor(months / 12);
    default:
      return days;
  }
}

function dateOfUnit(timespan: Timespan, unit: number): string {
  const ofMonth = (month: number): string =>
    `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-01`;
  switch (timespan) {
    case 'week': {
      const date = addDays('1970-01-01', unit * 7);
      // The first of January 1970 was a Thursday.
      return addDays(date, 3);
    }
    case 'month':
      return ofMonth(unit);
    case 'quarter':
      return ofMonth(unit * 3);
    case 'year':
      return ofMonth(unit * 12);
    default:
      return addDays('1970-01-01', unit);
  }
}
