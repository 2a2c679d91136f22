/** $ : cast, tok (text to values), enumerate, pad, matrix product. */
import type { Interpreter } from '../evaluator/interpreter.ts';
import { longOf, numberOf } from '../values/convert.ts';
import { withoutEnum } from '../values/enums.ts';
import { collect, isListLike, itemsOf, storeAtom, vectorItem } from '../values/items.ts';
import { longAtom, numberAtom, symbol, symbolIds } from '../values/make.ts';
import { internSymbol } from '../values/symbol-pool.ts';
import { dateFromDays, daysOfMonth, daysOfTimestamp, monthOfDays } from '../values/temporal.ts';
import { decodeText } from '../values/text.ts';
import {
  INFINITE_INT,
  INFINITE_LONG,
  isFloatType,
  isLongType,
  MS_PER_DAY,
  NS_PER_DAY,
  NULL_INT,
  NULL_LONG,
  newData,
  nullAtom,
  nullNumber,
  typeByName,
  vectorOf,
} from '../values/types.ts';
import type { Atom, NumberType, TypeNumber, Value, Vector } from '../values/value.ts';
import { QError } from '../values/value.ts';
import { enumerate } from './enumerations.ts';
import { matrixProduct } from './matrix.ts';
import { pad } from './pad.ts';
import { define } from './registry.ts';
import { parseText } from './tok.ts';

/** x$y */
function dollar(x: Value, y: Value, interpreter: Interpreter): Value {
  if (
    x.kind === 'atom' &&
    x.type === 11 &&
    x.value !== '' &&
    typeByFullName(x.value) === 0 &&
    !isTemporalPart(x.value)
  ) {
    if (interpreter.findVariable(x.value, '') !== undefined) return enumerate(x.value, y, interpreter);
  }
  if (x.kind === 'atom' && (x.type === 7 || x.type === 6) && isText(y)) return pad(Number(x.value), y);
  if (x.kind === 'vector' && isFloatType(x.type) && isListLike(y)) return matrixProduct(x, y);
  if (
    x.kind === 'list' &&
    isListLike(y) &&
    x.items.every(item => item.kind === 'vector' && isFloatType(item.type))
  ) {
    return matrixProduct(x, y);
  }
  return cast(x, y);
}

function isText(y: Value): boolean {
  if (y.kind === 'atom' || y.kind === 'vector') return y.type === 10;
  if (y.kind === 'dictionary') return isText(y.values);
  if (y.kind === 'table') return y.columns.every(isText);
  return y.kind === 'list' && y.items.length > 0 && y.items.every(isText);
}

/** Symbols name a type in full; a letter as a symbol is a domain. */
function typeByFullName(name: string): number {
  return name.length === 1 ? 0 : typeByName(name);
}

const TEMPORAL_PARTS: Record<string, true> = {
  year: true,
  mm: true,
  dd: true,
  hh: true,
  uu: true,
  ss: true,
  week: true,
  date: true,
};

function isTemporalPart(name: string): boolean {
  return name in TEMPORAL_PARTS;
}

/** Casts by a type letter, name or number; a capital letter reads text. */
export function cast(x: Value, y: Value): Value {
  if (x.kind === 'vector' && (x.type === 10 || x.type === 11 || x.type === 5))
    return castPairs(itemsOf(x), y);
  if (x.kind === 'list') return castPairs(x.items, y);
  if (x.kind !== 'atom') throw new QError('type');
  const target = castTarget(x);
  return typeof target === 'string'
    ? castPart(target, y)
    : target.tok
      ? tok(target.type, y)
      : castAll(target.type, y);
}

function castPairs(kinds: readonly Value[], y: Value): Value {
  if (y.kind === 'dictionary') return { ...y, values: castPairs(kinds, y.values) };
  if (!isListLike(y)) return collect(kinds.map(kind => cast(kind, y)));
  const items = itemsOf(y);
  if (items.length !== kinds.length) throw new QError('length');
  return collect(kinds.map((kind, i) => cast(kind, items[i]!)));
}

/** The type that an atom names, or the name of a part of a temporal value. */
function castTarget(x: Atom): { type: number; tok: boolean } | string {
  if (x.type === 5 || x.type === 6 || x.type === 7) {
    const type = Number(x.value);
    // Type numbers end with time, and 3 is none.
    if (Math.abs(type) > 19 || Math.abs(type) === 3) throw new QError('type');
    return { type: Math.abs(type), tok: type < 0 };
  }
  const name = x.type === 10 ? String.fromCharCode(x.value) : x.type === 11 ? x.value : undefined;
  if (name === undefined) throw new QError('type');
  if (name === '' && x.type === 11) return { type: 11, tok: false };
  if (isTemporalPart(name) && name !== 'date') return name;
  if (name === '*') return { type: 0, tok: false };
  const type = x.type === 11 ? typeByFullName(name) : typeByName(name);
  if (type === 0 && name !== ' ') throw new QError('type');
  return { type, tok: name.length === 1 && name !== name.toLowerCase() };
}

function castAll(type: number, y: Value): Value {
  switch (y.kind) {
    case 'atom':
      return type === 0 ? y : castAtom(type as TypeNumber, castable(type, y) as Atom);
    case 'vector':
      return type === 0 ? y : castVector(type as TypeNumber, castable(type, y) as Vector);
    case 'list':
      if (y.items.length === 0)
        return type === 0 ? y : vectorOf(type as TypeNumber, newData(type as TypeNumber, 0));
      if (type === 11 && y.items.every(item => item.kind === 'vector' && item.type === 10)) {
        return symbolIds(
          Int32Array.from(y.items, item =>
            internSymbol(decodeText((item as Vector & { type: 10 }).data).trim()),
          ),
        );
      }
      return collect(y.items.map(item => castAll(type, item)));
    case 'dictionary':
      return { ...y, values: castAll(type, y.values) };
    case 'table':
      return { ...y, columns: y.columns.map(column => castAll(type, column)) };
    default:
      throw new QError('type');
  }
}

/** An enumeration is its symbols as a symbol, its positions as a number. */
function castable(type: number, y: Atom | Vector): Value {
  if (y.type !== 20 || type === 11 || type === 20) return withoutEnum(y);
  return y.kind === 'atom'
    ? numberAtom(6, y.value)
    : { kind: 'vector', type: 6, data: y.data, attribute: '' };
}

/** Every item of a vector to another type. */
export function castVector(type: TypeNumber, y: Vector): Value {
  if (y.type === type) return { ...y, attribute: '' };
  if (type === 11) {
    if (y.type === 10) return symbol(decodeText(y.data).trim());
    throw new QError('type');
  }
  if (y.type === 11) throw new QError('type');
  const data = newData(type, y.data.length);
  for (let i = 0; i < y.data.length; i++) storeAtom(data, i, castAtom(type, vectorItem(y, i)));
  return vectorOf(type, data);
}

/** One value to another type; nulls and infinities stay what they are. */
export function castAtom(type: TypeNumber, y: Atom): Atom {
  if (y.type === type) return y;
  if (type === 11) {
    if (y.type === 10) return symbol(String.fromCharCode(y.value));
    throw new QError('type');
  }
  if (y.type === 11 || y.type === 2 || type === 2 || y.type === 20 || type === 20) throw new QError('type');
  if (type === 1) return numberAtom(1, booleanOf(y));
  if (y.type >= 12 && type >= 12) return castTemporal(type, y);
  if (isLongType(type)) return longAtom(type, longOf(y));
  const value = numberOf(y);
  if (isFloatType(type)) return numberAtom(type as NumberType, type === 8 ? Math.fround(value) : value);
  return numberAtom(type as NumberType, integerAs(type as NumberType, y, value));
}

function booleanOf(y: Atom): number {
  return Number(y.value) === 0 ? 0 : 1;
}

function integerAs(type: NumberType, y: Atom, value: number): number {
  if (Number.isNaN(value)) return type === 10 ? 32 : nullNumber(type);
  if (type === 4 || type === 10) {
    // A long above int's infinity is the greatest byte.
    const byte = isLongType(y.type)
      ? (y.value as bigint) > BigInt(INFINITE_INT)
        ? 255
        : Number(BigInt.asUintN(8, y.value as bigint))
      : Math.floor(value + (isFloatType(y.type) ? 0.5 : 0)) & 255;
    return byte;
  }
  if (isFloatType(y.type)) {
    const limit = type === 5 ? 32767 : INFINITE_INT;
    const rounded = Math.floor(value + 0.5);
    return rounded > limit ? limit : Math.max(rounded, -limit);
  }
  if (y.type === 7 && Math.abs(value) === 2 ** 63)
    return Math.sign(value) * (type === 5 ? 32767 : INFINITE_INT);
  if (type === 5)
    return y.type === 6 && Math.abs(value) === INFINITE_INT ? Math.sign(value) * 32767 : (value << 16) >> 16;
  return isLongType(y.type) ? Number(BigInt.asIntN(32, y.value as bigint)) : value | 0;
}

const DAY_TYPES = new Set([12, 13, 14, 15]);

/** Among temporal types: dates to timestamps and back, clock times by truncation. */
function castTemporal(type: TypeNumber, y: Atom): Atom {
  if (isNull(y)) return nullAtom(type);
  // The infinities of a timestamp are nanoseconds like others to a coarser type.
  if (isInfinite(y) && y.type !== 12) return infiniteAtom(type, y);
  const target = type as NumberType;
  if (DAY_TYPES.has(y.type) && DAY_TYPES.has(type)) {
    const ns = timestampNs(y);
    switch (type) {
      case 12:
        return longAtom(12, saturated(ns));
      case 13:
        return numberAtom(13, monthOfDays(daysOfTimestamp(ns)));
      case 14:
        return numberAtom(14, daysOfTimestamp(ns));
      default:
        return numberAtom(15, y.type === 12 ? Number(ns / 1_000_000n) / MS_PER_DAY : Number(ns / NS_PER_DAY));
    }
  }
  if (DAY_TYPES.has(type)) {
    const ns = clockNs(y);
    if (type === 12) return longAtom(12, ns);
    return type === 15
      ? numberAtom(15, Number(ns) / Number(NS_PER_DAY))
      : numberAtom(target, Number(floorDivide(ns, NS_PER_DAY)));
  }
  const ns = DAY_TYPES.has(y.type) ? timeOfDay(timestampNs(y)) : clockNs(y);
  if (type === 16) return longAtom(16, ns);
  return numberAtom(target, Number(floorDivide(ns, CLOCK_NS[type]!)));
}

const CLOCK_NS: Record<number, bigint> = { 16: 1n, 17: 60_000_000_000n, 18: 1_000_000_000n, 19: 1_000_000n };

export function floorDivide(x: bigint, y: bigint): bigint {
  const quotient = x / y;
  return x % y !== 0n && x < 0n !== y < 0n ? quotient - 1n : quotient;
}

/** Points in time that a timestamp cannot say are its infinities. */
function saturated(ns: bigint): bigint {
  if (ns > INFINITE_LONG) return INFINITE_LONG;
  return ns < -INFINITE_LONG ? -INFINITE_LONG : ns;
}

function timeOfDay(ns: bigint): bigint {
  return ns - floorDivide(ns, NS_PER_DAY) * NS_PER_DAY;
}

function timestampNs(y: Atom): bigint {
  switch (y.type) {
    case 12:
      return y.value;
    case 13:
      return BigInt(daysOfMonth(y.value)) * NS_PER_DAY;
    case 14:
      return BigInt(y.value) * NS_PER_DAY;
    default:
      return BigInt(Math.round((y.value as number) * MS_PER_DAY)) * 1_000_000n;
  }
}

function clockNs(y: Atom): bigint {
  return BigInt(y.value as number | bigint) * CLOCK_NS[y.type]!;
}

export function isNull(y: Atom): boolean {
  const { value } = y;
  if (typeof value === 'bigint') return value === NULL_LONG;
  if (typeof value === 'number')
    return y.type === 20
      ? value < 0
      : Number.isNaN(value) || (y.type !== 1 && y.type !== 4 && value === nullNumber(y.type as NumberType));
  return typeof value === 'string' ? value === '' : value.every(byte => byte === 0);
}

function isInfinite(y: Atom): boolean {
  if (typeof y.value === 'bigint') return y.value === 0x7fffffffffffffffn || y.value === -0x7fffffffffffffffn;
  return (
    Math.abs(y.value as number) === INFINITE_INT || Math.abs(y.value as number) === Number.POSITIVE_INFINITY
  );
}

function infiniteAtom(type: TypeNumber, y: Atom): Atom {
  const sign = Number(y.value as number | bigint) > 0 ? 1 : -1;
  if (isLongType(type)) return longAtom(type, BigInt(sign) * 0x7fffffffffffffffn);
  return numberAtom(type as NumberType, sign * (type === 15 ? Number.POSITIVE_INFINITY : INFINITE_INT));
}

/** The types that have each part; of a clock type `mm` is the minutes. */
const PARTS_OF: Readonly<Record<string, readonly number[]>> = {
  year: [12, 13, 14, 15],
  mm: [12, 13, 14, 15, 16, 17, 18, 19],
  week: [12, 14, 15],
  dd: [12, 14, 15],
  hh: [12, 15, 16, 17, 18, 19],
  uu: [12, 15, 16, 17, 18, 19],
  ss: [12, 15, 16, 17, 18, 19],
};

/** `year$ `mm$ `dd$ `hh$ `uu$ `ss$ `week$ */
function castPart(part: string, y: Value): Value {
  if (y.kind === 'list') return collect(y.items.map(item => castPart(part, item)));
  if (y.kind === 'dictionary') return { ...y, values: castPart(part, y.values) };
  if (y.kind === 'vector') return collect(itemsOf(y).map(item => castPart(part, item)));
  if (y.kind !== 'atom' || PARTS_OF[part]?.includes(y.type) !== true) throw new QError('type');
  if (part === 'week') {
    const date = castAtom(14, y);
    const days = date.value as number;
    return days === NULL_INT ? date : numberAtom(14, days - ((((days - 2) % 7) + 7) % 7));
  }
  if (isNull(y)) return numberAtom(6, NULL_INT);
  if (part === 'year' || part === 'mm' || part === 'dd') {
    if (part === 'mm' && y.type >= 16) return clockPart(y, 'uu');
    const { year, month, day } = dateFromDays(castAtom(14, y).value as number);
    return numberAtom(6, part === 'year' ? year : part === 'mm' ? month : day);
  }
  return clockPart(y, part);
}

function clockPart(y: Atom, part: string): Atom {
  const seconds = Number(castAtom(18, y).value);
  if (part === 'hh') return numberAtom(6, Math.floor(seconds / 3600));
  if (part === 'uu') return numberAtom(6, Math.floor(seconds / 60) % 60);
  return numberAtom(6, seconds % 60);
}

/** Text to a type, item by item for lists of strings. */
function tok(type: number, y: Value): Value {
  if (y.kind === 'list') {
    if (y.items.length === 0)
      return type === 0 ? y : vectorOf(type as TypeNumber, newData(type as TypeNumber, 0));
    return collect(y.items.map(item => tok(type, item)));
  }
  if (y.kind === 'dictionary') return { ...y, values: tok(type, y.values) };
  if (y.kind === 'atom' && y.type === 10)
    return type === 0 ? y : parseText(type as TypeNumber, String.fromCharCode(y.value));
  if (y.kind === 'vector' && y.type === 10)
    return type === 0 ? y : parseText(type as TypeNumber, decodeText(y.data));
  if (y.kind === 'atom' && y.type === 11) return parseText(type as TypeNumber, y.value);
  if (y.kind === 'vector' && y.type === 11) return collect(itemsOf(y).map(item => tok(type, item)));
  throw new QError('type');
}

define('$', {
  binary: dollar,
  variadic: () => {
    throw new QError('rank');
  },
});
