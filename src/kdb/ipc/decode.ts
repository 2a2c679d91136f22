import { KdbMalformedError, QError } from '../errors.ts';
import { ByteReader } from './byte-reader.ts';
import {
  ATTRIBUTES,
  type Attribute,
  type QAtom,
  type QColumn,
  type QDict,
  type QList,
  type QTable,
  type QTypeName,
  type QValue,
  type QVector,
  rowCountOf,
  TYPE_NUMBER,
} from './values.ts';

/** The first body byte of an answer that is an error. */
const ERROR_TYPE = -128;

/** Values nest this deep at most; deeper ones are taken for an attack on the stack. */
const DEEPEST_NESTING = 500;

const TYPE_NAMES = new Map<number, QTypeName>(
  Object.entries(TYPE_NUMBER).map(([name, number]) => [number, name as QTypeName]),
);

/**
 * The value of a q IPC body, uncompressed and little-endian. Throws QError where it is an error that q signalled,
 * and KdbMalformedError where it is no value, or has bytes left over.
 */
export function decodeValue(body: Uint8Array): QValue {
  const reader = new ByteReader(body);
  if (reader.peek() === ERROR_TYPE) throw errorIn(reader);
  const value = readValue(reader, 0);
  if (reader.remaining > 0) throw new KdbMalformedError(`${reader.remaining} bytes after the value`);
  return value;
}

/** The error that an answer is, without decoding an answer that is none. */
export function errorOf(body: Uint8Array): QError | undefined {
  const reader = new ByteReader(body);
  return reader.peek() === ERROR_TYPE ? errorIn(reader) : undefined;
}

function errorIn(reader: ByteReader): QError {
  reader.int8();
  return new QError(reader.symbol());
}

function readValue(reader: ByteReader, depth: number): QValue {
  if (depth > DEEPEST_NESTING) throw new KdbMalformedError(`values nested deeper than ${DEEPEST_NESTING}`);
  const type = reader.int8();
  if (type < 0) return readAtom(reader, typeName(-type));
  if (type === 0) return readList(reader, depth);
  if (type <= TYPE_NUMBER.time) return readVector(reader, typeName(type));
  switch (type) {
    case 98:
      return readTable(reader, depth);
    case 99:
    case 127:
      return readDict(reader, type === 127, depth);
    case 100:
      return { kind: 'lambda', context: reader.symbol(), body: readValue(reader, depth + 1) };
    case 101:
    case 102:
    case 103:
      return { kind: 'primitive', type, code: reader.uint8() };
    case 104:
    case 105:
      return { kind: 'composed', type, parts: readItems(reader, reader.count(1), depth) };
    case 106:
    case 107:
    case 108:
    case 109:
    case 110:
    case 111:
      return { kind: 'derived', type, argument: readValue(reader, depth + 1) };
    default:
      throw new KdbMalformedError(`type ${type}`);
  }
}

function typeName(type: number): QTypeName {
  const name = TYPE_NAMES.get(type);
  if (!name) throw new KdbMalformedError(`type ${type}`);
  return name;
}

function readAttribute(reader: ByteReader): Attribute {
  const byte = reader.uint8();
  const attribute = ATTRIBUTES[byte];
  if (!attribute) throw new KdbMalformedError(`attribute ${byte}`);
  return attribute;
}

function readAtom(reader: ByteReader, type: QTypeName): QAtom {
  switch (type) {
    case 'boolean':
      return { kind: 'atom', type, value: reader.uint8() !== 0 };
    case 'guid':
      return { kind: 'atom', type, value: reader.guid() };
    case 'symbol':
      return { kind: 'atom', type, value: reader.symbol() };
    case 'byte':
    case 'char':
      return { kind: 'atom', type, value: reader.uint8() };
    case 'short':
      return { kind: 'atom', type, value: reader.int16() };
    case 'real':
      return { kind: 'atom', type, value: reader.float32() };
    case 'float':
    case 'datetime':
      return { kind: 'atom', type, value: reader.float64() };
    case 'long':
    case 'timestamp':
    case 'timespan':
      return { kind: 'atom', type, value: reader.int64() };
    default:
      return { kind: 'atom', type, value: reader.int32() };
  }
}

function readVector(reader: ByteReader, type: QTypeName): QVector {
  const attribute = readAttribute(reader);
  const vector = { kind: 'vector', attribute } as const;
  switch (type) {
    case 'boolean':
    case 'byte':
    case 'char':
      return { ...vector, type, values: new Uint8Array(reader.copy(reader.count(1), 1)) };
    case 'short':
      return { ...vector, type, values: new Int16Array(reader.copy(reader.count(2), 2)) };
    case 'real':
      return { ...vector, type, values: new Float32Array(reader.copy(reader.count(4), 4)) };
    case 'float':
    case 'datetime':
      return { ...vector, type, values: new Float64Array(reader.copy(reader.count(8), 8)) };
    case 'long':
    case 'timestamp':
    case 'timespan':
      return { ...vector, type, values: new BigInt64Array(reader.copy(reader.count(8), 8)) };
    case 'guid':
      return { ...vector, type, values: Array.from({ length: reader.count(16) }, () => reader.guid()) };
    case 'symbol':
      return { ...vector, type, values: Array.from({ length: reader.count(1) }, () => reader.symbol()) };
    default:
      return { ...vector, type, values: new Int32Array(reader.copy(reader.count(4), 4)) };
  }
}

function readList(reader: ByteReader, depth: number): QList {
  const attribute = readAttribute(reader);
  return { kind: 'list', attribute, items: readItems(reader, reader.count(1), depth) };
}

function readItems(reader: ByteReader, count: number, depth: number): QValue[] {
  return Array.from({ length: count }, () => readValue(reader, depth + 1));
}

function readDict(reader: ByteReader, sorted: boolean, depth: number): QDict {
  const keys = readValue(reader, depth + 1);
  const values = readValue(reader, depth + 1);
  return { kind: 'dict', sorted, keys, values };
}

function readTable(reader: ByteReader, depth: number): QTable {
  const attribute = readAttribute(reader);
  const flipped = readValue(reader, depth + 1);
  if (flipped.kind !== 'dict') throw new KdbMalformedError('a table without a dict');
  const { keys, values } = flipped;
  if (keys.kind !== 'vector' || keys.type !== 'symbol' || values.kind !== 'list') {
    throw new KdbMalformedError('a table whose dict is not names to columns');
  }
  if (keys.values.length !== values.items.length) {
    throw new KdbMalformedError(`${keys.values.length} names for ${values.items.length} columns`);
  }
  const columns = keys.values.map((name, i) => columnOf(name, values.items[i]!));
  const lengths = new Set(columns.map(column => rowCountOf(column.values)));
  if (lengths.size > 1) throw new KdbMalformedError('a table with columns of different lengths');
  return { kind: 'table', attribute, columns };
}

function columnOf(name: string, values: QValue): QColumn {
  if (values.kind !== 'vector' && values.kind !== 'list' && values.kind !== 'table') {
    throw new KdbMalformedError(`column ${name} is not a list`);
  }
  return { name, values };
}
