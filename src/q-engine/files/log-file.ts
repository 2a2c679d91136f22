import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { decodeBody, type FunctionReader } from '../codec/index.ts';
import { bodyEnd } from '../codec/measure.ts';
import { QError, type Value } from '../values/value.ts';
import { fileError } from './file-error.ts';

/** What begins a log: the mark of a serialised object, and an empty general list. */
export const EMPTY_LOG = Uint8Array.of(0xff, 0x01, 0, 0, 0, 0, 0, 0);

/** Bytes read at a time; a message that is longer gets as much as it needs. */
const WINDOW_BYTES = 16 * 1024 * 1024;

/** How much of a log is whole. */
export interface LogExtent {
  readonly messages: number;
  /** Up to the end of the last whole message. */
  readonly validBytes: number;
  /** Bytes follow that are no whole message. */
  readonly damaged: boolean;
}

/** Counts the whole messages of a log without making values of them. */
export function measureLog(path: string): LogExtent {
  return walkLog(path, Number.POSITIVE_INFINITY, () => {});
}

/** Gives the first `limit` messages of a log to `replay`, in order. */
export function replayLog(
  path: string,
  limit: number,
  functions: FunctionReader,
  replay: (message: Value) => void,
): LogExtent {
  return walkLog(path, limit, (bytes, begin) => replay(decodeBody(bytes, begin, functions).value));
}

function walkLog(path: string, limit: number, visit: (bytes: Uint8Array, begin: number) => void): LogExtent {
  const descriptor = fileError(path, () => openSync(path, 'r'));
  try {
    const size = fstatSync(descriptor).size;
    let window = readWindow(descriptor, 0, Math.min(size, WINDOW_BYTES));
    if (size < EMPTY_LOG.length || !EMPTY_LOG.every((byte, i) => i >= 3 || window[i] === byte))
      throw new QError(path);
    let windowBegin = 0;
    let position = EMPTY_LOG.length;
    let messages = 0;
    while (position < size && messages < limit) {
      const begin = position - windowBegin;
      const end = bodyEnd(window, begin);
      if (end === 'malformed') break;
      if (end === 'cut') {
        const reaches = windowBegin + window.length;
        if (reaches >= size) break;
        const wanted = begin === 0 ? window.length * 2 : WINDOW_BYTES;
        windowBegin = position;
        window = readWindow(descriptor, position, Math.min(size - position, wanted));
        continue;
      }
      visit(window, begin);
      position = windowBegin + end;
      messages++;
    }
    return { messages, validBytes: position, damaged: messages < limit && position < size };
  } finally {
    closeSync(descriptor);
  }
}

function readWindow(descriptor: number, position: number, bytes: number): Uint8Array {
  const window = new Uint8Array(bytes);
  let filled = 0;
  while (filled < bytes) {
    const read = readSync(descriptor, window, filled, bytes - filled, position + filled);
    if (read === 0) return window.subarray(0, filled);
    filled += read;
  }
  return window;
}
