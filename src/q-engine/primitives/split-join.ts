/** vs and sv: text, symbols and numbers to parts and back. */

import { longOf, simple, toLongs } from '../values/convert.ts';
import { itemBytes } from '../values/item-bytes.ts';
import { collect, isListLike, itemsOf } from '../values/items.ts';
import { byteVector, list, long, longs, string, symbol, symbols, textOf } from '../values/make.ts';
import { isLongType, newData } from '../values/types.ts';
import type { Atom, Value, Vector } from '../values/value.ts';
import { QError } from '../values/value.ts';
import { floorDivide } from './cast.ts';
import { flip } from './lists.ts';
import { raze } from './raze.ts';
import { define } from './registry.ts';

/** x vs y */
function split(x: Value, y: Value): Value {
  if (isText(x)) return splitText(textArgument(x), asText(y));
  if (x.kind === 'atom' && x.type === 11 && x.value === '') return splitSymbol(asText(y));
  if (x.kind === 'atom' && x.type === 1) return bits(y);
  if (x.kind === 'atom' && x.type === 4 && x.value === 0) return bytesOf(y);
  if (x.kind === 'atom' && x.type === 4 && isWhole(y)) return byteDigits(x.value, y);
  if ((x.kind === 'atom' || x.kind === 'vector') && x.type === 4) return splitBytes(x, y);
  return digits(x, y);
}

function isText(x: Value): boolean {
  return (x.kind === 'atom' || x.kind === 'vector') && x.type === 10;
}

/** Bytes where text is split count as its characters. */
function asText(y: Value): Value {
  return y.kind === 'vector' && y.type === 4 ? byteVector(10, y.data) : y;
}

function isWhole(y: Value): y is Atom {
  return y.kind === 'atom' && y.type >= 5 && y.type <= 7;
}

/** All digits of a long in a base up to 255, each as a byte, as many as 64 bits hold of them whole. */
function byteDigits(base: number, y: Atom): Value {
  if (base < 2) throw new QError('domain');
  const digitsInLong = Math.floor(64 / Math.log2(base));
  return byteVector(4, Uint8Array.from(digitsOf(longOf(y), BigInt(base), digitsInLong), Number));
}

function textArgument(x: Value): string {
  if (x.kind === 'vector' && x.type === 10) return textOf(x);
  if (x.kind === 'atom' && x.type === 10) return String.fromCharCode(x.value);
  throw new QError('type');
}

function splitText(separator: string, y: Value): Value {
  if (y.kind === 'list') return list(y.items.map(item => splitText(separator, item)));
  if (separator === '') throw new QError('length');
  return list(textArgument(y).split(separator).map(string));
}

/** Bytes as text in which each is one character, to reuse the splitting of text. */
function byteText(x: Value): string {
  if (x.kind === 'atom' && x.type === 4) return String.fromCharCode(x.value);
  if (x.kind !== 'vector' || x.type !== 4) throw new QError('type');
  return Array.from(x.data, byte => String.fromCharCode(byte)).join('');
}

function fromByteText(text: string): Value {
  return byteVector(
    4,
    Uint8Array.from(text, character => character.charCodeAt(0)),
  );
}

function splitBytes(x: Value, y: Value): Value {
  return list(byteText(y).split(byteText(x)).map(fromByteText));
}

function uniteBytes(x: Value, y: Value): Value {
  return fromByteText(itemsOf(y).map(byteText).join(byteText(x)));
}

/** A path to directory and file, a name at its dots, text at its line ends. */
function splitSymbol(y: Value): Value {
  if (isText(y)) {
    const lines = textArgument(y)
      .replace(/\r?\n$/, '')
      .split(/\r?\n/);
    return list(lines.map(string));
  }
  if (y.kind === 'vector' && y.type === 11) return list(itemsOf(y).map(splitSymbol));
  if (y.kind !== 'atom' || y.type !== 11) throw new QError('type');
  if (!y.value.startsWith(':')) return symbols(y.value.split('.'));
  const slash = y.value.lastIndexOf('/');
  if (slash < 0) return symbols([':', y.value.slice(1)]);
  return symbols([y.value.slice(0, slash), y.value.slice(slash + 1)]);
}

/** The bytes of a number, the most significant first. */
function bigEndian(y: Value): Uint8Array {
  if (y.kind !== 'atom') throw new QError('type');
  if (y.type === 2) return y.value;
  const width = itemBytes(y.type);
  if (width === undefined) throw new QError('type');
  const data = newData(y.type, 1) as Float64Array;
  data[0] = y.value as number;
  return new Uint8Array(data.buffer.slice(0, width)).reverse();
}

function bytesOf(y: Value): Value {
  if (y.kind === 'vector') return list(itemsOf(y).map(bytesOf));
  return byteVector(4, bigEndian(y).slice());
}

function bits(y: Value): Value {
  if (y.kind === 'vector') return list(itemsOf(y).map(bits));
  const out = [...bigEndian(y)].flatMap(byte => Array.from({ length: 8 }, (_, i) => (byte >> (7 - i)) & 1));
  return byteVector(1, Uint8Array.from(out));
}

/** Digits to a base; of a list of numbers, one row for each digit. A list of bases is a mixed one. */
function digits(x: Value, y: Value): Value {
  if (isListLike(x)) return mixedDigits(toLongs(simple(x)), y);
  if (x.kind !== 'atom') throw new QError('type');
  if (y.kind === 'list') return nestedDigits(x, y.items);
  const base = longOf(x);
  if (base < 2n) throw new QError('domain');
  const numbers = Array.from(toLongs(simple(y)), value => value);
  const width = Math.max(1, ...numbers.map(value => countDigits(value, base)));
  const rows = numbers.map(value => digitsOf(value, base, width));
  if (y.kind === 'atom') return longs(BigInt64Array.from(rows[0]!));
  return flip(list(rows.map(row => longs(BigInt64Array.from(row)))));
}

/** Of numbers in lists the digits' places come first, as of a plain list. */
function nestedDigits(base: Value, items: readonly Value[]): Value {
  const parts = items.map(item => itemsOf(digits(base, item)));
  const width = Math.max(...parts.map(part => part.length));
  const zero = (item: Value) => (isListLike(item) ? longs(new BigInt64Array(itemsOf(item).length)) : long(0));
  const padded = parts.map((part, i) => [
    ...Array.from({ length: width - part.length }, () => zero(items[i]!)),
    ...part,
  ]);
  return collect(Array.from({ length: width }, (_, place) => collect(padded.map(part => part[place]!))));
}

function countDigits(value: bigint, base: bigint): number {
  let count = 0;
  for (let left = value; left > 0n; left /= base) count += 1;
  return count;
}

function digitsOf(value: bigint, base: bigint, width: number): bigint[] {
  const out: bigint[] = [];
  let left = value;
  for (let i = 0; i < width; i++) {
    out.unshift(left - base * floorDivide(left, base));
    left = floorDivide(left, base);
  }
  return out;
}

function mixedDigits(bases: BigInt64Array, y: Value): Value {
  const rows = Array.from(toLongs(simple(y)), value => {
    const out: bigint[] = [];
    let left = value;
    for (let i = bases.length - 1; i >= 0; i--) {
      const base = bases[i]!;
      // A leading zero takes all that is left.
      if (base === 0n) {
        out.unshift(left);
        left = 0n;
      } else {
        out.unshift(left - base * floorDivide(left, base));
        left = floorDivide(left, base);
      }
    }
    return longs(BigInt64Array.from(out));
  });
  return y.kind === 'atom' ? rows[0]! : flip(list(rows));
}

/** x sv y */
function unite(x: Value, y: Value): Value {
  if (isText(x)) return uniteText(textArgument(x), y);
  if (x.kind === 'atom' && x.type === 11 && x.value === '') return uniteSymbols(y);
  if (x.kind === 'atom' && x.type === 1) return fromBits(y);
  if (x.kind === 'atom' && x.type === 4 && x.value === 0) return fromBytes(y);
  if ((x.kind === 'atom' || x.kind === 'vector') && x.type === 4) return uniteBytes(x, y);
  if (y.kind === 'list') {
    if (y.items.every(item => item.kind === 'atom')) return unite(x, collect(y.items));
    const rows = itemsOf(flip(y));
    return collect(rows.map(row => unite(x, row)));
  }
  return fromDigits(x, y);
}

function uniteText(separator: string, y: Value): Value {
  const parts =
    isListLike(y) && y.kind === 'list'
      ? itemsOf(y).map(textArgument)
      : isText(y)
        ? [...textArgument(y)]
        : fail();
  return string(parts.join(separator));
}

function fail(): never {
  throw new QError('type');
}

/** Names with dots between, a path from its parts, lines of text each with its end. */
function uniteSymbols(y: Value): Value {
  if (y.kind === 'list') return raze(list(y.items.map(item => string(`${textArgument(item)}\n`))));
  if (y.kind !== 'vector' || y.type !== 11) throw new QError('type');
  const names = itemsOf(y).map(item => (item as { value: string }).value);
  const [first = ''] = names;
  return symbol(first.startsWith(':') ? names.join('/') : names.join('.'));
}

function fromBits(y: Value): Value {
  if (y.kind === 'list') return collect(y.items.map(fromBits));
  if (y.kind !== 'vector' || y.type !== 1) throw new QError('type');
  const count = y.data.length;
  if (![8, 16, 32, 64, 128].includes(count)) throw new QError('length');
  const bytes = Uint8Array.from({ length: count / 8 }, (_, i) =>
    y.data.slice(i * 8, i * 8 + 8).reduce((all, bit) => all * 2 + bit, 0),
  );
  return fromBigEndian(bytes);
}

function fromBytes(y: Value): Value {
  if (y.kind === 'list') return collect(y.items.map(fromBytes));
  if (y.kind !== 'vector' || y.type !== 4) throw new QError('type');
  return fromBigEndian(y.data);
}

const TYPE_OF_WIDTH: Record<number, 4 | 5 | 6 | 7 | 2> = { 1: 4, 2: 5, 4: 6, 8: 7, 16: 2 };

function fromBigEndian(bytes: Uint8Array): Atom {
  const type = TYPE_OF_WIDTH[bytes.length];
  if (type === undefined) throw new QError('length');
  if (type === 2) return { kind: 'atom', type, value: bytes.slice() };
  const data = newData(type, 1);
  new Uint8Array(data.buffer).set(Uint8Array.from(bytes).reverse());
  return { kind: 'atom', type, value: data[0]! } as Atom;
}

/** Horner's rule in a base, or in bases of which each is that of its digit. */
function fromDigits(x: Value, y: Value): Value {
  const values = toLongs(simple(y));
  const bases = isListLike(x)
    ? toLongs(simple(x))
    : new BigInt64Array(values.length).fill(longOf(simple(x) as Atom));
  if (bases.length !== values.length) throw new QError('length');
  const isFloat = (value: Value) =>
    (value.kind === 'atom' || value.kind === 'vector') && (value.type === 9 || value.type === 8);
  if (isFloat(x) || isFloat(y)) return { kind: 'atom', type: 9, value: floatDigits(x, y) };
  let total = 0n;
  for (let i = 0; i < values.length; i++)
    total = BigInt.asIntN(64, total * (i === 0 ? 0n : bases[i]!) + values[i]!);
  const type = isLongType(simple(y).type) ? ((y as Vector).type as 7) : 7;
  return { kind: 'atom', type, value: total };
}

function floatDigits(x: Value, y: Value): number {
  const digitsIn = itemsOf(y).map(item => Number((item as { value: number | bigint }).value));
  const base = Number((x as { value: number | bigint }).value);
  return digitsIn.reduce((total, digit) => total * base + digit, 0);
}

define('vs', { binary: split }, { type: 102 });
define('sv', { binary: unite }, { type: 102 });
