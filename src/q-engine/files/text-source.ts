import { textOf } from '../values/make.ts';
import { encodeText } from '../values/text.ts';
import { QError, type Value } from '../values/value.ts';
import type { FileStore } from './splayed.ts';
import { readPlain } from './stored-file.ts';

/** The path of a file symbol; undefined for any other value. */
export function filePath(value: Value): string | undefined {
  return value.kind === 'atom' && value.type === 11 && value.value.startsWith(':')
    ? value.value.slice(1)
    : undefined;
}

/**
 * The bytes of a file symbol, or of (file; offset) or (file; offset; length); undefined for any other value.
 */
export function fileBytes(value: Value, store: FileStore): Uint8Array | undefined {
  const whole = readPathOf(value);
  if (whole !== undefined) return readPlain(whole, store);
  if (value.kind !== 'list') return undefined;
  const [file, offset, length] = value.items;
  const path = file === undefined ? undefined : readPathOf(file);
  if (path === undefined || offset === undefined) return undefined;
  return readPlain(path, store, wholeNumber(offset), length === undefined ? undefined : wholeNumber(length));
}

/** Lines of bytes without their ends; an end at the end of the bytes begins no further line. */
export function linesOf(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let begin = 0; begin < bytes.length; ) {
    const found = bytes.indexOf(0x0a, begin);
    const end = found < 0 ? bytes.length : found;
    lines.push(bytes.subarray(begin, end > begin && bytes[end - 1] === 0x0d ? end - 1 : end));
    begin = end + 1;
  }
  return lines;
}

/** A path to read from: a file symbol, or a symbol that lacks its colon. */
function readPathOf(value: Value): string | undefined {
  return filePath(value) ?? (value.kind === 'atom' && value.type === 11 ? value.value : undefined);
}

/** The lines of text that a value is: a string, strings, or those of a file. */
export function linesOfValue(value: Value, store: FileStore): Uint8Array[] {
  const bytes = fileBytes(value, store);
  if (bytes !== undefined) return linesOf(bytes);
  if (value.kind === 'vector' && value.type === 10) return linesOf(value.data);
  if (value.kind !== 'list') throw new QError('type');
  return value.items.map(stringBytes);
}

/** The bytes of a string or char. */
export function stringBytes(value: Value): Uint8Array {
  if (value.kind === 'vector' && value.type === 10) return value.data;
  if (value.kind === 'atom' && value.type === 10) return Uint8Array.of(value.value);
  throw new QError('type');
}

export function wholeNumber(value: Value): number {
  if (value.kind === 'atom' && (value.type === 5 || value.type === 6 || value.type === 7))
    return Number(value.value);
  throw new QError('type');
}

/** A path as text, from a file symbol or a string. */
export function pathText(value: Value): string {
  const path = filePath(value);
  if (path !== undefined) return path;
  if (value.kind === 'vector' && value.type === 10) return textOf(value);
  throw new QError('type');
}

/** Strings joined with line ends, one after each. */
export function joinLines(lines: readonly string[]): Uint8Array {
  return encodeText(lines.map(line => `${line}\n`).join(''));
}
