/** Number, temporal and byte literals to values. */
import { vectorOfAtoms } from '../values/items.ts';
import { byteVector, longAtom, numberAtom } from '../values/make.ts';
import { daysFromDate, isDate } from '../values/temporal.ts';
import {
  INFINITE_INT,
  INFINITE_LONG,
  INFINITE_SHORT,
  isLongType,
  NS_PER_DAY,
  NULL_LONG,
  nullAtom,
  nullNumber,
  typeByName,
} from '../values/types.ts';
import type { Atom, LongType, NumberType, TypeNumber, Value, Vector } from '../values/value.ts';
import { QError } from '../values/value.ts';

/** One word of a number literal: its type, whether a letter said so, and its value. */
interface Word {
  readonly type: TypeNumber;
  readonly explicit: boolean;
  readonly atom: Atom;
}

/** The value of one or several words separated by blanks, such as `1 2 3h`. Signals the text when it is none. */
export function parseNumbers(words: readonly string[]): Value {
  if (words.length === 1) {
    const text = words[0]!;
    if (/^0x[0-9a-fA-F]*$/.test(text)) return parseBytes(text.slice(2));
    if (/^[01]{2,}b$/.test(text)) {
      return byteVector(
        1,
        Uint8Array.from(text.slice(0, -1), digit => (digit === '1' ? 1 : 0)),
      );
    }
    return parseWord(text).atom;
  }
  const letter = /^-?(?!0[nw]$)[0-9.:]+([a-z])$/.exec(words[words.length - 1]!)?.[1];
  // Only the last word may tell the type of all.
  if (words.slice(0, -1).some(word => INTEGER_WITH_LETTER.test(word))) throw new QError(words.join(' '));
  // The letter of the last word is the letter of all that have none.
  const parsed = words.map(
    word => (letter === undefined ? undefined : withLetter(word, letter)) ?? parseWord(word),
  );
  const type = commonType(parsed);
  const atoms = parsed.map(word => convert(word, type, words));
  return vectorOfAtoms(atoms, atoms[0]!);
}

function withLetter(word: string, letter: string): Word | undefined {
  if (!/^-?[0-9.:]+$/.test(word)) return undefined;
  try {
    return parseWord(word + letter);
  } catch {
    return undefined;
  }
}

function parseBytes(digits: string): Atom | Vector {
  if (digits.length === 1 || digits.length === 2) return numberAtom(4, Number.parseInt(digits, 16));
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  return byteVector(
    4,
    Uint8Array.from(even.match(/../g) ?? [], pair => Number.parseInt(pair, 16)),
  );
}

/** The type of a list of words: the last letter decides; else float over long; else the one temporal type. */
function commonType(words: readonly Word[]): TypeNumber {
  const last = words[words.length - 1]!;
  if (last.explicit) return last.type;
  let type = last.type as TypeNumber;
  for (const word of words) {
    if (word.type === type || isNullWord(word)) continue;
    if (type === 7 || (isNullWord(last) && type === last.type)) type = word.type;
    else if (word.type === 12 || type === 12) type = 12;
    else if (word.type > type && word.type >= 12) type = word.type;
  }
  return type;
}

function isNullWord(word: Word): boolean {
  const value = word.atom.value;
  return !word.explicit && (value === NULL_LONG || value === INFINITE_LONG || value === -INFINITE_LONG);
}

function convert(word: Word, type: TypeNumber, words: readonly string[]): Atom {
  const { atom } = word;
  if (atom.type === type) return atom;
  if (atom.type === 7) return fromLong(atom.value, type);
  if (atom.type === 9 && (type === 8 || type === 15)) return numberAtom(type, atom.value);
  if (atom.type === 9 && type === 9) return atom;
  if (isClock(atom.type) && isClock(type)) return clockAs(atom, type);
  if (atom.type === 14 && type === 12) return longAtom(12, BigInt(atom.value) * NS_PER_DAY);
  if (atom.type === 9 && Number.isNaN(atom.value)) return nullAtom(type);
  throw new QError(words.join(' '));
}

const CLOCK_NS: Record<number, bigint> = { 16: 1n, 17: 60_000_000_000n, 18: 1_000_000_000n, 19: 1_000_000n };

function isClock(type: number): boolean {
  return type >= 16 && type <= 19;
}

function clockAs(atom: Atom, type: TypeNumber): Atom {
  const ns = BigInt(atom.value as number | bigint) * CLOCK_NS[atom.type]!;
  return type === 16 ? longAtom(16, ns) : numberAtom(type as NumberType, Number(ns / CLOCK_NS[type]!));
}

function fromLong(value: bigint, type: TypeNumber): Atom {
  if (isLongType(type)) return longAtom(type, value);
  if (type === 2) return nullAtom(2);
  const target = type as NumberType;
  if (value === NULL_LONG) return numberAtom(target, nullNumber(target));
  const infinite = value === INFINITE_LONG || value === -INFINITE_LONG;
  if (!infinite) return numberAtom(target, wrapNumber(Number(value), target));
  const sign = value > 0n ? 1 : -1;
  if (type === 8 || type === 9 || type === 15) return numberAtom(target, sign * Number.POSITIVE_INFINITY);
  return numberAtom(target, sign * (type === 5 ? INFINITE_SHORT : INFINITE_INT));
}

function wrapNumber(value: number, type: NumberType): number {
  return type === 8 ? Math.fround(value) : value;
}

/** Booleans, bytes, chars and symbols have no null or infinity that is written so. */
const WITHOUT_NULL: ReadonlySet<number> = new Set([1, 4, 10, 11]);
const INTEGER_WITH_LETTER = /^-?(?!0[nw]$)\d+[a-z]$/;
const INTEGER = /^(-?\d+)([a-z])?$/;
const FLOAT = /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?([efz])?$/;
const CLOCK = /^(-?)(?:(\d+)D)?(\d{1,3})?(?::(\d{2}))?(?::(\d{2})(?:\.(\d{0,9}))?)?([a-z])?$/;
const DATE = /^(\d{4})\.(\d{2})\.(\d{2})(?:([DT])(.*))?$/;
const MONTH = /^(\d{4})\.(\d{2})m$/;

function parseWord(text: string): Word {
  return (
    parseSpecial(text) ??
    parseInteger(text) ??
    parseMonth(text) ??
    parseDate(text) ??
    parseFloatWord(text) ??
    parseClock(text) ??
    fail(text)
  );
}

function fail(text: string): never {
  throw new QError(text);
}

/** 0N 0W 0n 0w with an optional type letter. */
function parseSpecial(text: string): Word | undefined {
  const match = /^(-?)0([NWnw])([a-z])?$/.exec(text);
  if (match === null) return undefined;
  const [, minus, kind, letter] = match;
  const isNull = kind === 'N' || kind === 'n';
  const float = kind === 'n' || kind === 'w';
  const type = (letter === undefined ? (float ? 9 : 7) : typeByName(letter)) as TypeNumber;
  if (!type || WITHOUT_NULL.has(type)) fail(text);
  const explicit = letter !== undefined;
  if (isNull) return { type, explicit, atom: nullAtom(type) };
  const value = minus === '-' ? -INFINITE_LONG : INFINITE_LONG;
  return { type, explicit, atom: fromLong(value, type) };
}

function parseInteger(text: string): Word | undefined {
  const match = INTEGER.exec(text);
  if (match === null) return undefined;
  const letter = match[2];
  const digits = match[1]!;
  if (letter === undefined) {
    const value = BigInt(digits);
    if (value > INFINITE_LONG || value < -INFINITE_LONG) return undefined;
    return { type: 7, explicit: false, atom: longAtom(7, value) };
  }
  if (letter === 'b') {
    if (digits !== '0' && digits !== '1') fail(text);
    return { type: 1, explicit: true, atom: numberAtom(1, Number(digits)) };
  }
  const type = typeByName(letter);
  if (type === 0 || type === 2 || type === 4 || type === 11) fail(text);
  if (type === 10) fail(text);
  if (type >= 17 && type <= 19 && digits.replace('-', '').length > 2) return parseClock(text);
  return { type: type as TypeNumber, explicit: true, atom: integerAs(digits, type, text) };
}

function integerAs(digits: string, type: number, text: string): Atom {
  if (type === 17) return numberAtom(17, Number(digits) * 60);
  if (type === 18) return numberAtom(18, Number(digits) * 3600);
  if (type === 19) return numberAtom(19, Number(digits) * 3_600_000);
  const value = BigInt(digits);
  if (isLongType(type)) return longAtom(type as LongType, value);
  const limit = type === 5 ? 32767n : 2147483647n;
  if ((type === 5 || type === 6) && (value > limit || value < -limit)) fail(text);
  return numberAtom(type as NumberType, wrapNumber(Number(digits), type as NumberType));
}

function parseFloatWord(text: string): Word | undefined {
  const match = FLOAT.exec(text);
  if (match === null) return undefined;
  const letter = match[3];
  const type = letter === undefined ? 9 : (typeByName(letter) as NumberType);
  const value = Number(letter === undefined ? text : text.slice(0, -1));
  return { type, explicit: letter !== undefined, atom: numberAtom(type, wrapNumber(value, type)) };
}

function parseMonth(text: string): Word | undefined {
  const match = MONTH.exec(text);
  if (match === null) return undefined;
  const month = Number(match[2]);
  if (month < 1 || month > 12) fail(text);
  return { type: 13, explicit: true, atom: numberAtom(13, (Number(match[1]) - 2000) * 12 + month - 1) };
}

function parseDate(text: string): Word | undefined {
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  let rest = match[5] ?? '';
  if (!isDate(year, month, day)) fail(text);
  const days = daysFromDate(year, month, day);
  let letter = '';
  if (/[a-z]$/.test(rest)) {
    letter = rest.slice(-1);
    rest = rest.slice(0, -1);
  }
  if (match[4] === undefined) return { type: 14, explicit: false, atom: numberAtom(14, days) };
  const ns = clockNs(rest) ?? fail(text);
  if (match[4] === 'T' && letter !== 'p') {
    return { type: 15, explicit: false, atom: numberAtom(15, days + Number(ns) / Number(NS_PER_DAY)) };
  }
  return { type: 12, explicit: letter !== '', atom: longAtom(12, BigInt(days) * NS_PER_DAY + ns) };
}

/** hh, hh:mm, hh:mm:ss, hh:mm:ss.fff to nanoseconds; an empty text is midnight. */
export function clockNs(text: string): bigint | undefined {
  if (text === '') return 0n;
  const match = /^(\d{1,3})(?::(\d{2})(?::(\d{2})(?:\.(\d{0,9}))?)?)?$/.exec(text);
  if (match === null) return undefined;
  const [, hours, minutes = '0', seconds = '0', fraction = ''] = match;
  const wholeSeconds = BigInt(hours!) * 3600n + BigInt(minutes) * 60n + BigInt(seconds);
  return wholeSeconds * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
}

function parseClock(text: string): Word | undefined {
  const match = CLOCK.exec(text);
  if (match === null) return undefined;
  const [, minus, days, hours, minutes, seconds, fraction, letter] = match;
  if (hours === undefined && (days === undefined || minutes !== undefined)) return undefined;
  const sign = minus === '-' ? -1n : 1n;
  const clock = clockNs(text.replace(/^-?(\d+D)?/, '').replace(/[a-z]$/, ''));
  if (clock === undefined) return undefined;
  const ns = sign * (BigInt(days ?? 0) * NS_PER_DAY + clock);
  if (minutes === undefined && days === undefined && letter === undefined) return undefined;
  const type = letter === undefined ? clockType(days, seconds, fraction) : typeByName(letter);
  const explicit = letter !== undefined;
  if (isLongType(type)) return { type, explicit, atom: longAtom(type, ns) };
  if (!isClock(type)) return undefined;
  return {
    type: type as TypeNumber,
    explicit,
    atom: numberAtom(type as NumberType, Number(ns / CLOCK_NS[type]!)),
  };
}

function clockType(
  days: string | undefined,
  seconds: string | undefined,
  fraction: string | undefined,
): number {
  if (days !== undefined || (fraction !== undefined && fraction.length > 3)) return 16;
  if (fraction !== undefined) return 19;
  return seconds === undefined ? 17 : 18;
}
