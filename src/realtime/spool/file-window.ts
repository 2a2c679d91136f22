import type { SpoolFile } from './files.ts';

/** A part of a file in memory, which moves on as it is read: so memory is the same for a file of any length. */
export class FileWindow {
  readonly endBytes: number;
  readonly #file: SpoolFile;
  readonly #readAheadBytes: number;
  #buffer: Buffer = Buffer.alloc(0);
  #begin = 0;
  #filled = 0;

  /** @param endBytes where the file ends for who reads here, though it may be longer */
  constructor(file: SpoolFile, endBytes: number, readAheadBytes: number) {
    this.#file = file;
    this.endBytes = endBytes;
    this.#readAheadBytes = readAheadBytes;
  }

  /** The `count` bytes from `at` on, fewer where the file ends before. They are there until the next call. */
  async bytes(at: number, count: number): Promise<Buffer> {
    const wanted = Math.max(0, Math.min(count, this.endBytes - at));
    if (at < this.#begin || at + wanted > this.#begin + this.#filled) await this.#load(at, wanted);
    const from = at - this.#begin;
    return this.#buffer.subarray(from, from + Math.min(wanted, Math.max(0, this.#filled - from)));
  }

  async #load(at: number, wanted: number): Promise<void> {
    const length = Math.max(wanted, Math.min(this.#readAheadBytes, this.endBytes - at));
    if (this.#buffer.length < length) this.#buffer = Buffer.allocUnsafe(length);
    this.#begin = at;
    this.#filled = 0;
    this.#filled = await this.#file.read(this.#buffer.subarray(0, length), at);
  }
}
