import {
  INFINITY_INT16,
  INFINITY_INT32,
  INFINITY_INT64,
  NULL_GUID,
  NULL_INT16,
  NULL_INT32,
  NULL_INT64,
  type QAtom,
} from '../../kdb/ipc/values.ts';
import {
  dateText,
  datetimeText,
  minuteText,
  monthText,
  type Style,
  secondText,
  timespanText,
  timestampText,
  timeText,
} from './temporal.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** An atom as a cell of a table or of CSV. Nulls are blank, infinities as q writes them. */
export function atomText(atom: QAtom, style: Style): string {
  if (isNull(atom)) return '';
  const infinity = infinityText(atom);
  if (infinity !== undefined) return infinity;
  switch (atom.type) {
    case 'boolean':
      return atom.value ? '1' : '0';
    case 'guid':
    case 'symbol':
      return atom.value;
    case 'byte':
      return `0x${atom.value.toString(16).padStart(2, '0')}`;
    case 'char':
      return Buffer.of(atom.value).toString('latin1');
    case 'real':
      return shortestReal(atom.value);
    case 'timestamp':
      return timestampText(atom.value, style);
    case 'timespan':
      return timespanText(atom.value, style);
    case 'month':
      return monthText(atom.value, style);
    case 'date':
      return dateText(atom.value, style);
    case 'datetime':
      return datetimeText(atom.value, style);
    case 'minute':
      return minuteText(atom.value);
    case 'second':
      return secondText(atom.value);
    case 'time':
      return timeText(atom.value);
    default:
      return String(atom.value);
  }
}

/**
 * An atom as JSON: nulls are null (the null symbol is ""), numbers are numbers, but longs beyond 2^53 and infinities
 * are strings, for a number would not keep them; times are ISO 8601 strings with nanoseconds.
 */
export function atomJson(atom: QAtom): Json {
  if (atom.type === 'symbol') return atom.value;
  if (isNull(atom)) return atom.type === 'char' ? ' ' : null;
  if (infinityText(atom) !== undefined) return atomText(atom, 'iso');
  switch (atom.type) {
    case 'boolean':
    case 'byte':
    case 'short':
    case 'int':
    case 'float':
      return atom.value;
    case 'real':
      return Number(shortestReal(atom.value));
    case 'long':
      return Number.isSafeInteger(Number(atom.value)) ? Number(atom.value) : String(atom.value);
    default:
      return atomText(atom, 'iso');
  }
}

/** Numbers stand at the right of a column. */
export function isNumeric(type: QAtom['type']): boolean {
  return ['byte', 'short', 'int', 'long', 'real', 'float'].includes(type);
}

function isNull(atom: QAtom): boolean {
  switch (atom.type) {
    case 'boolean':
    case 'byte':
      return false;
    case 'guid':
      return atom.value === NULL_GUID;
    case 'symbol':
      return atom.value === '';
    case 'char':
      return atom.value === 0x20;
    case 'short':
      return atom.value === NULL_INT16;
    case 'real':
    case 'float':
    case 'datetime':
      return Number.isNaN(atom.value);
    case 'long':
    case 'timestamp':
    case 'timespan':
      return atom.value === NULL_INT64;
    default:
      return atom.value === NULL_INT32;
  }
}

function infinityText(atom: QAtom): string | undefined {
  switch (atom.type) {
    case 'boolean':
    case 'byte':
    case 'guid':
    case 'symbol':
    case 'char':
      return undefined;
    case 'real':
    case 'float':
    case 'datetime':
      return Number.isFinite(atom.value) ? undefined : atom.value > 0 ? '0w' : '-0w';
    case 'long':
    case 'timestamp':
    case 'timespan':
      return infiniteInteger(atom.value, INFINITY_INT64);
    case 'short':
      return infiniteInteger(atom.value, INFINITY_INT16);
    default:
      return infiniteInteger(atom.value, INFINITY_INT32);
  }
}

function infiniteInteger<Integer extends number | bigint>(
  value: Integer,
  infinity: Integer,
): string | undefined {
  if (value === infinity) return '0W';
  return value === -infinity ? '-0W' : undefined;
}

/** The fewest digits that give the same single-precision number. */
function shortestReal(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = String(Number(value.toPrecision(digits)));
    if (Math.fround(Number(text)) === value) return text;
  }
  return String(Number(value.toPrecision(9)));
}
