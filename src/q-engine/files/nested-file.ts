/** Lists of lists on disk: their places in one file, their items in another. */
import { itemBytes } from '../values/item-bytes.ts';
import type { List, Value, Vector } from '../values/value.ts';
import {
  COUNT_OFFSET,
  countAt,
  decodeVector,
  type FileContext,
  fail,
  NESTED_BASE,
  PAGE_BYTES,
  PAGE_VECTOR_HEADER,
  VECTOR_HEADER_BYTES,
  vectorFile,
} from './file-layout.ts';

/** Bytes of an end or a place. */
export const PLACE_BYTES = 8;
/** In a mapped list a short vector or an atom is its type, as a number above or below this one, and its bytes. */
const COMPACT_BASE = 127;

/** A file's bytes and those of the file with # beside it. */
export interface NestedFile {
  readonly bytes: Uint8Array;
  readonly companion: Uint8Array;
}

/**
 * A list of vectors of one type as a column of a splayed table: where each ends among the bytes of all.
 * For types wider than a byte no public source tells whether kdb+ counts bytes or items: only chars, bytes and
 * booleans are sure to be read by it. Signals `type` for what is no vector, `nyi` for mixed types and symbols.
 */
export function encodeNested(items: readonly Value[]): NestedFile {
  const { type, ends, content } = nestedParts(items, 0);
  return { bytes: vectorFile(NESTED_BASE + type, '', ends.length, ends), companion: content };
}

/** The items' type, the ends of each after `begin` bytes, and their bytes. */
export function nestedParts(
  items: readonly Value[],
  begin: number,
): { type: number; ends: BigInt64Array; content: Uint8Array } {
  const ends = new BigInt64Array(items.length);
  const parts: Uint8Array[] = [];
  let type: number | undefined;
  let end = begin;
  for (const [i, item] of items.entries()) {
    if (item.kind !== 'vector') return fail('type');
    type ??= item.type;
    if (itemBytes(type) === undefined) fail('nyi nested symbols on disk');
    if (item.type !== type) fail('nyi nested column of mixed types on disk');
    parts.push(bytesOf(item));
    end += item.data.byteLength;
    ends[i] = BigInt(end);
  }
  return { type: type ?? fail('type'), ends, content: Buffer.concat(parts) };
}

function bytesOf({ data }: Vector): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Where among the bytes of a companion the last item ends, by what its end says and how long the companion is. */
export function contentEnd(last: number, width: number, companionBytes: number): number {
  return last !== companionBytes && last * width === companionBytes ? last * width : last;
}

/** A list of vectors of one type. */
export function decodeNested(file: Uint8Array, context: FileContext): List {
  const type = file[2]! - NESTED_BASE;
  const width = itemBytes(type) ?? fail('nyi file format');
  const count = countAt(file, COUNT_OFFSET);
  if (VECTOR_HEADER_BYTES + count * PLACE_BYTES > file.length) fail('length');
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const content = context.companion();
  const endAt = (i: number): number => Number(view.getBigInt64(VECTOR_HEADER_BYTES + i * PLACE_BYTES, true));
  const last = count === 0 ? 0 : endAt(count - 1);
  const bytes = contentEnd(last, width, content.length);
  if (bytes > content.length) fail('length');
  const scale = last === 0 ? 1 : bytes / last;
  const items: Value[] = [];
  let begin = 0;
  for (let i = 0; i < count; i++) {
    const end = endAt(i) * scale;
    if (end < begin || end > bytes || (end - begin) % width !== 0) fail('length');
    items.push(vectorOfBytes(type, content.subarray(begin, end), (end - begin) / width));
    begin = end;
  }
  return { kind: 'list', items };
}

/**
 * A mapped list (anymap), whose places are offsets into the companion after its first page, with a mark in the
 * highest byte: 0 for a vector with its header, 1 for chars and other bytes in their compact form. Signals `nyi`
 * for whatever else it may hold.
 */
export function decodeMappedList(file: Uint8Array, context: FileContext): List {
  const count = countAt(file, PAGE_VECTOR_HEADER + COUNT_OFFSET);
  if (PAGE_BYTES + count * PLACE_BYTES > file.length) fail('length');
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const content = context.companion().subarray(PAGE_BYTES);
  const items: Value[] = [];
  for (let i = 0; i < count; i++) {
    const place = view.getBigUint64(PAGE_BYTES + i * PLACE_BYTES, true);
    const offset = Number(place & 0xff_ffff_ffff_ffffn);
    const form = Number(place >> 56n);
    if (form === 1) items.push(compactItem(content, offset));
    else if (form === 0) items.push(headedItem(content, offset));
    else fail('nyi mapped list');
  }
  return { kind: 'list', items };
}

function headedItem(content: Uint8Array, offset: number): Value {
  if (offset + VECTOR_HEADER_BYTES > content.length) fail('length');
  if (itemBytes(content[offset + 2]!) === undefined) fail('nyi mapped list');
  return decodeVector(content, offset, offset + VECTOR_HEADER_BYTES);
}

function compactItem(content: Uint8Array, offset: number): Value {
  const type = (content[offset] ?? fail('length')) - COMPACT_BASE;
  if (itemBytes(Math.abs(type)) !== 1) fail('nyi mapped list');
  if (type < 0) {
    const value = content[offset + 1] ?? fail('length');
    return { kind: 'atom', type: -type as 1 | 4 | 10, value };
  }
  const count = content[offset + 1] ?? fail('length');
  const begin = offset + 2;
  if (begin + count > content.length) fail('length');
  return vectorOfBytes(type, content.subarray(begin, begin + count), count);
}

function vectorOfBytes(type: number, bytes: Uint8Array, count: number): Vector {
  const item = new Uint8Array(VECTOR_HEADER_BYTES + bytes.length);
  item[2] = type;
  new DataView(item.buffer).setBigInt64(COUNT_OFFSET, BigInt(count), true);
  item.set(bytes, VECTOR_HEADER_BYTES);
  return decodeVector(item, 0, VECTOR_HEADER_BYTES);
}
