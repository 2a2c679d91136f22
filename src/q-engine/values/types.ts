/** kdb+'s types: their letters, names, nulls and infinities, and the array that holds each. */
import type { Atom, LongType, NumberType, TypeNumber, Vector } from './value.ts';

/** The letter of each type number, a space where there is none. */
export const TYPE_LETTERS = ' bg xhijefcspmdznuvt';
const TYPE_NAMES = [
  '',
  'boolean',
  'guid',
  '',
  'byte',
  'short',
  'int',
  'long',
  'real',
  'float',
  'char',
  'symbol',
  'timestamp',
  'month',
  'date',
  'datetime',
  'timespan',
  'minute',
  'second',
  'time',
] as const;

export const NULL_INT = -2147483648;
export const INFINITE_INT = 2147483647;
export const NULL_SHORT = -32768;
export const INFINITE_SHORT = 32767;
export const NULL_LONG = -0x8000000000000000n;
export const INFINITE_LONG = 0x7fffffffffffffffn;

/** Nanoseconds, the unit of p and n. */
export const NS_PER_MS = 1_000_000n;
export const NS_PER_SECOND = 1_000_000_000n;
export const NS_PER_MINUTE = 60_000_000_000n;
export const NS_PER_DAY = 86_400_000_000_000n;
export const MS_PER_DAY = 86_400_000;

export type AnyData = Uint8Array | Int16Array | Int32Array | BigInt64Array | Float32Array | Float64Array;

/** The letter of a type, such as `j`. */
export function typeLetter(type: number): string {
  return TYPE_LETTERS[type] ?? ' ';
}

/** The name of a type as `key` of a vector gives it, such as `long`. */
export function typeName(type: number): string {
  return TYPE_NAMES[type] ?? '';
}

/** The type of a letter (either case) or a name; 0 for what is neither. */
export function typeByName(name: string): number {
  if (name.length === 1) return name === ' ' ? 0 : Math.max(0, TYPE_LETTERS.indexOf(name.toLowerCase()));
  return Math.max(0, TYPE_NAMES.indexOf(name as (typeof TYPE_NAMES)[number]));
}

export function isLongType(type: number): type is LongType {
  return type === 7 || type === 12 || type === 16;
}

export function isTemporal(type: number): boolean {
  return type >= 12 && type <= 19;
}

/** Types stored as Int32Array of plain integers. */
export function isIntType(type: number): boolean {
  return type === 6 || type === 13 || type === 14 || (type >= 17 && type <= 19);
}

export function isFloatType(type: number): boolean {
  return type === 8 || type === 9 || type === 15;
}

/** The null of a number type; bytes and booleans have none and give 0, chars give a space. */
export function nullNumber(type: NumberType): number {
  switch (type) {
    case 1:
    case 4:
      return 0;
    case 10:
      return 32;
    case 5:
      return NULL_SHORT;
    case 8:
    case 9:
    case 15:
      return Number.NaN;
    default:
      return NULL_INT;
  }
}

/** The null atom of a type. */
export function nullAtom(type: TypeNumber, like?: Atom | Vector): Atom {
  switch (type) {
    case 7:
    case 12:
    case 16:
      return { kind: 'atom', type, value: NULL_LONG };
    case 11:
      return { kind: 'atom', type, value: '' };
    case 2:
      return { kind: 'atom', type, value: new Uint8Array(16) };
    case 20: {
      if (like?.type !== 20) throw new TypeError('an enumeration needs its domain');
      return { kind: 'atom', type, value: -1, domain: like.domain };
    }
    default:
      return { kind: 'atom', type, value: nullNumber(type) };
  }
}

/** The positive infinity of a numeric or temporal type, as a number (long types: see INFINITE_LONG). */
export function infiniteNumber(type: NumberType): number {
  switch (type) {
    case 1:
      return 1;
    case 4:
    case 10:
      return 255;
    case 5:
      return INFINITE_SHORT;
    case 8:
    case 9:
    case 15:
      return Number.POSITIVE_INFINITY;
    default:
      return INFINITE_INT;
  }
}

/** A zeroed array of the kind that holds `count` items of a type. */
export function newData(type: TypeNumber, count: number): AnyData {
  switch (type) {
    case 1:
    case 4:
    case 10:
      return new Uint8Array(count);
    case 2:
      return new Uint8Array(count * 16);
    case 5:
      return new Int16Array(count);
    case 7:
    case 12:
    case 16:
      return new BigInt64Array(count);
    case 8:
      return new Float32Array(count);
    case 9:
    case 15:
      return new Float64Array(count);
    default:
      return new Int32Array(count);
  }
}

/** A vector over an array that {@link newData} made for the type. `like` gives the domain of an enumeration. */
export function vectorOf(type: TypeNumber, data: AnyData, like?: Atom | Vector): Vector {
  if (type !== 20) return { kind: 'vector', type, data, attribute: '' } as Vector;
  if (like?.type !== 20) throw new TypeError('an enumeration needs its domain');
  return { kind: 'vector', type, data: data as Int32Array, attribute: '', domain: like.domain };
}
