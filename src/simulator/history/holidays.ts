import { DateTime } from 'luxon';

/** A day on which US exchanges do not keep their usual hours. */
export interface Holiday {
  /** ISO date in New York. */
  readonly date: string;
  readonly name: string;
  /** Open until 13:00 in New York; else closed for the day. */
  readonly earlyClose: boolean;
}

const FRIDAY = 5;
const SATURDAY = 6;
const SUNDAY = 7;
const FIRST_JUNETEENTH = 2022;

/** Closures that follow no rule. */
const MOURNING: readonly Holiday[] = [
  { date: '2018-12-05', name: 'National Day of Mourning', earlyClose: false },
  { date: '2025-01-09', name: 'National Day of Mourning', earlyClose: false },
];

/** US exchange holidays of a year by the exchanges' own rules, in the order of their dates. */
export function usHolidays(year: number): Holiday[] {
  const days = [
    ...newYear(year),
    closed(nthWeekday(year, 1, 1, 3), 'Martin Luther King, Jr. Day'),
    closed(nthWeekday(year, 2, 1, 3), "Washington's Birthday"),
    closed(easterSunday(year).minus({ days: 2 }), 'Good Friday'),
    closed(lastMonday(year, 5), 'Memorial Day'),
    ...(year < FIRST_JUNETEENTH ? [] : [closed(observed(date(year, 6, 19)), 'Juneteenth')]),
    closed(observed(date(year, 7, 4)), 'Independence Day'),
    closed(nthWeekday(year, 9, 1, 1), 'Labor Day'),
    closed(nthWeekday(year, 11, 4, 4), 'Thanksgiving'),
    closed(observed(date(year, 12, 25)), 'Christmas'),
    early(nthWeekday(year, 11, 4, 4).plus({ days: 1 }), 'Day after Thanksgiving'),
    early(date(year, 7, 3), 'Independence Day'),
    early(date(year, 12, 24), 'Christmas'),
    ...MOURNING.filter(day => day.date.startsWith(`${year}-`)),
  ];
  const full = new Set(days.filter(({ earlyClose }) => !earlyClose).map(day => day.date));
  return days
    .filter(day => !day.earlyClose || (!full.has(day.date) && isWeekday(day.date)))
    .sort((a, b) => (a.date < b.date ? -1 : 1));
}

/** On a Saturday it is not made up for. */
function newYear(year: number): Holiday[] {
  const day = date(year, 1, 1);
  return day.weekday === SATURDAY ? [] : [closed(observed(day), "New Year's Day")];
}

function isWeekday(iso: string): boolean {
  return DateTime.fromISO(iso, { zone: 'utc' }).weekday < SATURDAY;
}

function date(year: number, month: number, day: number): DateTime {
  return DateTime.utc(year, month, day);
}

function nthWeekday(year: number, month: number, weekday: number, nth: number): DateTime {
  const first = date(year, month, 1);
  return first.plus({ days: ((weekday - first.weekday + 7) % 7) + 7 * (nth - 1) });
}

function lastMonday(year: number, month: number): DateTime {
  const last = date(year, month, 1).endOf('month').startOf('day');
  return last.minus({ days: last.weekday - 1 });
}

/** A holiday on a Saturday is kept on Friday, one on a Sunday on Monday. */
function observed(day: DateTime): DateTime {
  if (day.weekday === SATURDAY) return day.minus({ days: SATURDAY - FRIDAY });
  return day.weekday === SUNDAY ? day.plus({ days: 1 }) : day;
}

/** By the rule for the Gregorian calendar (Meeus, Jones, Butcher). */
function easterSunday(year: number): DateTime {
  const cycle = year % 19;
  const century = Math.floor(year / 100);
  const rest = year % 100;
  const moonShift = Math.floor((century + 8) / 25);
  const moon =
    (19 * cycle + century - Math.floor(century / 4) - Math.floor((century - moonShift + 1) / 3) + 15) % 30;
  const weekday = (32 + 2 * (century % 4) + 2 * Math.floor(rest / 4) - moon - (rest % 4)) % 7;
  const late = Math.floor((cycle + 11 * moon + 22 * weekday) / 451);
  const sum = moon + weekday - 7 * late + 114;
  return date(year, Math.floor(sum / 31), (sum % 31) + 1);
}

function closed(day: DateTime, name: string): Holiday {
  return { date: day.toISODate()!, name, earlyClose: false };
}

function early(day: DateTime, name: string): Holiday {
  return { date: day.toISODate()!, name, earlyClose: true };
}
