import type { Interpreter } from '../evaluator/interpreter.ts';
import { list, long } from '../values/make.ts';
import { QError, type Value } from '../values/value.ts';
import { plainBytes, readPlain } from './stored-file.ts';
import { filePath, linesOf, wholeNumber } from './text-source.ts';

const LINE_END = 0x0a;

/**
 * .Q.fsn: gives a file to a function in lists of whole lines, each of about so many bytes. Answers the size of the
 * file.
 */
export function streamFile(f: Value, file: Value, chunk: Value, interpreter: Interpreter): Value {
  const { host } = interpreter;
  const path = pathOf(file);
  const bytes = plainBytes(path, host);
  if (bytes === undefined) throw new QError(`${path}. OS reports: No such file or directory`);
  eachChunk(bytes, chunk, (offset, length) => readPlain(path, host, offset, length), f, interpreter);
  return long(bytes);
}

/** .Q.fpn: the same for a pipe, which is read to its end. */
export function streamPipe(f: Value, file: Value, chunk: Value, interpreter: Interpreter): Value {
  const content = interpreter.host.readFile(pathOf(file));
  const read = (offset: number, length: number): Uint8Array => content.subarray(offset, offset + length);
  eachChunk(content.length, chunk, read, f, interpreter);
  return long(content.length);
}

function eachChunk(
  bytes: number,
  chunk: Value,
  read: (offset: number, length: number) => Uint8Array,
  f: Value,
  interpreter: Interpreter,
): void {
  const wanted = wholeNumber(chunk);
  if (wanted <= 0) throw new QError('domain');
  for (let offset = 0, length = wanted; offset < bytes; ) {
    const part = read(offset, length);
    const isLast = offset + part.length >= bytes;
    const end = isLast ? part.length : part.lastIndexOf(LINE_END) + 1;
    if (end === 0) {
      // A line that is longer than a chunk is still given whole.
      length *= 2;
      continue;
    }
    interpreter.apply(f, [list(linesOf(part.subarray(0, end)).map(stringOf))]);
    offset += end;
    length = wanted;
  }
}

function stringOf(line: Uint8Array): Value {
  return { kind: 'vector', type: 10, data: Uint8Array.from(line), attribute: '' };
}

function pathOf(file: Value): string {
  const path = filePath(file);
  if (path === undefined) throw new QError('type');
  return path;
}
