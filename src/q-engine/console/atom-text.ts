import { enumValues, isLink } from '../values/enums.ts';
import { vectorItem } from '../values/items.ts';
import { symbolName } from '../values/symbol-pool.ts';
import { NULL_INT, NULL_LONG, NULL_SHORT } from '../values/types.ts';
import type { Atom, EnumAtom, Vector } from '../values/value.ts';
import { floatText, intText, longText, readsAsFloat } from './numbers.ts';
import { datetimeText, intTemporalText, longTemporalText } from './temporal-text.ts';

/** What follows the last item of a vector, and an atom, to tell its type. */
const SUFFIXES: Readonly<Record<number, string>> = { 1: 'b', 5: 'h', 6: 'i', 8: 'e', 13: 'm' };

/** A simple value as text: without quotes, backticks and suffixes, and nothing for a null. What `string` gives. */
export function plainText(atom: Atom, precision: number): string {
  switch (atom.type) {
    case 2:
      return isNullGuid(atom.value) ? '' : guidText(atom.value);
    case 5:
      return atom.value === NULL_SHORT ? '' : intText(atom.value, 5);
    case 6:
    case 13:
    case 14:
    case 17:
    case 18:
    case 19:
      return atom.value === NULL_INT ? '' : itemText(atom, precision);
    case 7:
    case 12:
    case 16:
      return atom.value === NULL_LONG ? '' : itemText(atom, precision);
    case 8:
    case 9:
    case 15:
      return Number.isNaN(atom.value) ? '' : itemText(atom, precision);
    case 11:
      return atom.value;
    case 20:
      return enumName(atom);
    default:
      return itemText(atom, precision);
  }
}

/** An atom as an expression that gives it. */
export function atomLiteral(atom: Atom, precision: number): string {
  const text = itemText(atom, precision);
  switch (atom.type) {
    case 4:
      return `0x${text}`;
    case 9:
      return readsAsFloat(text) ? text : `${text}f`;
    case 10:
      return `"${escapeBytes(Uint8Array.of(atom.value))}"`;
    case 11:
      return `\`${atom.value}`;
    case 20:
      if (isLink(atom)) return `\`${atom.domain.name}!${enumName(atom)}`;
      return `\`${atom.domain.name}$\`${enumName(atom)}`;
    default:
      return text + (SUFFIXES[atom.type] ?? '');
  }
}

/**
 * A vector as an expression that gives it, without attribute and without the comma of a single item. What is
 * beyond `limit` characters may be left out.
 */
export function itemsLiteral(vector: Vector, precision: number, limit = Number.POSITIVE_INFINITY): string {
  const { type, data } = vector;
  switch (type) {
    case 1:
      return `${joined(vector, '', limit, i => String(data[i]))}b`;
    case 4:
      return `0x${joined(vector, '', limit, i => data[i]!.toString(16).padStart(2, '0'))}`;
    case 10:
      return `"${escapeBytes(data.length > limit ? data.subarray(0, limit) : data)}"`;
    case 11:
      return joined(vector, '', limit, i => `\`${symbolName(data[i]!)}`);
    case 20:
      if (isLink(vector))
        return `\`${vector.domain.name}!${itemsLiteral(enumValues(vector) as Vector, precision, limit)}`;
      return `\`${vector.domain.name}$${joined(vector, '', limit, i => `\`${enumName(vectorItem(vector, i) as EnumAtom)}`)}`;
    default: {
      const text = joined(vector, ' ', limit, i => itemText(vectorItem(vector, i), precision));
      if (type === 9) return readsAsFloat(text) ? text : `${text}f`;
      return text + (SUFFIXES[type] ?? '');
    }
  }
}

/** Item `index` of a vector as it stands between its neighbours: nulls shown, no suffix. */
function itemText(atom: Atom, precision: number): string {
  switch (atom.type) {
    case 1:
      return String(atom.value);
    case 2:
      return guidText(atom.value);
    case 4:
      return atom.value.toString(16).padStart(2, '0');
    case 5:
    case 6:
      return intText(atom.value, atom.type);
    case 7:
      return longText(atom.value);
    case 8:
      return Number.isNaN(atom.value) ? '0N' : floatText(atom.value, precision);
    case 9:
      return floatText(atom.value, precision);
    case 10:
      return String.fromCharCode(atom.value);
    case 11:
      return atom.value;
    case 12:
    case 16:
      return longTemporalText(atom.value, atom.type);
    case 15:
      return datetimeText(atom.value);
    case 20:
      return enumName(atom);
    default:
      return intTemporalText(atom.value, atom.type);
  }
}

function joined(vector: Vector, separator: string, limit: number, item: (index: number) => string): string {
  const count = vector.type === 2 ? vector.data.length / 16 : vector.data.length;
  const parts: string[] = [];
  let length = 0;
  for (let i = 0; i < count && length <= limit; i++) {
    const text = item(i);
    parts.push(text);
    length += text.length + separator.length;
  }
  return parts.join(separator);
}

/** Chars as they stand between quotes. */
export function escapeBytes(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += escapeByte(byte);
  return text;
}

function escapeByte(byte: number): string {
  switch (byte) {
    case 0x22:
      return '\\"';
    case 0x5c:
      return '\\\\';
    case 0x0a:
      return '\\n';
    case 0x0d:
      return '\\r';
    case 0x09:
      return '\\t';
    default:
      return byte < 0x20 || byte > 0x7e
        ? `\\${byte.toString(8).padStart(3, '0')}`
        : String.fromCharCode(byte);
  }
}

function enumName(atom: EnumAtom): string {
  const domain = atom.domain.values();
  if (domain.kind !== 'vector' || domain.type !== 11) return String(atom.value);
  return symbolName(domain.data[atom.value] ?? 0);
}

function guidText(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function isNullGuid(bytes: Uint8Array): boolean {
  return bytes.every(byte => byte === 0);
}
