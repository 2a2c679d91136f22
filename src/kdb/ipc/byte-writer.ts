/** Little-endian bytes, written one after the other into a buffer that grows. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(256);
  #length = 0;

  /** Begins again in the same buffer: what was written before is no longer there. */
  clear(): void {
    this.#length = 0;
  }

  /** What has been written, without a copy: it holds until the writer is used again. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  int8(value: number): void {
    const at = this.#advance(1);
    this.#bytes.writeInt8(value, at);
  }

  uint8(value: number): void {
    const at = this.#advance(1);
    this.#bytes.writeUInt8(value, at);
  }

  int16(value: number): void {
    const at = this.#advance(2);
    this.#bytes.writeInt16LE(value, at);
  }

  int32(value: number): void {
    const at = this.#advance(4);
    this.#bytes.writeInt32LE(value, at);
  }

  int64(value: bigint): void {
    const at = this.#advance(8);
    this.#bytes.writeBigInt64LE(value, at);
  }

  float32(value: number): void {
    const at = this.#advance(4);
    this.#bytes.writeFloatLE(value, at);
  }

  float64(value: number): void {
    const at = this.#advance(8);
    this.#bytes.writeDoubleLE(value, at);
  }

  bytes(values: Uint8Array): void {
    const at = this.#advance(values.length);
    this.#bytes.set(values, at);
  }

  /** Makes room for `count` bytes and returns where they begin; `#bytes` may be another buffer afterwards. */
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
