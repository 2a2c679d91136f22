import { KdbUnencodableError } from '../errors.ts';
import { ByteWriter } from './byte-writer.ts';
import {
  ATTRIBUTES,
  type QAtom,
  type QDict,
  type QTable,
  type QValue,
  type QVector,
  TYPE_NUMBER,
} from './values.ts';

/**
 * The q IPC body of a value: what follows the message header. Little-endian, uncompressed, every type of the
 * protocol (KX documentation, knowledge base "Serialization examples" and "Interprocess communication").
 * Throws KdbUnencodableError for a symbol with a NUL in it, or a guid that is none.
 *
 * @param out takes the bytes, after those that it has; what is returned holds until it is used again
 */
export function encodeValue(value: QValue, out: ByteWriter = new ByteWriter()): Buffer {
  writeValue(out, value);
  return out.finish();
}

/** The body of an answer that says that the request failed. */
export function encodeError(signal: string): Buffer {
  const out = new ByteWriter();
  out.int8(-128);
  writeSymbol(out, signal);
  return out.finish();
}

function writeValue(out: ByteWriter, value: QValue): void {
  switch (value.kind) {
    case 'atom':
      writeAtom(out, value);
      return;
    case 'vector':
      writeVector(out, value);
      return;
    case 'list':
      writeList(out, value.items, ATTRIBUTES.indexOf(value.attribute));
      return;
    case 'dict':
      writeDict(out, value);
      return;
    case 'table':
      writeTable(out, value);
      return;
    case 'lambda':
      out.int8(100);
      writeSymbol(out, value.context);
      writeValue(out, value.body);
      return;
    case 'primitive':
      out.int8(value.type);
      out.uint8(value.code);
      return;
    case 'composed':
      out.int8(value.type);
      out.int32(value.parts.length);
      for (const part of value.parts) writeValue(out, part);
      return;
    case 'derived':
      out.int8(value.type);
      writeValue(out, value.argument);
      return;
  }
}

function writeAtom(out: ByteWriter, atom: QAtom): void {
  out.int8(-TYPE_NUMBER[atom.type]);
  switch (atom.type) {
    case 'boolean':
      out.uint8(atom.value ? 1 : 0);
      return;
    case 'guid':
      out.bytes(guidBytes(atom.value));
      return;
    case 'symbol':
      writeSymbol(out, atom.value);
      return;
    case 'byte':
    case 'char':
      out.uint8(atom.value);
      return;
    case 'short':
      out.int16(atom.value);
      return;
    case 'real':
      out.float32(atom.value);
      return;
    case 'float':
    case 'datetime':
      out.float64(atom.value);
      return;
    case 'long':
    case 'timestamp':
    case 'timespan':
      out.int64(atom.value);
      return;
    default:
      out.int32(atom.value);
      return;
  }
}

function writeVector(out: ByteWriter, vector: QVector): void {
  out.int8(TYPE_NUMBER[vector.type]);
  out.uint8(ATTRIBUTES.indexOf(vector.attribute));
  out.int32(vector.values.length);
  switch (vector.type) {
    case 'guid':
      for (const guid of vector.values) out.bytes(guidBytes(guid));
      return;
    case 'symbol':
      for (const name of vector.values) writeSymbol(out, name);
      return;
    default: {
      const { buffer, byteOffset, byteLength } = vector.values;
      out.bytes(new Uint8Array(buffer, byteOffset, byteLength));
      return;
    }
  }
}

function writeList(out: ByteWriter, items: readonly QValue[], attribute: number): void {
  out.int8(0);
  out.uint8(attribute);
  out.int32(items.length);
  for (const item of items) writeValue(out, item);
}

function writeDict(out: ByteWriter, dict: QDict): void {
  out.int8(dict.sorted ? 127 : 99);
  writeValue(out, dict.keys);
  writeValue(out, dict.values);
}

function writeTable(out: ByteWriter, table: QTable): void {
  out.int8(98);
  out.uint8(ATTRIBUTES.indexOf(table.attribute));
  out.int8(99);
  out.int8(TYPE_NUMBER.symbol);
  out.uint8(0);
  out.int32(table.columns.length);
  for (const column of table.columns) writeSymbol(out, column.name);
  writeList(
    out,
    table.columns.map(column => column.values),
    0,
  );
}

function writeSymbol(out: ByteWriter, name: string): void {
  if (name.includes('\0')) throw new KdbUnencodableError('a symbol with a NUL character in it');
  out.bytes(Buffer.from(name, 'utf8'));
  out.uint8(0);
}

function guidBytes(guid: string): Uint8Array {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(guid))
    throw new KdbUnencodableError(`guid "${guid}"`);
  return Buffer.from(guid.replaceAll('-', ''), 'hex');
}
