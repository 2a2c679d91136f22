/** Little-endian bytes, written one after the other into a buffer that grows. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(256);
  #length = 0;

  /** What has been written, without a copy; the writer is not used afterwards. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  int8(value: number): void {
    this.#bytes.writeInt8(value, this.#advance(1));
  }

  uint8(value: number): void {
    this.#bytes.writeUInt8(value, this.#advance(1));
  }

  int16(value: number): void {
    this.#bytes.writeInt16LE(value, this.#advance(2));
  }

  int32(value: number): void {
    this.#bytes.writeInt32LE(value, this.#advance(4));
  }

  int64(value: bigint): void {
    this.#bytes.writeBigInt64LE(value, this.#advance(8));
  }

  float32(value: number): void {
    this.#bytes.writeFloatLE(value, this.#advance(4));
  }

  float64(value: number): void {
    this.#bytes.writeDoubleLE(value, this.#advance(8));
  }

  bytes(values: Uint8Array): void {
    this.#bytes.set(values, this.#advance(values.length));
  }

  /** Makes room for `count` bytes and returns where they begin. */
  #advance(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.#length, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, at));
      this.#bytes = grown;
    }
    return at;
  }
}
