import { dateFromDays, daysFromDate } from '../values/temporal.ts';
import {
  INFINITE_INT,
  INFINITE_LONG,
  MS_PER_DAY,
  NS_PER_DAY,
  NS_PER_SECOND,
  NULL_INT,
  NULL_LONG,
} from '../values/types.ts';

type IntTemporal = 13 | 14 | 17 | 18 | 19;

const NULL_LETTERS: Readonly<Record<number, string>> = {
  12: 'p',
  13: 'm',
  14: 'd',
  15: 'z',
  16: 'n',
  17: 'u',
  18: 'v',
  19: 't',
};

/** A month, date, minute, second or time as q shows it; a month without its suffix. */
export function intTemporalText(value: number, type: IntTemporal): string {
  const letter = type === 13 ? '' : NULL_LETTERS[type]!;
  if (value === NULL_INT) return `0N${letter}`;
  if (value === INFINITE_INT) return `0W${letter}`;
  if (value === -INFINITE_INT) return `-0W${letter}`;
  if (type === 13) return monthText(value);
  if (type === 14) return dateText(value);
  const sign = value < 0 ? '-' : '';
  const size = Math.abs(value);
  if (type === 17) return `${sign}${two(size / 60)}:${two(size % 60)}`;
  if (type === 18) return `${sign}${clockText(size)}`;
  return `${sign}${clockText(size / 1000)}.${digits(size % 1000, 3)}`;
}

/** A timestamp or timespan as q shows it. */
export function longTemporalText(value: bigint, type: 12 | 16): string {
  const letter = NULL_LETTERS[type]!;
  if (value === NULL_LONG) return `0N${letter}`;
  if (value === INFINITE_LONG) return `0W${letter}`;
  if (value === -INFINITE_LONG) return `-0W${letter}`;
  if (type === 12) {
    const inDay = ((value % NS_PER_DAY) + NS_PER_DAY) % NS_PER_DAY;
    return `${dateText(Number((value - inDay) / NS_PER_DAY))}D${nanosecondClock(inDay)}`;
  }
  const size = value < 0n ? -value : value;
  return `${value < 0n ? '-' : ''}${size / NS_PER_DAY}D${nanosecondClock(size % NS_PER_DAY)}`;
}

/** A datetime (days with a fraction) as q shows it. */
export function datetimeText(value: number): string {
  if (Number.isNaN(value)) return '0Nz';
  if (!Number.isFinite(value)) return value > 0 ? '0wz' : '-0wz';
  const ms = Math.round(value * MS_PER_DAY);
  const days = Math.floor(ms / MS_PER_DAY);
  if (days < FIRST_DAY || days > LAST_DAY) return '0000.00.00T00:00:00.000';
  return `${dateText(days)}T${intTemporalText(ms - days * MS_PER_DAY, 19)}`;
}

/** 0001.01.01 and 9999.12.31 in days since 2000.01.01. Dates beyond show as zeros. */
const FIRST_DAY = daysFromDate(1, 1, 1);
const LAST_DAY = daysFromDate(9999, 12, 31);

function dateText(days: number): string {
  if (days < FIRST_DAY || days > LAST_DAY) return '0000.00.00';
  const { year, month, day } = dateFromDays(days);
  return `${digits(year, 4)}.${two(month)}.${two(day)}`;
}

function monthText(months: number): string {
  const year = 2000 + Math.floor(months / 12);
  if (year < 1 || year > 9999) return '0000.00';
  return `${digits(year, 4)}.${two((((months % 12) + 12) % 12) + 1)}`;
}

function clockText(seconds: number): string {
  return `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`;
}

function nanosecondClock(ns: bigint): string {
  const seconds = Number(ns / NS_PER_SECOND);
  return `${clockText(seconds)}.${digits(Number(ns % NS_PER_SECOND), 9)}`;
}

function two(value: number): string {
  return digits(Math.floor(value), 2);
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
