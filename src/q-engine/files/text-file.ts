import type { Interpreter } from '../evaluator/interpreter.ts';
import { collect, itemAt, itemsOf } from '../values/items.ts';
import { list, string, table, textOf } from '../values/make.ts';
import { decodeText } from '../values/text.ts';
import { QError, type Value } from '../values/value.ts';
import { type FieldColumn, fieldColumn } from './field-columns.ts';
import { prepareText } from './prepare-text.ts';
import {
  fileBytes,
  filePath,
  joinLines,
  linesOf,
  linesOfValue,
  stringBytes,
  wholeNumber,
} from './text-source.ts';

const QUOTE = 0x22;
const LINE_END = 0x0a;

/** The operator 0: in all its forms: prepare and save text, load delimited or fixed fields, key-value pairs. */
export function fileText(x: Value, y: Value, interpreter: Interpreter): Value {
  const path = filePath(x);
  if (path !== undefined) {
    interpreter.host.writeFile(path, joinLines(itemsOf(y).map(line => decodeText(stringBytes(line)))));
    return x;
  }
  if (x.kind === 'atom' && x.type === 10) return prepareText(x.value, y, interpreter.precision);
  if (x.kind === 'vector' && x.type === 10 && x.data.length >= 3) return keyValuePairs(textOf(x), y);
  if (x.kind !== 'list' || x.items.length < 2) throw new QError('type');
  const [types, separator, embedded] = x.items as [Value, Value, Value?];
  const letters = decodeText(stringBytes(types));
  if (separator.kind === 'vector' && separator.type !== 10)
    return loadFixed(letters, itemsOf(separator).map(wholeNumber), y, interpreter);
  const isEmbedded = embedded !== undefined && wholeNumber(embedded) === 1;
  return loadDelimited(letters, separator, isEmbedded, y, interpreter);
}

function loadDelimited(
  letters: string,
  separator: Value,
  isEmbedded: boolean,
  y: Value,
  interpreter: Interpreter,
): Value {
  const delimiter = stringBytes(separator)[0]!;
  const hasHeader = separator.kind === 'vector';
  const lines = isEmbedded ? recordsOf(y, interpreter) : linesOfValue(y, interpreter.host);
  const names = hasHeader
    ? splitFields(lines.shift() ?? new Uint8Array(), delimiter).map(decodeText)
    : undefined;
  const columns = columnsOf(letters, lines.length);
  for (const line of lines) addFields(line, delimiter, columns);
  const wanted = [...columns.keys()].filter(i => columns[i] !== undefined);
  const values = wanted.map(i => columns[i]!.value());
  if (names !== undefined)
    return table(
      wanted.map(i => names[i] ?? ''),
      values,
    );
  const isOneString = y.kind === 'vector' && y.type === 10;
  return isOneString && lines.length === 1 ? collect(values.map(value => itemAt(value, 0))) : list(values);
}

function loadFixed(letters: string, widths: readonly number[], y: Value, interpreter: Interpreter): Value {
  const columns = columnsOf(letters, linesOfValue(y, interpreter.host).length);
  for (const line of linesOfValue(y, interpreter.host)) {
    let begin = 0;
    for (const [i, width] of widths.entries()) {
      columns[i]?.add(line.subarray(begin, begin + width));
      begin += width;
    }
  }
  return list(columns.filter(column => column !== undefined).map(column => column.value()));
}

function columnsOf(letters: string, rows: number): (FieldColumn | undefined)[] {
  return [...letters].map(letter => fieldColumn(letter, rows));
}

/** Fields beyond the columns are left out; a column without a field gets an empty one. */
function addFields(line: Uint8Array, delimiter: number, columns: readonly (FieldColumn | undefined)[]): void {
  let begin = 0;
  for (const column of columns) {
    if (line[begin] === QUOTE) {
      const { field, next } = quotedField(line, begin, delimiter);
      column?.add(field);
      begin = next;
      continue;
    }
    const found = begin > line.length ? -1 : line.indexOf(delimiter, begin);
    const end = found < 0 ? line.length : found;
    column?.add(line.subarray(begin, end));
    begin = end + 1;
  }
}

function splitFields(line: Uint8Array, delimiter: number): Uint8Array[] {
  const fields: Uint8Array[] = [];
  for (let begin = 0; begin <= line.length; ) {
    if (line[begin] === QUOTE) {
      const { field, next } = quotedField(line, begin, delimiter);
      fields.push(field);
      begin = next;
      continue;
    }
    const found = line.indexOf(delimiter, begin);
    const end = found < 0 ? line.length : found;
    fields.push(line.subarray(begin, end));
    begin = end + 1;
  }
  return fields;
}

/** A field in quotes, in which a doubled quote stands for one, and where the next field begins. */
function quotedField(
  line: Uint8Array,
  begin: number,
  delimiter: number,
): { field: Uint8Array; next: number } {
  const field: number[] = [];
  let at = begin + 1;
  for (; at < line.length; at++) {
    if (line[at] !== QUOTE) field.push(line[at]!);
    else if (line[at + 1] === QUOTE) field.push(line[at++]!);
    else break;
  }
  const found = line.indexOf(delimiter, at);
  return { field: Uint8Array.from(field), next: (found < 0 ? line.length : found) + 1 };
}

/** Records whose quoted fields may hold line ends. */
function recordsOf(y: Value, { host }: Interpreter): Uint8Array[] {
  const lines = y.kind === 'list' && fileBytes(y, host) === undefined ? y.items.map(stringBytes) : undefined;
  const bytes =
    lines === undefined
      ? (fileBytes(y, host) ?? stringBytes(y))
      : Buffer.concat(lines.flatMap(line => [line, Uint8Array.of(LINE_END)]));
  const records: Uint8Array[] = [];
  let begin = 0;
  let isQuoted = false;
  for (let i = 0; i <= bytes.length; i++) {
    if (bytes[i] === QUOTE) isQuoted = !isQuoted;
    if (i < bytes.length && (bytes[i] !== LINE_END || isQuoted)) continue;
    if (i > begin) records.push(bytes.subarray(begin, i));
    begin = i + 1;
  }
  return records;
}

/** Keys by the type that the format begins with, and values as strings. */
function keyValuePairs(format: string, y: Value): Value {
  const [type, separator] = format;
  const isQuoted = format.length === 4 && format[2] === '*';
  const record = format.charCodeAt(format.length - 1);
  const bytes = stringBytes(y);
  const parts =
    record === LINE_END
      ? linesOf(bytes)
      : isQuoted
        ? splitOutsideQuotes(bytes, record)
        : splitAt(bytes, record);
  const pairs = parts
    .filter(part => part.length > 0)
    .map(part => {
      const at = part.indexOf(separator!.charCodeAt(0));
      return at < 0
        ? ([part, new Uint8Array()] as const)
        : ([part.subarray(0, at), part.subarray(at + 1)] as const);
    });
  const keys = fieldColumn(type!, pairs.length);
  if (keys === undefined) throw new QError('type');
  for (const [key] of pairs) keys.add(key);
  const values = pairs.map(([, value]) =>
    isQuoted && value[0] === QUOTE ? quotedField(value, 0, record).field : value,
  );
  return list([keys.value(), list(values.map(value => string(decodeText(value))))]);
}

function splitAt(bytes: Uint8Array, separator: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let begin = 0;
  for (let at = bytes.indexOf(separator); at >= 0; at = bytes.indexOf(separator, begin)) {
    parts.push(bytes.subarray(begin, at));
    begin = at + 1;
  }
  parts.push(bytes.subarray(begin));
  return parts;
}

function splitOutsideQuotes(bytes: Uint8Array, separator: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let begin = 0;
  let isQuoted = false;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] === QUOTE) isQuoted = !isQuoted;
    if (bytes[i] !== separator || isQuoted) continue;
    parts.push(bytes.subarray(begin, i));
    begin = i + 1;
  }
  parts.push(bytes.subarray(begin));
  return parts;
}
