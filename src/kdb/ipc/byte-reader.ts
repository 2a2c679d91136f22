import { KdbMalformedError } from '../errors.ts';

/** Little-endian bytes, read one after the other; reading past the end throws KdbMalformedError. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  /** The next byte as an int8, without moving on; undefined at the end. */
  peek(): number | undefined {
    const byte = this.#bytes[this.#at];
    return byte === undefined ? undefined : (byte << 24) >> 24;
  }

  int8(): number {
    return this.#bytes.readInt8(this.#advance(1));
  }

  uint8(): number {
    return this.#bytes.readUInt8(this.#advance(1));
  }

  int16(): number {
    return this.#bytes.readInt16LE(this.#advance(2));
  }

  int32(): number {
    return this.#bytes.readInt32LE(this.#advance(4));
  }

  int64(): bigint {
    return this.#bytes.readBigInt64LE(this.#advance(8));
  }

  float32(): number {
    return this.#bytes.readFloatLE(this.#advance(4));
  }

  float64(): number {
    return this.#bytes.readDoubleLE(this.#advance(8));
  }

  /** `count` items of `width` bytes each, copied, so that they are aligned and the message can be let go. */
  copy(count: number, width: number): ArrayBuffer {
    const at = this.#advance(count * width);
    const copied = new Uint8Array(count * width);
    copied.set(this.#bytes.subarray(at, this.#at));
    return copied.buffer;
  }

  /** Text up to the next NUL, which is consumed. */
  symbol(): string {
    const end = this.#bytes.indexOf(0, this.#at);
    if (end < 0) throw new KdbMalformedError('a symbol without its end');
    const name = this.#bytes.toString('utf8', this.#at, end);
    this.#at = end + 1;
    return name;
  }

  guid(): string {
    const at = this.#advance(16);
    const digits = this.#bytes.toString('hex', at, at + 16);
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  }

  /** A count of items of at least `leastWidth` bytes each, held to what is there before anything is allocated. */
  count(leastWidth: number): number {
    const count = this.int32();
    if (count < 0 || count * leastWidth > this.remaining) {
      throw new KdbMalformedError(`${count} items where ${this.remaining} bytes are left`);
    }
    return count;
  }

  #advance(byteCount: number): number {
    const at = this.#at;
    if (byteCount > this.remaining) throw new KdbMalformedError('a value is cut short');
    this.#at += byteCount;
    return at;
  }
}
