import { itemBytes } from '../values/item-bytes.ts';
import { spend } from '../values/limits.ts';
import { internSymbol, symbolName } from '../values/symbol-pool.ts';
import { encodeText } from '../values/text.ts';
import {
  type Atom,
  type Attribute,
  type EnumVector,
  QError,
  type SymbolVector,
  type Value,
  type Vector,
} from '../values/value.ts';
import { ELIDED_CODE, type PrimitiveType, primitiveCode } from './function-codes.ts';
import { HEADER_BYTES, type Message, type MessageKind, writeHeader } from './message.ts';
import { symbolLength, writeSymbol } from './symbol-bytes.ts';

/** The type byte of an answer that is an error. */
export const ERROR_TYPE = -128;

const ATTRIBUTE_CODES = { '': 0, s: 1, u: 2, p: 3, g: 4 } as const;
/** kdb+'s own null float: the sign bit set, unlike JavaScript's NaN. */
const NULL_FLOAT_HIGH = 0xfff80000;
const NULL_REAL = 0xffc00000;

/** A value as a message: header and body. Signals the function's type where kdb+ has no form for it. */
export function encodeMessage(value: Value, kind: MessageKind): Message {
  const message = new Uint8Array(HEADER_BYTES + bodyLength(value));
  writeHeader(message, kind);
  new BodyWriter(message, HEADER_BYTES).value(value);
  return message;
}

/** The answer that says that a request failed; `text` is q's error without the quote. */
export function encodeError(text: string, kind: MessageKind): Message {
  const bytes = encodeText(text);
  const message = new Uint8Array(HEADER_BYTES + bytes.length + 2);
  writeHeader(message, kind);
  message[HEADER_BYTES] = ERROR_TYPE & 0xff;
  message.set(bytes, HEADER_BYTES + 1);
  return message;
}

/** A value without header, as tickerplant logs and files hold it. */
export function encodeBody(value: Value): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(bodyLength(value));
  new BodyWriter(body, 0).value(value);
  return body;
}

/** Bytes of a value's body. */
export function bodyLength(value: Value): number {
  switch (value.kind) {
    case 'atom':
      return 1 + atomLength(value);
    case 'vector':
      return 6 + vectorLength(value);
    case 'list':
      spend(value.items.length);
      return value.items.reduce((bytes, item) => bytes + bodyLength(item), 6);
    case 'dictionary':
      return 1 + bodyLength(value.keys) + bodyLength(value.values);
    case 'table':
      return value.columns.reduce(
        (bytes, column) => bytes + bodyLength(column),
        15 + namesLength(value.names),
      );
    case 'view':
      throw new QError('nyi: views have no serialized form');
    case 'lambda':
      return 1 + namesLength([contextOf(value.namespace)]) + 6 + encodeText(value.source).length;
    case 'primitive':
      return value.type === 100 ? 8 + encodeText(keywordSource(value.name, value.maxRank)).length : 2;
    case 'projection':
      return value.args.reduce((bytes, item) => bytes + bodyLength(item), 5 + bodyLength(value.target));
    case 'composition':
      return value.parts.reduce((bytes, item) => bytes + bodyLength(item), 5);
    case 'derived':
      return 1 + bodyLength(value.target);
    case 'null':
      return 2;
  }
}

/** Symbols of an enumeration: on the wire it goes as what it stands for. */
export function symbolsOfEnum(vector: EnumVector): SymbolVector {
  const domain = vector.domain.values();
  if (domain.kind !== 'vector' || domain.type !== 11) throw new QError('type');
  const ids = Int32Array.from(vector.data, index => domain.data[index] ?? 0);
  return { kind: 'vector', type: 11, data: ids, attribute: vector.attribute };
}

function symbolOfEnum(atom: Atom & { type: 20 }): string {
  const domain = atom.domain.values();
  if (domain.kind !== 'vector' || domain.type !== 11) throw new QError('type');
  return symbolName(domain.data[atom.value] ?? 0);
}

function atomLength(atom: Atom): number {
  if (atom.type === 11) return symbolLength(internSymbol(atom.value)) + 1;
  if (atom.type === 20) return symbolLength(internSymbol(symbolOfEnum(atom))) + 1;
  return itemBytes(atom.type)!;
}

function vectorLength(vector: Vector): number {
  if (vector.type === 20) return vectorLength(symbolsOfEnum(vector));
  if (vector.type !== 11) return vector.data.byteLength;
  let bytes = vector.data.length;
  for (const id of vector.data) bytes += symbolLength(id);
  return bytes;
}

function namesLength(names: readonly string[]): number {
  return names.reduce((bytes, name) => bytes + symbolLength(internSymbol(name)) + 1, 0);
}

/** The namespace as the wire has it: without its leading dot. */
function contextOf(namespace: string): string {
  return namespace.startsWith('.') ? namespace.slice(1) : namespace;
}

/** A keyword that kdb+ itself writes in q goes as a function that calls it. */
function keywordSource(name: string, rank: number): string {
  return rank === 1 ? `{${name} x}` : rank === 2 ? `{x ${name} y}` : `{${name}[x;y;z]}`;
}

/** Writes bodies into a buffer of the right length, made by {@link bodyLength}. */
class BodyWriter {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset: number;

  constructor(bytes: Uint8Array, offset: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#offset = offset;
  }

  value(value: Value): void {
    switch (value.kind) {
      case 'atom':
        this.#atom(value);
        return;
      case 'vector':
        this.#vector(value);
        return;
      case 'list':
        this.#list(value.items, value.attribute);
        return;
      case 'dictionary':
        this.#byte(value.sorted ? 127 : 99);
        this.value(value.keys);
        this.value(value.values);
        return;
      case 'table':
        this.#byte(98);
        this.#byte(value.sorted ? ATTRIBUTE_CODES.s : ATTRIBUTE_CODES['']);
        this.#byte(99);
        this.#start(11, '', value.names.length);
        for (const name of value.names) this.#symbol(internSymbol(name));
        this.#list(value.columns);
        return;
      case 'lambda':
        this.#byte(100);
        this.#symbol(internSymbol(contextOf(value.namespace)));
        this.#text(value.source);
        return;
      case 'primitive':
        this.#primitive(value.type, value.name, value.maxRank);
        return;
      case 'projection':
        this.#function(104, [value.target, ...value.args]);
        return;
      case 'composition':
        this.#function(105, value.parts);
        return;
      case 'derived':
        this.#byte(106 + primitiveCode(103, value.iterator)!);
        this.value(value.target);
        return;
      case 'null':
        this.#byte(101);
        this.#byte(value.elided ? ELIDED_CODE : 0);
        return;
    }
  }

  #list(items: readonly Value[], attribute: Attribute = ''): void {
    this.#start(0, attribute, items.length);
    for (const item of items) this.value(item);
  }

  #function(type: number, parts: readonly Value[]): void {
    this.#byte(type);
    this.#int(parts.length);
    for (const part of parts) this.value(part);
  }

  #primitive(type: 100 | PrimitiveType, name: string, rank: number): void {
    if (type === 100) {
      this.#byte(100);
      this.#byte(0);
      this.#text(keywordSource(name, rank));
      return;
    }
    const code = primitiveCode(type, name);
    if (code === undefined) throw new QError(`nyi ${name}`);
    this.#byte(type);
    this.#byte(code);
  }

  #text(text: string): void {
    const bytes = encodeText(text);
    this.#start(10, '', bytes.length);
    this.#copy(bytes);
  }

  #atom(atom: Atom): void {
    if (atom.type === 20) {
      this.#atom({ kind: 'atom', type: 11, value: symbolOfEnum(atom) });
      return;
    }
    this.#byte(-atom.type);
    switch (atom.type) {
      case 11:
        this.#symbol(internSymbol(atom.value));
        return;
      case 2:
        this.#copy(atom.value);
        return;
      case 7:
      case 12:
      case 16:
        this.#view.setBigInt64(this.#offset, atom.value, true);
        break;
      case 1:
      case 4:
      case 10:
        this.#view.setUint8(this.#offset, atom.value);
        break;
      case 5:
        this.#view.setInt16(this.#offset, atom.value, true);
        break;
      case 8:
        this.#view.setFloat32(this.#offset, atom.value, true);
        this.#nullReals(this.#offset, 1);
        break;
      case 9:
      case 15:
        this.#view.setFloat64(this.#offset, atom.value, true);
        this.#nullFloats(this.#offset, [atom.value]);
        break;
      default:
        this.#view.setInt32(this.#offset, atom.value, true);
    }
    this.#offset += itemBytes(atom.type)!;
  }

  #vector(vector: Vector): void {
    if (vector.type === 20) {
      this.#vector(symbolsOfEnum(vector));
      return;
    }
    const { type, data } = vector;
    this.#start(type, vector.attribute, type === 2 ? data.length / 16 : data.length);
    if (type === 11) {
      for (const id of data) this.#offset = writeSymbol(id, this.#bytes, this.#offset);
      return;
    }
    const begin = this.#offset;
    this.#copy(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    if (type === 9 || type === 15) this.#nullFloats(begin, data);
    else if (type === 8) this.#nullReals(begin, data.length);
  }

  /** Gives nulls kdb+'s bits. */
  #nullFloats(begin: number, values: ArrayLike<number>): void {
    for (let i = 0; i < values.length; i++) {
      if (!Number.isNaN(values[i])) continue;
      this.#view.setUint32(begin + i * 8, 0, true);
      this.#view.setUint32(begin + i * 8 + 4, NULL_FLOAT_HIGH, true);
    }
  }

  #nullReals(begin: number, count: number): void {
    for (let at = begin; at < begin + count * 4; at += 4) {
      if (Number.isNaN(this.#view.getFloat32(at, true))) this.#view.setUint32(at, NULL_REAL, true);
    }
  }

  #start(type: number, attribute: keyof typeof ATTRIBUTE_CODES, count: number): void {
    this.#byte(type);
    this.#byte(ATTRIBUTE_CODES[attribute]);
    this.#int(count);
  }

  #symbol(id: number): void {
    this.#offset = writeSymbol(id, this.#bytes, this.#offset);
  }

  #copy(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#offset);
    this.#offset += bytes.length;
  }

  #byte(value: number): void {
    this.#bytes[this.#offset++] = value;
  }

  #int(value: number): void {
    this.#view.setInt32(this.#offset, value, true);
    this.#offset += 4;
  }
}
