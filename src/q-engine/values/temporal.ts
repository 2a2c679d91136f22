/** Calendar arithmetic of q's temporal types: days, months and clock times since 2000.01.01. */
import { INFINITE_INT, MS_PER_DAY, NS_PER_DAY, NULL_INT } from './types.ts';

/** Days from 1970.01.01 to 2000.01.01. */
const EPOCH_DAYS = 10957;

export interface CalendarDate {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
}

/** Days since 2000.01.01 of a date in the proleptic Gregorian calendar. */
export function daysFromDate(year: number, month: number, day: number): number {
  // Date.UTC reads years below 100 as 19xx.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return Math.floor(date.getTime() / MS_PER_DAY) - EPOCH_DAYS;
}

/** Whether year, month and day name a day that exists. */
export function isDate(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The calendar date of days since 2000.01.01. */
export function dateFromDays(days: number): CalendarDate {
  const date = new Date((days + EPOCH_DAYS) * MS_PER_DAY);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** Months since 2000.01 of days since 2000.01.01. */
export function monthOfDays(days: number): number {
  const { year, month } = dateFromDays(days);
  return (year - 2000) * 12 + month - 1;
}

/** Days since 2000.01.01 of the first day of a month. */
export function daysOfMonth(months: number): number {
  return daysFromDate(2000 + Math.floor(months / 12), (((months % 12) + 12) % 12) + 1, 1);
}

/** Whole days (rounded down) in a timestamp. */
export function daysOfTimestamp(ns: bigint): number {
  const days = ns / NS_PER_DAY;
  return Number(ns % NS_PER_DAY < 0n ? days - 1n : days);
}

/** Whether an int value of a temporal type is null or infinite. */
export function isSpecialInt(value: number): boolean {
  return value === NULL_INT || value === INFINITE_INT || value === -INFINITE_INT;
}
