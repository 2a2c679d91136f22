import { decodeBody, encodeBody, type FunctionReader } from '../codec/index.ts';
import { itemBytes } from '../codec/measure.ts';
import { symbolOfBytes } from '../codec/symbol-bytes.ts';
import {
  type Attribute,
  type EnumDomain,
  type EnumVector,
  QError,
  type Value,
  type Vector,
} from '../values/value.ts';

/** Begins a serialised object: atoms, symbol vectors, tables, general lists, logs. */
const OBJECT_MARK = 0x01ff;
/** Begins a vector of numbers or chars, which kdb+ maps into memory. */
const VECTOR_MARK = 0x20fe;
/** Begins an enumeration: a page with the domain's name, and a vector header at its end. */
const PAGE_MARK = 0x20fd;
const VECTOR_HEADER_BYTES = 16;
const OBJECT_HEADER_BYTES = 8;
const PAGE_BYTES = 4096;
const PAGE_VECTOR_HEADER = PAGE_BYTES - VECTOR_HEADER_BYTES;
const DOMAIN_NAME_OFFSET = 16;
const SYMBOL_TYPE = 11;
const ENUM_TYPE = 20;
/** 77 + t is a list of vectors of type t, whose items are in a file of the same name with #. */
export const NESTED_BASE = 77;
const CHAR_TYPE = 10;
const ATTRIBUTES: readonly Attribute[] = ['', 's', 'u', 'p', 'g'];
/**
 * Attributes that kdb+ stores with an index behind the data, in a form of its own. Here they are noted in a
 * place of the page that kdb+ leaves unused, so that kdb+ reads the column as one without an attribute.
 */
const INDEXED_ATTRIBUTES: readonly Attribute[] = ['u', 'p', 'g'];
const NOTE_OFFSET = 4048;
const NOTE = Buffer.from('massive-kdb attr ');

/** What reading a file takes from around it. */
export interface FileContext {
  readonly functions: FunctionReader;
  /** The global list of that name, which an enumeration points into. */
  domain(name: string): EnumDomain;
  /** The file beside this one whose name has `#` at its end. */
  companion(): Uint8Array;
}

/** A file's bytes and, for a nested column, those of its companion. */
export interface EncodedFile {
  readonly bytes: Uint8Array;
  readonly companion?: Uint8Array;
}

/** A value as kdb+ stores it in a file of its own. */
export function encodeFile(value: Value): EncodedFile {
  if (value.kind === 'vector' && value.type === ENUM_TYPE) return { bytes: encodeEnum(value) };
  if (value.kind === 'vector' && value.type !== SYMBOL_TYPE) return { bytes: encodeVector(value) };
  const body = encodeBody(value);
  const bytes = new Uint8Array(2 + body.length);
  new DataView(bytes.buffer).setUint16(0, OBJECT_MARK, true);
  bytes.set(body, 2);
  return { bytes };
}

/** A list of strings as a column of a splayed table. Signals `nyi` for vectors of other types. */
export function encodeNested(items: readonly Value[]): EncodedFile {
  const ends = new BigInt64Array(items.length);
  const parts: Uint8Array[] = [];
  let end = 0;
  for (const [i, item] of items.entries()) {
    if (item.kind !== 'vector') throw new QError('type');
    if (item.type !== CHAR_TYPE) throw new QError('nyi nested column on disk other than strings');
    end += item.data.length;
    ends[i] = BigInt(end);
    parts.push(item.data);
  }
  const bytes = vectorFile(NESTED_BASE + CHAR_TYPE, '', ends.length, ends);
  return { bytes, companion: Buffer.concat(parts) };
}

/** The value of a file that kdb+ or this engine wrote. Signals `nyi` for a layout that is not read here. */
export function decodeFile(file: Uint8Array, context: FileContext): Value {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const mark = file.length < OBJECT_HEADER_BYTES ? 0 : view.getUint16(0, true);
  if (mark === OBJECT_MARK && file[2] === 0) return itemsToEnd(file, context.functions);
  if (mark === OBJECT_MARK)
    return file[2] === SYMBOL_TYPE ? symbolsToEnd(file) : decodeBody(file, 2, context.functions).value;
  if (mark === VECTOR_MARK && file.length >= VECTOR_HEADER_BYTES) {
    return file[2]! > NESTED_BASE
      ? decodeNested(file, context)
      : decodeVector(file, 0, VECTOR_HEADER_BYTES, context.functions);
  }
  if (mark === PAGE_MARK && file.length >= PAGE_BYTES) return decodeEnum(file, context);
  if (file[0] === 0xfe && file.length >= 24) return decodeOldEnum(file, context);
  throw new QError('nyi file format');
}

/** The count in a symbol file may be older than the file: `.Q.en` appends names and leaves it. */
function symbolsToEnd(file: Uint8Array): Value {
  const ids: number[] = [];
  for (let begin = OBJECT_HEADER_BYTES; begin < file.length; ) {
    const end = file.indexOf(0, begin);
    if (end < 0) throw new QError('badmsg');
    ids.push(symbolOfBytes(file, begin, end));
    begin = end + 1;
  }
  return {
    kind: 'vector',
    type: SYMBOL_TYPE,
    data: Int32Array.from(ids),
    attribute: ATTRIBUTES[file[3]!] ?? '',
  };
}

/** As with symbols: what is appended to a list, such as a log, is not counted in its head. */
function itemsToEnd(file: Uint8Array, functions: FunctionReader): Value {
  const items: Value[] = [];
  for (let begin = OBJECT_HEADER_BYTES; begin < file.length; ) {
    const { value, end } = decodeBody(file, begin, functions);
    items.push(value);
    begin = end;
  }
  return { kind: 'list', items };
}

function encodeVector(vector: Vector): Uint8Array {
  const { type, data, attribute } = vector;
  return vectorFile(type, attribute, type === 2 ? data.length / 16 : data.length, data);
}

function vectorFile(type: number, attribute: Attribute, count: number, data: Vector['data']): Uint8Array {
  const file = new Uint8Array(VECTOR_HEADER_BYTES + data.byteLength);
  const view = new DataView(file.buffer);
  view.setUint16(0, VECTOR_MARK, true);
  file[2] = type;
  file[3] = attribute === 's' ? 1 : 0;
  view.setBigInt64(8, BigInt(count), true);
  file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), VECTOR_HEADER_BYTES);
  return file;
}

/** A vector whose header is at `headerAt` and whose items begin at `dataAt`. */
function decodeVector(file: Uint8Array, headerAt: number, dataAt: number, functions: FunctionReader): Vector {
  const type = file[headerAt + 2]!;
  const count = countAt(file, headerAt + 8);
  const bytes = (itemBytes(type) ?? fail('nyi file format')) * count;
  if (dataAt + bytes > file.length) fail('length');
  // The same bytes behind a header of the wire are a body.
  const body = new Uint8Array(6 + bytes);
  body[0] = type;
  body[1] = file[headerAt + 3]!;
  new DataView(body.buffer).setInt32(2, count, true);
  body.set(file.subarray(dataAt, dataAt + bytes), 6);
  return decodeBody(body, 0, functions).value as Vector;
}

function decodeNested(file: Uint8Array, context: FileContext): Value {
  const type = file[2]! - NESTED_BASE;
  const width = itemBytes(type) ?? fail('nyi file format');
  const count = countAt(file, 8);
  if (VECTOR_HEADER_BYTES + count * 8 > file.length) fail('length');
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const content = context.companion();
  const last = count === 0 ? 0 : countAt(file, VECTOR_HEADER_BYTES + (count - 1) * 8);
  // Where items are wider than a byte, the length of the content tells whether ends count bytes or items.
  const scale = last === content.length ? 1 : last * width === content.length ? width : fail('length');
  const items: Value[] = [];
  let begin = 0;
  for (let i = 0; i < count; i++) {
    const end = Number(view.getBigInt64(VECTOR_HEADER_BYTES + i * 8, true)) * scale;
    const item = new Uint8Array(VECTOR_HEADER_BYTES + end - begin);
    item[2] = type;
    new DataView(item.buffer).setBigInt64(8, BigInt((end - begin) / width), true);
    item.set(content.subarray(begin, end), VECTOR_HEADER_BYTES);
    items.push(decodeVector(item, 0, VECTOR_HEADER_BYTES, context.functions));
    begin = end;
  }
  return { kind: 'list', items };
}

function encodeEnum({ data, attribute, domain }: EnumVector): Uint8Array {
  const file = new Uint8Array(PAGE_BYTES + data.length * 8);
  const view = new DataView(file.buffer);
  view.setUint16(0, PAGE_MARK, true);
  file.set(Buffer.from(domain.name), DOMAIN_NAME_OFFSET);
  file[PAGE_VECTOR_HEADER] = PAGE_MARK & 0xff;
  file[PAGE_VECTOR_HEADER + 2] = ENUM_TYPE;
  file[PAGE_VECTOR_HEADER + 3] = attribute === 's' ? 1 : 0;
  view.setBigInt64(PAGE_VECTOR_HEADER + 8, BigInt(data.length), true);
  if (INDEXED_ATTRIBUTES.includes(attribute)) file.set(Buffer.from(`${NOTE}${attribute}`), NOTE_OFFSET);
  const indices = new BigInt64Array(file.buffer, PAGE_BYTES, data.length);
  for (let i = 0; i < data.length; i++) indices[i] = data[i]! < 0 ? NULL_INDEX : BigInt(data[i]!);
  return file;
}

const NULL_INDEX = -0x8000000000000000n;

function decodeEnum(file: Uint8Array, context: FileContext): EnumVector {
  if (file[PAGE_VECTOR_HEADER + 2] !== ENUM_TYPE) fail('nyi file format');
  const count = countAt(file, PAGE_VECTOR_HEADER + 8);
  if (PAGE_BYTES + count * 8 > file.length) fail('length');
  const words = new DataView(file.buffer, file.byteOffset + PAGE_BYTES, count * 8);
  const data = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const isNull = words.getInt32(i * 8 + 4, true) < 0;
    data[i] = isNull ? -1 : words.getInt32(i * 8, true);
  }
  return enumVector(file, DOMAIN_NAME_OFFSET, attributeOf(file), data, context);
}

/** Enumerations up to kdb+ 3.5: the name after the first byte, 32-bit indices. */
function decodeOldEnum(file: Uint8Array, context: FileContext): EnumVector {
  const count = countAt(file, 16);
  if (24 + count * 4 > file.length) fail('length');
  const data = new Int32Array(new Uint8Array(file.subarray(24, 24 + count * 4)).buffer).map(index =>
    index < 0 ? -1 : index,
  );
  return enumVector(file, 1, ATTRIBUTES[file[11]!] ?? '', data, context);
}

function enumVector(
  file: Uint8Array,
  nameAt: number,
  attribute: Attribute,
  data: Int32Array,
  context: FileContext,
): EnumVector {
  const name = Buffer.from(file.subarray(nameAt, file.indexOf(0, nameAt))).toString();
  return { kind: 'vector', type: ENUM_TYPE, data, attribute, domain: context.domain(name) };
}

function attributeOf(page: Uint8Array): Attribute {
  const stored = ATTRIBUTES[page[PAGE_VECTOR_HEADER + 3]!] ?? '';
  const isNoted = NOTE.equals(page.subarray(NOTE_OFFSET, NOTE_OFFSET + NOTE.length));
  const noted = String.fromCharCode(page[NOTE_OFFSET + NOTE.length]!);
  return isNoted ? (INDEXED_ATTRIBUTES.find(attribute => attribute === noted) ?? stored) : stored;
}

function countAt(file: Uint8Array, offset: number): number {
  const count = Number(new DataView(file.buffer, file.byteOffset).getBigInt64(offset, true));
  return count < 0 || count > file.length ? fail('length') : count;
}

function fail(message: string): never {
  throw new QError(message);
}

/** Whether a file that begins so holds a value rather than text. */
export function isValueFile(head: Uint8Array): boolean {
  return head.length >= 2 && (head[0] === 0xfe || head[0] === 0xfd || (head[0] === 0xff && head[1] === 0x01));
}

/** Bytes of a file's head that tell how many items it has. */
export const HEAD_BYTES = PAGE_BYTES;

/** How many items the vector or list in a file has, from its head; undefined where only the whole file tells. */
export function headCount(head: Uint8Array): number | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const mark = head.length < OBJECT_HEADER_BYTES ? 0 : view.getUint16(0, true);
  if (mark === VECTOR_MARK && head.length >= VECTOR_HEADER_BYTES) return Number(view.getBigInt64(8, true));
  if (mark === PAGE_MARK && head.length >= PAGE_BYTES)
    return Number(view.getBigInt64(PAGE_VECTOR_HEADER + 8, true));
  if (mark !== OBJECT_MARK && head[0] === 0xfe && head.length >= 24)
    return Number(view.getBigInt64(16, true));
  return undefined;
}

/** Whether a file that begins so holds a general list, which grows by appending. */
export function isListFile(head: Uint8Array): boolean {
  return head.length >= OBJECT_HEADER_BYTES && head[0] === 0xff && head[1] === 0x01 && head[2] === 0;
}
