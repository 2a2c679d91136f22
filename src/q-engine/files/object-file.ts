import { decodeBody, encodeBody, type FunctionReader } from '../codec/index.ts';
import { itemBytes } from '../codec/measure.ts';
import { type Attribute, QError, type Value, type Vector } from '../values/value.ts';

/** Begins a serialised object: atoms, symbol vectors, tables, general lists, logs. */
const OBJECT_MARK = 0x01ff;
/** Begins a vector of numbers or chars, which kdb+ maps into memory. */
const VECTOR_MARK = 0x20fe;
const VECTOR_HEADER_BYTES = 16;
const ATTRIBUTES: readonly Attribute[] = ['', 's', 'u', 'p', 'g'];

/** A value as kdb+ stores it in a file of its own. */
export function encodeObject(value: Value): Uint8Array {
  if (value.kind === 'vector' && value.type !== 11 && value.type !== 20) return encodeVector(value);
  const body = encodeBody(value);
  const file = new Uint8Array(2 + body.length);
  new DataView(file.buffer).setUint16(0, OBJECT_MARK, true);
  file.set(body, 2);
  return file;
}

/** The value of a file that kdb+ or this engine wrote. Signals `nyi` for a layout that is not read here. */
export function decodeObject(file: Uint8Array, functions: FunctionReader): Value {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const mark = file.length < 2 ? 0 : view.getUint16(0, true);
  if (mark === OBJECT_MARK) return decodeBody(file, 2, functions).value;
  if (mark === VECTOR_MARK && file.length >= VECTOR_HEADER_BYTES) return decodeVector(file, view, functions);
  throw new QError('nyi file format');
}

function encodeVector(vector: Vector): Uint8Array {
  const { type, data, attribute } = vector;
  const file = new Uint8Array(VECTOR_HEADER_BYTES + data.byteLength);
  const view = new DataView(file.buffer);
  view.setUint16(0, VECTOR_MARK, true);
  file[2] = type;
  file[3] = ATTRIBUTES.indexOf(attribute);
  view.setBigInt64(8, BigInt(type === 2 ? data.length / 16 : data.length), true);
  file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), VECTOR_HEADER_BYTES);
  return file;
}

function decodeVector(file: Uint8Array, view: DataView, functions: FunctionReader): Value {
  const type = file[2]!;
  const width = itemBytes(type);
  const attribute = ATTRIBUTES[file[3]!];
  const count = Number(view.getBigInt64(8, true));
  if (width === undefined || attribute === undefined || count < 0) throw new QError('nyi file format');
  if (VECTOR_HEADER_BYTES + count * width > file.length) throw new QError('length');
  // The same bytes behind a header of the wire are a body.
  const body = new Uint8Array(6 + count * width);
  body[0] = type;
  body[1] = file[3]!;
  new DataView(body.buffer).setInt32(2, count, true);
  body.set(file.subarray(VECTOR_HEADER_BYTES, VECTOR_HEADER_BYTES + count * width), 6);
  return decodeBody(body, 0, functions).value;
}
