import { decodeBody, encodeBody, type FunctionReader } from '../codec/index.ts';
import { symbolOfBytes } from '../codec/symbol-bytes.ts';
import { itemBytes } from '../values/item-bytes.ts';
import { NULL_INT } from '../values/types.ts';
import { type Attribute, type EnumVector, QError, type Value, type Vector } from '../values/value.ts';
import {
  ATTRIBUTES,
  COUNT_OFFSET,
  countAt,
  DOMAIN_NAME_OFFSET,
  decodeVector,
  ENUM_TYPE,
  type FileContext,
  fail,
  markOf,
  NESTED_BASE,
  OBJECT_HEADER_BYTES,
  OBJECT_MARK,
  PAGE_BYTES,
  PAGE_MARK,
  PAGE_VECTOR_HEADER,
  SYMBOL_TYPE,
  VECTOR_HEADER_BYTES,
  VECTOR_MARK,
  vectorFile,
} from './file-layout.ts';
import { decodeMappedList, decodeNested } from './nested-file.ts';

/**
 * Attributes that kdb+ stores with an index behind the data, in a form of its own. Here they are noted in a
 * place of the page that kdb+ leaves unused, so that kdb+ reads the column as one without an attribute.
 */
const INDEXED_ATTRIBUTES: readonly Attribute[] = ['u', 'p', 'g'];
const NOTE_OFFSET = 4048;
const NOTE = Buffer.from('massive-kdb attr ');

/** A value as kdb+ stores it in a file of its own. */
export function encodeFile(value: Value): Uint8Array {
  if (value.kind === 'vector' && value.type === ENUM_TYPE) return encodeEnum(value);
  if (value.kind === 'vector' && value.type !== SYMBOL_TYPE) return encodeVector(value);
  const body = encodeBody(value);
  const bytes = new Uint8Array(2 + body.length);
  new DataView(bytes.buffer).setUint16(0, OBJECT_MARK, true);
  bytes.set(body, 2);
  return bytes;
}

/** The value of a file that kdb+ or this engine wrote. Signals `nyi` for a layout that is not read here. */
export function decodeFile(file: Uint8Array, context: FileContext): Value {
  const mark = markOf(file);
  if (mark === OBJECT_MARK && file[2] === 0) return itemsToEnd(file, context.functions);
  if (mark === OBJECT_MARK)
    return file[2] === SYMBOL_TYPE ? symbolsToEnd(file) : decodeBody(file, 2, context.functions).value;
  if (mark === VECTOR_MARK && file.length >= VECTOR_HEADER_BYTES) {
    return file[2]! > NESTED_BASE ? decodeNested(file, context) : decodeVector(file, 0, VECTOR_HEADER_BYTES);
  }
  if (mark === PAGE_MARK && file.length >= PAGE_BYTES) return decodePage(file, context);
  if (file[0] === 0xfe && file.length >= 24) return decodeOldEnum(file, context);
  throw new QError('nyi file format');
}

/**
 * The count in a symbol file may be older than the file: `.Q.en` appends names and leaves it. A last name without
 * its end is what a writer left that was killed.
 */
function symbolsToEnd(file: Uint8Array): Value {
  const ids: number[] = [];
  for (let begin = OBJECT_HEADER_BYTES; begin < file.length; ) {
    const end = file.indexOf(0, begin);
    if (end < 0) break;
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
  // An index is a long; a null one is the null long.
  const words = new Int32Array(file.buffer, PAGE_BYTES, data.length * 2);
  for (let i = 0; i < data.length; i++) {
    if (data[i]! < 0) words[2 * i + 1] = NULL_INT;
    else words[2 * i] = data[i]!;
  }
  return file;
}

function decodePage(file: Uint8Array, context: FileContext): Value {
  switch (file[PAGE_VECTOR_HEADER + 2]) {
    case ENUM_TYPE:
      return decodeEnum(file, context);
    case NESTED_BASE:
      return decodeMappedList(file, context);
    default:
      return decodeVector(file, PAGE_VECTOR_HEADER, PAGE_BYTES);
  }
}

function decodeEnum(file: Uint8Array, context: FileContext): EnumVector {
  const count = countAt(file, PAGE_VECTOR_HEADER + 8);
  if (PAGE_BYTES + count * 8 > file.length) fail('length');
  const words = wordsAt(file, PAGE_BYTES, count * 2);
  const data = new Int32Array(count);
  for (let i = 0; i < count; i++) data[i] = words[2 * i + 1]! < 0 ? -1 : words[2 * i]!;
  return enumVector(file, DOMAIN_NAME_OFFSET, attributeOf(file), data, context);
}

/** Words of a file, copied only where it does not lie on their boundary. */
function wordsAt(file: Uint8Array, offset: number, count: number): Int32Array {
  const begin = file.byteOffset + offset;
  if (begin % 4 === 0) return new Int32Array(file.buffer, begin, count);
  return new Int32Array(Uint8Array.from(file.subarray(offset, offset + count * 4)).buffer);
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
  return { kind: 'vector', type: ENUM_TYPE, data, attribute, domain: context.domain(nameIn(file, nameAt)) };
}

function nameIn(file: Uint8Array, at: number): string {
  return Buffer.from(file.subarray(at, file.indexOf(0, at))).toString();
}

/** The name of the list that the enumeration of a page points into. */
export function domainNameOf(page: Uint8Array): string {
  return nameIn(page, DOMAIN_NAME_OFFSET);
}

function attributeOf(page: Uint8Array): Attribute {
  const stored = ATTRIBUTES[page[PAGE_VECTOR_HEADER + 3]!] ?? '';
  const noted = String.fromCharCode(page[NOTE_OFFSET + NOTE.length]!);
  return hasNote(page) ? (INDEXED_ATTRIBUTES.find(attribute => attribute === noted) ?? stored) : stored;
}

/** Where a file has the number of its items, and where they begin; undefined for what is no vector or mapped list. */
export function vectorPlaces(head: Uint8Array): { headerAt: number; dataAt: number } | undefined {
  const mark = markOf(head);
  if (mark === VECTOR_MARK && head.length >= VECTOR_HEADER_BYTES)
    return { headerAt: 0, dataAt: VECTOR_HEADER_BYTES };
  if (mark === PAGE_MARK && head.length >= PAGE_BYTES)
    return { headerAt: PAGE_VECTOR_HEADER, dataAt: PAGE_BYTES };
  return undefined;
}

/** The width of what a file has for each item, by the type in its header. */
export function placeBytes(type: number): number {
  return type === ENUM_TYPE || type >= NESTED_BASE ? 8 : (itemBytes(type) ?? fail('nyi file format'));
}

/** Whether a page notes an attribute; see {@link NOTE}. */
export function hasNote(page: Uint8Array): boolean {
  return NOTE.equals(page.subarray(NOTE_OFFSET, NOTE_OFFSET + NOTE.length));
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
  const places = vectorPlaces(head);
  if (places !== undefined) return Number(view.getBigInt64(places.headerAt + COUNT_OFFSET, true));
  if (markOf(head) !== OBJECT_MARK && head[0] === 0xfe && head.length >= 24)
    return Number(view.getBigInt64(16, true));
  return undefined;
}

/** Whether a file that begins so holds a general list, which grows by appending. */
export function isListFile(head: Uint8Array): boolean {
  return head.length >= OBJECT_HEADER_BYTES && head[0] === 0xff && head[1] === 0x01 && head[2] === 0;
}
