/** Equality and order of whole values: what `~`, find and sort mean by equal and less. */
import { countOf, itemAt, vectorItem } from './items.ts';
import { spend } from './limits.ts';
import { symbolName } from './symbol-pool.ts';
import type { Atom, Dictionary, Table, Value, Vector } from './value.ts';
import { typeOf } from './value.ts';

/** Two floats closer than this share of the larger one are equal to q. */
const TOLERANCE = 2 ** -43;

/** Up to so many items a loop is as fast as comparing bytes. */
const FEW_ITEMS = 16;

/** q's equality of floats: nulls equal, tolerance relative to the larger one. */
export function floatsEqual(x: number, y: number): boolean {
  if (x === y) return true;
  if (Number.isNaN(x)) return Number.isNaN(y);
  if (!Number.isFinite(x) || !Number.isFinite(y)) return false;
  return Math.abs(x - y) <= TOLERANCE * Math.max(Math.abs(x), Math.abs(y));
}

/** `x~y`: same type, shape and values; attributes do not matter. */
export function matches(x: Value, y: Value): boolean {
  if (x === y) return true;
  if (x.kind !== y.kind) return false;
  spend(1);
  switch (x.kind) {
    case 'atom':
      return atomsMatch(x, y as Atom);
    case 'vector':
      return vectorsMatch(x, y as Vector);
    case 'list': {
      const other = (y as typeof x).items;
      return x.items.length === other.length && x.items.every((item, i) => matches(item, other[i]!));
    }
    case 'dictionary':
      return matches(x.keys, (y as Dictionary).keys) && matches(x.values, (y as Dictionary).values);
    case 'table': {
      const other = y as Table;
      return (
        x.names.length === other.names.length &&
        x.names.every((name, i) => name === other.names[i] && matches(x.columns[i]!, other.columns[i]!))
      );
    }
    case 'view':
      return false;
    case 'lambda':
      return x.source === (y as typeof x).source && x.namespace === (y as typeof x).namespace;
    case 'primitive':
      return x.name === (y as typeof x).name && x.type === (y as typeof x).type;
    case 'projection': {
      const other = y as typeof x;
      return (
        matches(x.target, other.target) &&
        x.args.length === other.args.length &&
        x.args.every((arg, i) => matches(arg, other.args[i]!))
      );
    }
    case 'composition': {
      const other = y as typeof x;
      return (
        x.parts.length === other.parts.length && x.parts.every((part, i) => matches(part, other.parts[i]!))
      );
    }
    case 'derived':
      return x.iterator === (y as typeof x).iterator && matches(x.target, (y as typeof x).target);
    case 'null':
      return x.elided === (y as typeof x).elided;
  }
}

function atomsMatch(x: Atom, y: Atom): boolean {
  if (x.type !== y.type) return false;
  if (x.type === 9 || x.type === 8 || x.type === 15) return floatsEqual(x.value, y.value as number);
  if (x.type === 2) return compareBytes(x.value, (y as typeof x).value) === 0;
  if (x.type === 20) return x.domain.name === (y as typeof x).domain.name && x.value === y.value;
  return x.value === y.value;
}

function vectorsMatch(x: Vector, y: Vector): boolean {
  if (x.type !== y.type || x.data.length !== y.data.length) return false;
  if (x.type === 20 && x.domain.name !== (y as typeof x).domain.name) return false;
  const a = x.data;
  const b = y.data;
  if (x.type === 9 || x.type === 8 || x.type === 15) {
    for (let i = 0; i < a.length; i++) if (!floatsEqual(a[i] as number, b[i] as number)) return false;
    return true;
  }
  if (a.length < FEW_ITEMS) {
    for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
    return true;
  }
  return Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
}

/** Items of integer types match where their bytes do. */
function bytesOf(data: Vector['data']): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function compareBytes(x: Uint8Array, y: Uint8Array): number {
  const length = Math.min(x.length, y.length);
  for (let i = 0; i < length; i++) if (x[i] !== y[i]) return x[i]! - y[i]!;
  return x.length - y.length;
}

/** Order of two numbers with null (NaN) first. */
export function compareFloats(x: number, y: number): number {
  if (x < y) return -1;
  if (x > y) return 1;
  if (x === y) return 0;
  return Number(Number.isNaN(y)) - Number(Number.isNaN(x));
}

export function compareText(x: string, y: string): number {
  return x < y ? -1 : x > y ? 1 : 0;
}

/** The symbol of an enumerated atom. */
export function enumText(atom: Atom & { type: 20 }): string {
  const values = atom.domain.values();
  if (atom.value < 0 || atom.value >= countOf(values)) return '';
  const item = itemAt(values, atom.value);
  return item.kind === 'atom' && item.type === 11 ? item.value : '';
}

/** Order of any two values: by type, then by value, lists item by item. */
export function compareValues(x: Value, y: Value): number {
  if (x.kind === 'atom' && y.kind === 'atom') {
    if (x.type !== y.type) return x.type - y.type;
    if (x.type === 11) return compareText(x.value, y.value as string);
    if (x.type === 20) return compareText(enumText(x), enumText(y as typeof x));
    if (x.type === 2) return compareBytes(x.value, (y as typeof x).value);
    if (x.type === 7 || x.type === 12 || x.type === 16) {
      return x.value < (y.value as bigint) ? -1 : x.value > (y.value as bigint) ? 1 : 0;
    }
    return compareFloats(x.value as number, y.value as number);
  }
  spend(1);
  const isList = (value: Value) => value.kind === 'vector' || value.kind === 'list';
  if (isList(x) && isList(y)) {
    const length = Math.min(countOf(x), countOf(y));
    for (let i = 0; i < length; i++) {
      const order = compareValues(itemAt(x, i), itemAt(y, i));
      if (order !== 0) return order;
    }
    return countOf(x) - countOf(y);
  }
  return typeOf(x) - typeOf(y);
}

/** A text that two values share exactly when they match; for hashing what has no cheaper key. */
export function hashText(value: Value): string {
  spend(countOf(value));
  switch (value.kind) {
    case 'atom':
      if (value.type === 2) return `g${Array.from(value.value).join(' ')}`;
      if (value.type === 20) return `s${enumText(value)}`;
      return `${value.type}:${value.value === 0 ? 0 : value.value}`;
    case 'vector':
      if (value.type === 11) return `[11:${Array.from(value.data, symbolName).join('\u0000')}]`;
      if (value.type === 20) {
        return `[11:${Array.from(value.data, (_, i) => enumText(vectorItem(value, i) as Atom & { type: 20 })).join('\u0000')}]`;
      }
      return `[${value.type}:${value.data.join(' ')}]`;
    case 'list':
      return `(${value.items.map(hashText).join(';')})`;
    case 'dictionary':
      return `${hashText(value.keys)}!${hashText(value.values)}`;
    case 'table':
      return `+${value.names.join(' ')}!${value.columns.map(hashText).join(';')}`;
    case 'lambda':
      return `${value.namespace}${value.source}`;
    case 'view':
      return `V${hashText(value.lambda)}`;
    case 'primitive':
      return `p${value.type}${value.name}`;
    case 'projection':
      return `P${hashText(value.target)}[${value.args.map(hashText).join(';')}]`;
    case 'composition':
      return `C${value.parts.map(hashText).join(';')}`;
    case 'derived':
      return `D${hashText(value.target)}${value.iterator}`;
    case 'null':
      return value.elided ? 'E' : 'N';
  }
}
