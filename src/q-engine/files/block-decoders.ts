/** Decoders of the block formats of Snappy and LZ4, as their specifications define them. */
import { QError } from '../values/value.ts';

/** A Snappy block: its length as a varint, then literals and copies. */
export function decodeSnappy(block: Uint8Array, bytes: number): Uint8Array {
  const output = new BlockOutput(bytes);
  let at = 0;
  // The length is known from elsewhere.
  while (block[at++]! >= 0x80) if (at > 5) throw damaged();
  while (at < block.length) {
    const tag = block[at++]!;
    const kind = tag & 3;
    if (kind === 0) {
      const extra = Math.max(0, (tag >> 2) - 59);
      const length = (extra === 0 ? tag >> 2 : littleEndian(block, at, extra)) + 1;
      at += extra;
      output.literal(block, at, length);
      at += length;
    } else if (kind === 1) {
      output.copy(((tag >> 5) << 8) | littleEndian(block, at, 1), ((tag >> 2) & 7) + 4);
      at += 1;
    } else {
      const width = kind === 2 ? 2 : 4;
      output.copy(littleEndian(block, at, width), (tag >> 2) + 1);
      at += width;
    }
  }
  return output.whole();
}

/** An LZ4 block: sequences of literals and a copy; the last one has no copy. */
export function decodeLz4(block: Uint8Array, bytes: number): Uint8Array {
  const output = new BlockOutput(bytes);
  let at = 0;
  const length = (begin: number): number => {
    if (begin < 15) return begin;
    let sum = begin;
    let byte: number;
    do {
      byte = littleEndian(block, at++, 1);
      sum += byte;
    } while (byte === 255);
    return sum;
  };
  while (at < block.length) {
    const token = block[at++]!;
    const literals = length(token >> 4);
    output.literal(block, at, literals);
    at += literals;
    if (at >= block.length) break;
    const distance = littleEndian(block, at, 2);
    at += 2;
    output.copy(distance, length(token & 15) + 4);
  }
  return output.whole();
}

function littleEndian(bytes: Uint8Array, at: number, width: number): number {
  if (at + width > bytes.length) throw damaged();
  let value = 0;
  for (let i = width - 1; i >= 0; i--) value = value * 256 + bytes[at + i]!;
  return value;
}

function damaged(): QError {
  return new QError('corrupt');
}

class BlockOutput {
  readonly #bytes: Uint8Array;
  #length = 0;

  constructor(bytes: number) {
    this.#bytes = new Uint8Array(bytes);
  }

  literal(source: Uint8Array, at: number, length: number): void {
    if (at + length > source.length || this.#length + length > this.#bytes.length) throw damaged();
    this.#bytes.set(source.subarray(at, at + length), this.#length);
    this.#length += length;
  }

  /** What is copied may overlap what it makes, and repeats then. */
  copy(distance: number, length: number): void {
    const begin = this.#length - distance;
    if (distance === 0 || begin < 0 || this.#length + length > this.#bytes.length) throw damaged();
    for (let i = 0; i < length; i++) this.#bytes[this.#length + i] = this.#bytes[begin + i]!;
    this.#length += length;
  }

  whole(): Uint8Array {
    if (this.#length !== this.#bytes.length) throw damaged();
    return this.#bytes;
  }
}
