import { TABLE_EPOCH_MS } from '../../tables/epoch.ts';

/** `q` as q shows it (2026.10.02D14:00:00.000000000), `iso` as programs read it (2026-10-02T14:00:00.000000000Z). */
export type Style = 'q' | 'iso';

const NS_PER_MS = 1_000_000n;
const NS_PER_DAY = 86_400_000n * NS_PER_MS;
const MS_PER_DAY = 86_400_000;

/** ns since 2000-01-01T00:00Z. */
export function timestampText(ns: bigint, style: Style): string {
  const day = floorDivide(ns, NS_PER_DAY);
  const time = clockText(ns - day * NS_PER_DAY);
  const date = dateText(Number(day), style);
  return style === 'q' ? `${date}D${time}` : `${date}T${time}Z`;
}

/** ns; in q's form with days (0D09:30:00.000000000), else with as many hours as it takes (-03:00:00.000000000). */
export function timespanText(ns: bigint, style: Style): string {
  const sign = ns < 0n ? '-' : '';
  const size = ns < 0n ? -ns : ns;
  if (style === 'iso') return sign + clockText(size);
  const day = size / NS_PER_DAY;
  return `${sign}${day}D${clockText(size - day * NS_PER_DAY)}`;
}

/** Days since 2000-01-01. */
export function dateText(days: number, style: Style): string {
  const iso = isoOf(days * MS_PER_DAY).replace(/T.*/, '');
  return style === 'q' ? iso.replace(/(?<=\d)-/g, '.') : iso;
}

/** Months since 2000-01. */
export function monthText(months: number, style: Style): string {
  const year = 2000 + Math.floor(months / 12);
  const month = pad((((months % 12) + 12) % 12) + 1, 2);
  return style === 'q' ? `${year}.${month}m` : `${year}-${month}`;
}

/** Days since 2000-01-01, with a fraction. */
export function datetimeText(days: number, style: Style): string {
  const iso = isoOf(Math.round(days * MS_PER_DAY));
  return style === 'q' ? iso.replace(/(?<=\d)-/g, '.').replace('Z', '') : iso;
}

export function minuteText(minutes: number): string {
  return signed(minutes, size => `${pad(Math.floor(size / 60), 2)}:${pad(size % 60, 2)}`);
}

export function secondText(seconds: number): string {
  return signed(seconds, size => `${minuteText(Math.floor(size / 60))}:${pad(size % 60, 2)}`);
}

/** Milliseconds since midnight. */
export function timeText(ms: number): string {
  return signed(ms, size => `${secondText(Math.floor(size / 1000))}.${pad(size % 1000, 3)}`);
}

/** Hours, minutes, seconds and nanoseconds of a span that is not negative. */
function clockText(ns: bigint): string {
  const seconds = ns / 1_000_000_000n;
  return `${secondText(Number(seconds))}.${pad(ns % 1_000_000_000n, 9)}`;
}

function signed(value: number, text: (size: number) => string): string {
  return value < 0 ? `-${text(-value)}` : text(value);
}

/** Dates that JavaScript cannot hold are shown as the number of their milliseconds. */
function isoOf(ms: number): string {
  const date = new Date(TABLE_EPOCH_MS + ms);
  return Number.isNaN(date.getTime()) ? `${ms}ms` : date.toISOString();
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}

function pad(value: number | bigint, digits: number): string {
  return String(value).padStart(digits, '0');
}
