/**
 * Appending to lists without copying them each time. A vector may be a view of a larger buffer of which only
 * the first `used` bytes have ever been part of a value; an append to the view that ends there writes behind
 * it and returns a longer view. The shorter one still sees what it saw, so values stay immutable.
 */
import { checkItems, spend } from './limits.ts';
import type { AnyData } from './types.ts';

const COPIED_AT_ONCE = 2 ** 22;

const usedBytes = new WeakMap<ArrayBufferLike, number>();

type DataConstructor<T> = {
  new (buffer: ArrayBufferLike, offset: number, length: number): T;
  readonly BYTES_PER_ELEMENT: number;
};

/** Copies in parts, so that a time limit counts between them. */
function copyInto(target: AnyData, source: AnyData, at: number): void {
  for (let from = 0; from < source.length; from += COPIED_AT_ONCE) {
    const part = source.subarray(from, from + COPIED_AT_ONCE);
    spend(part.length >>> 4);
    (target as Uint8Array).set(part as Uint8Array, at + from);
  }
}

/** `data` followed by `tail` (of the same kind of array), in place where the buffer has room. */
export function appendData<T extends AnyData>(data: T, tail: T): T {
  const Data = data.constructor as unknown as DataConstructor<T>;
  const end = data.byteOffset + data.byteLength;
  const newEnd = end + tail.byteLength;
  const buffer = data.buffer;
  if (usedBytes.get(buffer) === end && newEnd <= buffer.byteLength) {
    const grown = new Data(buffer, data.byteOffset, data.length + tail.length);
    (grown as Uint8Array).set(tail as Uint8Array, data.length);
    usedBytes.set(buffer, newEnd);
    return grown;
  }
  const length = data.length + tail.length;
  checkItems(length, 'vector', Data.BYTES_PER_ELEMENT);
  // A first append copies exactly; only what keeps growing is given room to grow.
  const growing = usedBytes.has(buffer) || data.length >= 64;
  const capacity = growing ? Math.ceil(length * 1.5) : length;
  const fresh = new ArrayBuffer(capacity * Data.BYTES_PER_ELEMENT);
  const grown = new Data(fresh, 0, length);
  copyInto(grown, data, 0);
  copyInto(grown, tail, data.length);
  usedBytes.set(fresh, length * Data.BYTES_PER_ELEMENT);
  return grown;
}
