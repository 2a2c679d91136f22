import { decodeBody } from '../codec/index.ts';
import { symbolOfBytes } from '../codec/symbol-bytes.ts';
import type { Interpreter } from '../evaluator/interpreter.ts';
import { itemBytes } from '../values/item-bytes.ts';
import { collect, itemsOf } from '../values/items.ts';
import { list } from '../values/make.ts';
import { typeByName } from '../values/types.ts';
import { QError, type Value } from '../values/value.ts';
import { functionReader } from './function-reader.ts';
import { encodeFile } from './object-file.ts';
import { fileBytes, filePath, stringBytes, wholeNumber } from './text-source.ts';
import { zipParametersOf } from './zip-parameters.ts';
import { zip } from './zipped-file.ts';

/** The operator 1: writes the bytes of a value, compressed if parameters say so, or reads records of fixed width. */
export function fileBinary(x: Value, y: Value, interpreter: Interpreter): Value {
  const path = filePath(x);
  if (path !== undefined) {
    interpreter.host.writeFile(path, rawBytes(y));
    return x;
  }
  if (x.kind !== 'list') throw new QError('type');
  const [target, ...parameters] = x.items;
  const zipped = target === undefined ? undefined : filePath(target);
  if (zipped !== undefined) {
    const how = zipParametersOf(parameters);
    interpreter.host.writeFile(zipped, how === undefined ? rawBytes(y) : zip(rawBytes(y), how));
    return target!;
  }
  if (x.items.length !== 2) throw new QError('type');
  const [first, second] = x.items as [Value, Value];
  const isLittle = isText(first);
  const letters = stringBytes(isLittle ? first : second);
  const widths = itemsOf(isLittle ? second : first).map(wholeNumber);
  if (letters.length !== widths.length) throw new QError('length');
  const bytes = fileBytes(y, interpreter.host) ?? bytesOf(y);
  return readRecords(String.fromCharCode(...letters), widths, isLittle, bytes);
}

function readRecords(
  letters: string,
  widths: readonly number[],
  isLittle: boolean,
  bytes: Uint8Array,
): Value {
  const recordBytes = widths.reduce((sum, width) => sum + width, 0);
  const count = recordBytes === 0 ? 0 : Math.floor(bytes.length / recordBytes);
  const columns: Value[] = [];
  let begin = 0;
  for (const [i, width] of widths.entries()) {
    const letter = letters[i]!;
    const fields = Array.from({ length: count }, (_, row) =>
      bytes.subarray(row * recordBytes + begin, row * recordBytes + begin + width),
    );
    begin += width;
    if (letter !== ' ') columns.push(columnOf(letter, width, isLittle, fields));
  }
  return list(columns);
}

function columnOf(letter: string, width: number, isLittle: boolean, fields: readonly Uint8Array[]): Value {
  if (letter === '*') {
    return list(
      fields.map(field => ({ kind: 'vector', type: 10, data: new Uint8Array(field), attribute: '' })),
    );
  }
  const type = typeByName(letter);
  if (type === 11) {
    const trimmed = fields.map(field => {
      const zero = field.indexOf(0);
      return symbolOfBytes(field, 0, zero < 0 ? field.length : zero);
    });
    return { kind: 'vector', type: 11, data: Int32Array.from(trimmed), attribute: '' };
  }
  if (type === 0 || itemBytes(type) !== width) throw new QError('length');
  const body = new Uint8Array(6 + fields.length * width);
  body[0] = type;
  new DataView(body.buffer).setInt32(2, fields.length, true);
  for (const [i, field] of fields.entries()) {
    body.set(isLittle || width === 1 ? field : Uint8Array.from(field).reverse(), 6 + i * width);
  }
  return decodeBody(body, 0, functionReader).value;
}

function rawBytes(value: Value): Uint8Array {
  if (value.kind === 'vector' && value.type !== 11 && value.type !== 20) {
    return new Uint8Array(value.data.buffer, value.data.byteOffset, value.data.byteLength);
  }
  if (value.kind !== 'atom' || value.type === 11 || value.type === 20) throw new QError('nyi anymap');
  // The bytes of a vector of one are those of the atom.
  return encodeFile(collect([value])).subarray(16);
}

function isText(value: Value): boolean {
  return (value.kind === 'vector' || value.kind === 'atom') && value.type === 10;
}

function bytesOf(value: Value): Uint8Array {
  if (value.kind === 'vector' && value.type === 4) return value.data;
  return stringBytes(value);
}
