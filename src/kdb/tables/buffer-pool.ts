import type { Allocate } from './encode-columns.ts';

/** A batch of one row is about half as long. */
const SMALLEST_BYTES = 512;

/**
 * Buffers for encoded batches, used again once a batch is done with: at full rate batches make tens of megabytes a
 * second, which the garbage collector would let pile up outside its heap. Lengths are rounded up to a power of two;
 * at most `maxFreeBytes` are kept, the rest is left to the garbage collector.
 */
export class BufferPool {
  readonly #free = new Map<number, ArrayBuffer[]>();
  readonly #maxFreeBytes: number;
  #freeBytes = 0;

  constructor(maxFreeBytes = 64 * 1024 * 1024) {
    this.#maxFreeBytes = maxFreeBytes;
  }

  get freeBytes(): number {
    return this.#freeBytes;
  }

  /** At least `byteCount` bytes with anything in them. */
  readonly take: Allocate = byteCount => {
    const length = roundedUp(byteCount);
    const buffer = this.#free.get(length)?.pop();
    if (!buffer) return new Uint8Array(new ArrayBuffer(length), 0, byteCount);
    this.#freeBytes -= length;
    return new Uint8Array(buffer, 0, byteCount);
  };

  /** Gives back what `take` gave, or a part of it. Nothing may read it afterwards. */
  release(bytes: Uint8Array): void {
    const { buffer } = bytes;
    const length = buffer.byteLength;
    if (!(buffer instanceof ArrayBuffer) || length !== roundedUp(length)) {
      throw new RangeError('this buffer is not from a pool');
    }
    if (this.#freeBytes + length > this.#maxFreeBytes) return;
    let free = this.#free.get(length);
    if (!free) {
      free = [];
      this.#free.set(length, free);
    }
    free.push(buffer);
    this.#freeBytes += length;
  }
}

function roundedUp(byteCount: number): number {
  return Math.max(SMALLEST_BYTES, 2 ** Math.ceil(Math.log2(byteCount)));
}
