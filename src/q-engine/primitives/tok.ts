/** Text to a value of a type: "J"$"42". What cannot be read is null. */
import { isIP } from 'node:net';
import { clockNs } from '../language/literals.ts';
import { longAtom, numberAtom, symbol } from '../values/make.ts';
import { daysFromDate, isDate } from '../values/temporal.ts';
import { NS_PER_DAY, nullAtom } from '../values/types.ts';
import type { Atom, NumberType, TypeNumber, Value } from '../values/value.ts';
import { QError } from '../values/value.ts';

/** Reads one text. */
export function parseText(type: TypeNumber, text: string): Value {
  if (type === 11) return symbol(text.trim());
  const trimmed = text.trim();
  return read(type, trimmed) ?? nullAtom(type);
}

function read(type: TypeNumber, text: string): Atom | undefined {
  switch (type) {
    case 1:
      return numberAtom(1, /^[1tTyYxX]$/.test(text) || /^(true|yes)$/i.test(text) ? 1 : 0);
    case 2:
      return readGuid(text);
    case 4:
      return /^(0x)?[0-9a-fA-F]{1,2}$/.test(text)
        ? numberAtom(4, Number.parseInt(text.replace(/^0x/, ''), 16))
        : numberAtom(4, 0);
    case 5:
    case 6:
    case 7:
      return readInteger(type, text);
    case 8:
    case 9:
      return readFloat(type, text);
    case 10:
      return text.length === 1 ? numberAtom(10, text.charCodeAt(0)) : undefined;
    case 12:
      return readTimestamp(text);
    case 13:
      return readMonth(text);
    case 14:
      return readDays(text);
    case 15: {
      const timestamp = readTimestamp(text);
      return timestamp === undefined
        ? undefined
        : numberAtom(15, Number(BigInt(timestamp.value as bigint) / 1_000_000n) / 86_400_000);
    }
    case 16:
    case 17:
    case 18:
    case 19:
      return readClock(type, text);
    default:
      throw new QError('type');
  }
}

/** Sixteen bytes in hexadecimal, with or without hyphens, or an internet address of either version. */
function readGuid(text: string): Atom | undefined {
  const address = isIP(text) === 0 ? undefined : addressBytes(text);
  if (address !== undefined) return { kind: 'atom', type: 2, value: address };
  const digits = text.replace(/-/g, '');
  if (!/^[0-9a-fA-F]{32}$/.test(digits)) return undefined;
  return {
    kind: 'atom',
    type: 2,
    value: Uint8Array.from(digits.match(/../g)!, pair => Number.parseInt(pair, 16)),
  };
}

/** The bytes of an address; version 4 comes as its last four after ffff. */
function addressBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(16);
  if (isIP(text) === 4) {
    bytes.set([255, 255, ...text.split('.').map(Number)], 10);
    return bytes;
  }
  const plain = text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const [a, b, c, d] = parts.map(Number) as [number, number, number, number];
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const groups = (part: string) => part.split(':').filter(group => group !== '');
  const [head, tail] = plain.split('::') as [string, string?];
  const [left, right] = [groups(head), groups(tail ?? '')];
  const place = (at: number, group: string) => {
    const value = Number.parseInt(group, 16);
    bytes.set([value >> 8, value & 255], at * 2);
  };
  for (const [i, group] of left.entries()) place(i, group);
  for (const [i, group] of right.entries()) place(8 - right.length + i, group);
  return bytes;
}

function readInteger(type: 5 | 6 | 7, text: string): Atom | undefined {
  const infinite = /^([-+]?)0[Ww]$/.exec(text);
  const limit = type === 7 ? 0x7fffffffffffffffn : type === 6 ? 2147483647n : 32767n;
  let value: bigint;
  if (infinite !== null) value = infinite[1] === '-' ? -limit : limit;
  else if (/^[-+]?\d+$/.test(text)) value = BigInt(text.replace(/^\+/, ''));
  else if (type === 6 && /^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return readAddress(text);
  else return undefined;
  if (value > limit || value < -limit) return undefined;
  return type === 7 ? longAtom(7, value) : numberAtom(type, Number(value));
}

/** A dotted address as the int of its four bytes. */
function readAddress(text: string): Atom | undefined {
  const parts = text.split('.').map(Number);
  if (parts.some(part => part > 255)) return undefined;
  return numberAtom(
    6,
    parts.reduce((all, part) => (all << 8) | part, 0),
  );
}

function readFloat(type: 8 | 9, text: string): Atom | undefined {
  const infinite = /^([-+]?)0[Ww]$/.exec(text);
  if (infinite !== null)
    return numberAtom(type, infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
  if (!/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text)) return undefined;
  return numberAtom(type, type === 8 ? Math.fround(Number(text)) : Number(text));
}

/** yyyy.mm.dd, yyyy-mm-dd, yyyy/mm/dd, yyyymmdd, mm/dd/yyyy, dd-Mon-yyyy, yymmdd. */
export function readDate(text: string): number | undefined {
  const separated =
    /^(\d{4})[./-](\d{1,2})[./-](\d{1,2})$/.exec(text) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  if (separated !== null) return daysOf(separated[1]!, separated[2]!, separated[3]!);
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4}|\d{2})$/.exec(text);
  if (american !== null) return daysOf(fullYear(american[3]!), american[1]!, american[2]!);
  const short = /^(\d{2})(\d{2})(\d{2})$/.exec(text);
  if (short !== null) return daysOf(fullYear(short[1]!), short[2]!, short[3]!);
  return readNamedMonth(text);
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

function readNamedMonth(text: string): number | undefined {
  const dayFirst = /^(\d{1,2})[- ]?([A-Za-z]{3})[A-Za-z]*[- ]?(\d{4}|\d{2})$/.exec(text);
  const monthFirst = /^([A-Za-z]{3})[A-Za-z]*[- ](\d{1,2})[-, ]+(\d{4}|\d{2})$/.exec(text);
  const yearFirst = /^(\d{4})[- ]([A-Za-z]{3})[A-Za-z]*[- ](\d{1,2})$/.exec(text);
  const [year, name, day] = dayFirst
    ? [dayFirst[3]!, dayFirst[2]!, dayFirst[1]!]
    : monthFirst
      ? [monthFirst[3]!, monthFirst[1]!, monthFirst[2]!]
      : yearFirst
        ? [yearFirst[1]!, yearFirst[2]!, yearFirst[3]!]
        : [undefined, '', ''];
  if (year === undefined) return undefined;
  const month = MONTHS.indexOf(name.toLowerCase()) + 1;
  return month === 0 ? undefined : daysOf(fullYear(year), String(month), day);
}

function fullYear(text: string): string {
  if (text.length === 4) return text;
  return Number(text) < 50 ? `20${text}` : `19${text}`;
}

function daysOf(year: string, month: string, day: string): number | undefined {
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  return isDate(y, m, d) ? daysFromDate(y, m, d) : undefined;
}

function readDays(text: string): Atom | undefined {
  const days = readDate(text.replace(/[DT ]\d{2}:.*$/, ''));
  return days === undefined ? undefined : numberAtom(14, days);
}

function readMonth(text: string): Atom | undefined {
  const match = /^(\d{4})[./-]?(\d{2})m?$/.exec(text) ?? /^(\d{4})[./-]?(\d{2})[./-]?\d{2}$/.exec(text);
  if (match === null) return undefined;
  const month = Number(match[2]);
  return month < 1 || month > 12 ? undefined : numberAtom(13, (Number(match[1]) - 2000) * 12 + month - 1);
}

function readTimestamp(text: string): Atom | undefined {
  if (/^\d{9,}(\.\d+)?$/.test(text)) return readUnixTime(text);
  const match = /^(.*?)(?:[DT -]|(?<=\d) )(\d{2}(?::?\d{2}(?::?\d{2}(?:[.,]\d*)?)?)?)Z?$/.exec(text);
  const days = readDate(match === null ? text : match[1]!);
  if (days === undefined) return undefined;
  const ns = match === null ? 0n : clockNs(withColons(match[2]!));
  return ns === undefined ? undefined : longAtom(12, BigInt(days) * NS_PER_DAY + ns);
}

/** Seconds since 1970, or nanoseconds where there are that many digits. */
function readUnixTime(text: string): Atom {
  const [whole, fraction = ''] = text.split('.') as [string, string?];
  const seconds = BigInt(whole);
  return longAtom(
    12,
    (seconds - 946_684_800n) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0').slice(0, 9)),
  );
}

function withColons(text: string): string {
  const plain = /^(\d{2})(\d{2})(\d{2})?(\..*)?$/.exec(text);
  const spaced = plain === null ? text : `${plain[1]}:${plain[2]}:${plain[3] ?? '00'}${plain[4] ?? ''}`;
  return spaced.replace(',', '.').replace(/(\.\d{9})\d*/, '$1');
}

const CLOCK_NS: Record<number, bigint> = { 16: 1n, 17: 60_000_000_000n, 18: 1_000_000_000n, 19: 1_000_000n };

function readClock(type: 16 | 17 | 18 | 19, text: string): Atom | undefined {
  const match = /^([-+]?)(?:(\d+)D)?(.*)$/.exec(text);
  if (match === null) return undefined;
  let clock = match[3]!;
  if (/^\d{3,}$/.test(clock))
    clock = `${clock.slice(0, 2)}:${clock.slice(2, 4)}:${clock.slice(4, 6) || '00'}${clock.length > 6 ? `.${clock.slice(6)}` : ''}`;
  if (/^\d:/.test(clock)) clock = `0${clock}`;
  const ns = clockNs(clock.replace(/(\.\d{9})\d*/, '$1'));
  if (ns === undefined || (clock === '' && match[2] === undefined)) return undefined;
  const total = (BigInt(match[2] ?? 0) * NS_PER_DAY + ns) * (match[1] === '-' ? -1n : 1n);
  return type === 16 ? longAtom(16, total) : numberAtom(type as NumberType, Number(total / CLOCK_NS[type]!));
}
