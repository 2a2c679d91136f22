/** The parts that the layouts of kdb+'s files have in common. */
import type { FunctionReader } from '../codec/index.ts';
import { itemBytes } from '../values/item-bytes.ts';
import { newData, vectorOf } from '../values/types.ts';
import { type Attribute, type EnumDomain, QError, type TypeNumber, type Vector } from '../values/value.ts';

/** Begins a serialised object: atoms, symbol vectors, tables, general lists, logs. */
export const OBJECT_MARK = 0x01ff;
/** Begins a vector of numbers or chars, which kdb+ maps into memory. */
export const VECTOR_MARK = 0x20fe;
/** Begins a page whose last bytes are a vector's header: enumerations with their domain's name, mapped lists. */
export const PAGE_MARK = 0x20fd;
export const VECTOR_HEADER_BYTES = 16;
export const OBJECT_HEADER_BYTES = 8;
export const PAGE_BYTES = 4096;
export const PAGE_VECTOR_HEADER = PAGE_BYTES - VECTOR_HEADER_BYTES;
export const DOMAIN_NAME_OFFSET = 16;
/** In a vector's header. */
export const COUNT_OFFSET = 8;
export const SYMBOL_TYPE = 11;
export const ENUM_TYPE = 20;
/** 77 is a mapped list of anything, 77 + t one of vectors of type t, whose items are in a file of the same name with #. */
export const NESTED_BASE = 77;
export const ATTRIBUTES: readonly Attribute[] = ['', 's', 'u', 'p', 'g'];

/** What reading a file takes from around it. */
export interface FileContext {
  readonly functions: FunctionReader;
  /** The global list of that name, which an enumeration points into. */
  domain(name: string): EnumDomain;
  /** The file beside this one whose name has `#` at its end. */
  companion(): Uint8Array;
}

export function markOf(head: Uint8Array): number {
  return head.length < OBJECT_HEADER_BYTES ? 0 : head[0]! | (head[1]! << 8);
}

/** A vector's header and its items. */
export function vectorFile(
  type: number,
  attribute: Attribute,
  count: number,
  data: Vector['data'],
): Uint8Array {
  const file = new Uint8Array(VECTOR_HEADER_BYTES + data.byteLength);
  const view = new DataView(file.buffer);
  view.setUint16(0, VECTOR_MARK, true);
  file[2] = type;
  file[3] = attribute === 's' ? 1 : 0;
  view.setBigInt64(COUNT_OFFSET, BigInt(count), true);
  file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), VECTOR_HEADER_BYTES);
  return file;
}

/** Items of fewer bytes are copied, so that they do not keep a larger buffer. */
const LEAST_VIEWED_BYTES = 64 * 1024;

/** A vector whose header is at `headerAt` and whose items begin at `dataAt`: a view of the file where that can be. */
export function decodeVector(file: Uint8Array, headerAt: number, dataAt: number): Vector {
  const type = file[headerAt + 2]! as TypeNumber;
  const attribute = ATTRIBUTES[file[headerAt + 3]!] ?? fail('nyi file format');
  const count = countAt(file, headerAt + COUNT_OFFSET);
  const width = itemBytes(type) ?? fail('nyi file format');
  const bytes = width * count;
  if (dataAt + bytes > file.length) fail('length');
  const isAligned = (file.byteOffset + dataAt) % width === 0;
  const items =
    isAligned && bytes >= LEAST_VIEWED_BYTES
      ? file.subarray(dataAt, dataAt + bytes)
      : Uint8Array.from(file.subarray(dataAt, dataAt + bytes));
  const Data = newData(type, 0).constructor as Float64ArrayConstructor;
  const data = new Data(items.buffer as ArrayBuffer, items.byteOffset, bytes / Data.BYTES_PER_ELEMENT);
  return { ...vectorOf(type, data), attribute };
}

export function countAt(file: Uint8Array, offset: number): number {
  const count = Number(new DataView(file.buffer, file.byteOffset).getBigInt64(offset, true));
  return count < 0 || count > file.length ? fail('length') : count;
}

export function fail(message: string): never {
  throw new QError(message);
}
