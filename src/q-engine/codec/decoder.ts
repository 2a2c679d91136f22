import { internSymbol, symbolName } from '../values/symbol-pool.ts';
import { decodeText } from '../values/text.ts';
import {
  type Atom,
  type Attribute,
  ELIDED,
  type FunctionValue,
  ITERATORS,
  NULL,
  QError,
  type Value,
  type Vector,
} from '../values/value.ts';
import { uncompress } from './compression.ts';
import { ELIDED_CODE, type PrimitiveType, primitiveName } from './function-codes.ts';
import { HEADER_BYTES, type MessageKind, readHeader } from './message.ts';
import { symbolOfBytes } from './symbol-bytes.ts';

/** Makes functions of what the wire says of them; the language's business. */
export interface FunctionReader {
  /** A lambda from its text; `namespace` is '' for the root, else such as '.u'. Signals what does not parse. */
  lambda(source: string, namespace: string): Value;
  /** A primitive by its type and keyword; undefined if this engine has none. */
  primitive(type: PrimitiveType, name: string): FunctionValue | undefined;
}

/** What a message holds: a value, or the error that answers a request. */
export type Decoded =
  | { readonly kind: MessageKind; readonly value: Value }
  | { readonly kind: MessageKind; readonly error: string };

const ATTRIBUTES: readonly Attribute[] = ['', 's', 'u', 'p', 'g'];
const ERROR_TYPE_BYTE = 0x80;
/** Lists within lists beyond this depth are not data. */
const DEEPEST = 1000;

/** Reads a whole message. Signals `badmsg` for whatever is not one. */
export function decodeMessage(message: Uint8Array, functions: FunctionReader): Decoded {
  const header = readHeader(message);
  if (header === undefined || header.bytes !== message.length) throw new QError('badmsg');
  const plain = header.compressed ? uncompress(message) : message;
  if (plain[HEADER_BYTES] === ERROR_TYPE_BYTE) {
    const end = plain.indexOf(0, HEADER_BYTES + 1);
    if (end !== plain.length - 1) throw new QError('badmsg');
    return { kind: header.kind, error: decodeText(plain.subarray(HEADER_BYTES + 1, end)) };
  }
  const reader = new BodyReader(plain, HEADER_BYTES, header.littleEndian, functions);
  const value = reader.value();
  if (reader.offset !== plain.length) throw new QError('badmsg');
  return { kind: header.kind, value };
}

/** Reads one body from `offset`, as logs and files hold it. Returns the value and the offset after it. */
export function decodeBody(
  bytes: Uint8Array,
  offset: number,
  functions: FunctionReader,
): { value: Value; end: number } {
  const reader = new BodyReader(bytes, offset, true, functions);
  const value = reader.value();
  return { value, end: reader.offset };
}

class BodyReader {
  offset: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #littleEndian: boolean;
  readonly #functions: FunctionReader;
  #depth = 0;

  constructor(bytes: Uint8Array, offset: number, littleEndian: boolean, functions: FunctionReader) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#littleEndian = littleEndian;
    this.#functions = functions;
    this.offset = offset;
  }

  value(): Value {
    if (++this.#depth > DEEPEST) throw new QError('badmsg');
    const type = this.#view.getInt8(this.#claim(1));
    const value = type < 0 ? this.#atom(-type) : type < 20 ? this.#vectorOrList(type) : this.#compound(type);
    this.#depth--;
    return value;
  }

  #atom(type: number): Atom {
    const little = this.#littleEndian;
    switch (type) {
      case 1:
      case 4:
      case 10:
        return { kind: 'atom', type, value: this.#view.getUint8(this.#claim(1)) };
      case 2:
        return { kind: 'atom', type, value: this.#copy(16) };
      case 5:
        return { kind: 'atom', type, value: this.#view.getInt16(this.#claim(2), little) };
      case 6:
      case 13:
      case 14:
      case 17:
      case 18:
      case 19:
        return { kind: 'atom', type, value: this.#view.getInt32(this.#claim(4), little) };
      case 7:
      case 12:
      case 16:
        return { kind: 'atom', type, value: this.#view.getBigInt64(this.#claim(8), little) };
      case 8:
        return { kind: 'atom', type, value: this.#view.getFloat32(this.#claim(4), little) };
      case 9:
      case 15:
        return { kind: 'atom', type, value: this.#view.getFloat64(this.#claim(8), little) };
      case 11:
        return { kind: 'atom', type, value: symbolName(this.#symbol()) };
      default:
        throw new QError('badmsg');
    }
  }

  #vectorOrList(type: number): Value {
    const attribute = ATTRIBUTES[this.#bytes[this.#claim(1)]!];
    const count = this.#int();
    if (attribute === undefined || count < 0) throw new QError('badmsg');
    if (type === 0) {
      const items = this.#values(count);
      return attribute === '' ? { kind: 'list', items } : { kind: 'list', items, attribute };
    }
    return this.#vector(type, count, attribute);
  }

  #vector(type: number, count: number, attribute: Attribute): Vector {
    switch (type) {
      case 1:
      case 4:
      case 10:
        return { kind: 'vector', type, data: this.#copy(count), attribute };
      case 2:
        return { kind: 'vector', type, data: this.#copy(count * 16), attribute };
      case 5:
        return { kind: 'vector', type, data: new Int16Array(this.#numbers(count, 2)), attribute };
      case 6:
      case 13:
      case 14:
      case 17:
      case 18:
      case 19:
        return { kind: 'vector', type, data: new Int32Array(this.#numbers(count, 4)), attribute };
      case 7:
      case 12:
      case 16:
        return { kind: 'vector', type, data: new BigInt64Array(this.#numbers(count, 8)), attribute };
      case 8:
        return { kind: 'vector', type, data: new Float32Array(this.#numbers(count, 4)), attribute };
      case 9:
      case 15:
        return { kind: 'vector', type, data: new Float64Array(this.#numbers(count, 8)), attribute };
      case 11:
        return { kind: 'vector', type, data: this.#symbols(count), attribute };
      default:
        throw new QError('badmsg');
    }
  }

  #compound(type: number): Value {
    switch (type) {
      case 98:
        return this.#table();
      case 99:
      case 127:
        return this.#dictionary(type === 127);
      case 100: {
        const context = symbolName(this.#symbol());
        const source = this.value();
        if (source.kind !== 'vector' || source.type !== 10) throw new QError('badmsg');
        return this.#functions.lambda(decodeText(source.data), context === '' ? '' : `.${context}`);
      }
      case 101:
      case 102:
      case 103:
        return this.#primitive(type);
      case 104: {
        const [target, ...args] = this.#values(this.#count());
        if (target === undefined || args.length === 0) throw new QError('badmsg');
        return { kind: 'projection', target, args };
      }
      case 105:
        return { kind: 'composition', parts: this.#values(this.#count()) };
      default: {
        const iterator = ITERATORS[type - 106];
        if (iterator === undefined) throw new QError('badmsg');
        return { kind: 'derived', iterator, target: this.value() };
      }
    }
  }

  #table(): Value {
    const sorted = this.#bytes[this.#claim(1)] === 1;
    const content = this.value();
    if (content.kind !== 'dictionary') throw new QError('badmsg');
    const { keys, values } = content;
    if (keys.kind !== 'vector' || keys.type !== 11) throw new QError('badmsg');
    const columns = values.kind === 'list' ? values.items : undefined;
    if (columns === undefined || columns.length !== keys.data.length) throw new QError('badmsg');
    const rows = columns.length === 0 ? 0 : lengthOf(columns[0]!);
    if (rows === undefined || columns.some(column => lengthOf(column) !== rows)) throw new QError('badmsg');
    return { kind: 'table', names: Array.from(keys.data, symbolName), columns, sorted };
  }

  #dictionary(sorted: boolean): Value {
    const keys = this.value();
    const values = this.value();
    const length = lengthOf(keys);
    if (length === undefined || length !== lengthOf(values)) throw new QError('badmsg');
    return { kind: 'dictionary', keys, values, sorted };
  }

  #primitive(type: PrimitiveType): Value {
    const code = this.#bytes[this.#claim(1)]!;
    if (type === 101 && code === 0) return NULL;
    if (type === 101 && code === ELIDED_CODE) return ELIDED;
    const name = primitiveName(type, code);
    const known = name === undefined ? undefined : this.#functions.primitive(type, name);
    if (known === undefined) throw new QError(`nyi primitive ${type} ${name ?? code}`);
    return known;
  }

  #values(count: number): Value[] {
    if (count * 2 > this.#bytes.length - this.offset) throw new QError('badmsg');
    const items: Value[] = [];
    for (let i = 0; i < count; i++) items.push(this.value());
    return items;
  }

  #symbols(count: number): Int32Array {
    if (count > this.#bytes.length - this.offset) throw new QError('badmsg');
    const ids = new Int32Array(count);
    for (let i = 0; i < count; i++) ids[i] = this.#symbol();
    return ids;
  }

  #symbol(): number {
    const begin = this.offset;
    const bytes = this.#bytes;
    let end = begin;
    while (end < bytes.length && bytes[end] !== 0) end++;
    if (end === bytes.length) throw new QError('badmsg');
    this.offset = end + 1;
    return end === begin ? internSymbol('') : symbolOfBytes(bytes, begin, end);
  }

  /** The next `count` numbers of `width` bytes in a buffer of their own, in this machine's byte order. */
  #numbers(count: number, width: 2 | 4 | 8): ArrayBuffer {
    const copy = this.#copy(count * width);
    if (!this.#littleEndian) {
      const bytes = Buffer.from(copy.buffer);
      if (width === 2) bytes.swap16();
      else if (width === 4) bytes.swap32();
      else bytes.swap64();
    }
    return copy.buffer;
  }

  #copy(bytes: number): Uint8Array<ArrayBuffer> {
    const begin = this.#claim(bytes);
    const copy = new Uint8Array(bytes);
    copy.set(this.#bytes.subarray(begin, begin + bytes));
    return copy;
  }

  #count(): number {
    const count = this.#int();
    if (count < 0) throw new QError('badmsg');
    return count;
  }

  #int(): number {
    return this.#view.getInt32(this.#claim(4), this.#littleEndian);
  }

  #claim(bytes: number): number {
    const begin = this.offset;
    if (begin + bytes > this.#bytes.length) throw new QError('badmsg');
    this.offset = begin + bytes;
    return begin;
  }
}

/** Items of a list, vector or table, or entries of a dictionary; undefined for what has no length. */
function lengthOf(value: Value): number | undefined {
  switch (value.kind) {
    case 'vector':
      return value.type === 2 ? value.data.length / 16 : value.data.length;
    case 'list':
      return value.items.length;
    case 'table':
      return value.columns.length === 0 ? 0 : lengthOf(value.columns[0]!);
    case 'dictionary':
      return lengthOf(value.keys);
    default:
      return undefined;
  }
}
