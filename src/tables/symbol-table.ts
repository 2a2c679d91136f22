import { MassiveKdbError } from '../base/errors.ts';

const INITIAL_SYMBOLS = 16_384;
const AVERAGE_NAME_BYTES = 12;

/** Answer of `internHashed` where a new name would exceed the limit. */
export const NO_ROOM = -1;

/** Raised when a name would exceed the table's limit; the event that carries it is refused. */
export class SymbolLimitError extends MassiveKdbError {
  constructor(limit: number) {
    super('SYMBOL_LIMIT', {
      what: `more than ${limit} distinct symbols between two drains`,
      remedy: 'Subscribe to fewer symbols, or raise the limit.',
    });
  }
}

/**
 * Names interned as small integers, kept as the bytes that they came in: UTF-8 and a closing NUL, one after the
 * other. Id 0 is the empty name, the null symbol. Ids hold until `clear`.
 */
export class SymbolTable {
  /** All names, each followed by NUL. */
  bytes: Uint8Array;
  /** Where the name of an id begins in `bytes`; the entry after the last id is the end. */
  offsets: Int32Array;
  #slots: Int32Array;
  #hashes: Int32Array;
  #count = 0;
  readonly #limit: number;

  constructor(limit = 4_000_000) {
    this.#limit = limit;
    this.bytes = new Uint8Array(INITIAL_SYMBOLS * AVERAGE_NAME_BYTES);
    this.offsets = new Int32Array(INITIAL_SYMBOLS + 1);
    this.#hashes = new Int32Array(INITIAL_SYMBOLS + 1);
    this.#slots = new Int32Array(INITIAL_SYMBOLS * 4);
    this.clear();
  }

  get count(): number {
    return this.#count;
  }

  /** Forgets every name but the empty one. */
  clear(): void {
    this.#slots.fill(0);
    this.#count = 1;
    this.bytes[0] = 0;
    this.offsets[0] = 0;
    this.offsets[1] = 1;
  }

  /** The id of the name in `source[begin, end)`: UTF-8 without NUL. Throws SymbolLimitError. */
  intern(source: Uint8Array, begin: number, end: number): number {
    let hash = 0;
    for (let i = begin; i < end; i++) hash = (Math.imul(hash, 31) + source[i]!) | 0;
    const id = this.internHashed(source, begin, end, hash);
    if (id === NO_ROOM) throw new SymbolLimitError(this.#limit);
    return id;
  }

  /**
   * The same for a caller that has read the bytes already: `byteHash` is 31 times itself plus the byte, for each byte,
   * as an int32. NO_ROOM for a new name beyond the limit.
   */
  internHashed(source: Uint8Array, begin: number, end: number, byteHash: number): number {
    if (begin === end) return 0;
    let hash = Math.imul(byteHash, 0x9e3779b1);
    hash ^= hash >>> 15;
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = this.#slots[slot]!;
      if (id === 0) return this.#add(source, begin, end, hash, slot);
      if (this.#equals(id, source, begin, end)) return id;
    }
  }

  internText(name: string): number {
    const bytes = Buffer.from(name, 'utf8');
    return this.intern(bytes, 0, bytes.length);
  }

  nameOf(id: number): string {
    return Buffer.from(
      this.bytes.buffer,
      this.offsets[id]!,
      this.offsets[id + 1]! - this.offsets[id]! - 1,
    ).toString('utf8');
  }

  #equals(id: number, source: Uint8Array, begin: number, end: number): boolean {
    const { bytes } = this;
    let at = this.offsets[id]!;
    for (let i = begin; i < end; i++, at++) if (source[i] !== bytes[at]) return false;
    return bytes[at] === 0;
  }

  #add(source: Uint8Array, begin: number, end: number, hash: number, slot: number): number {
    if (this.#count >= this.#limit) return NO_ROOM;
    const id = this.#count;
    const at = this.offsets[id]!;
    this.#reserve(id, at + end - begin + 1);
    this.bytes.set(source.subarray(begin, end), at);
    this.bytes[at + end - begin] = 0;
    this.offsets[id + 1] = at + end - begin + 1;
    this.#hashes[id] = hash;
    this.#slots[slot] = id;
    this.#count++;
    if (this.#count * 2 > this.#slots.length) this.#rehash();
    return id;
  }

  #reserve(id: number, byteCount: number): void {
    if (byteCount > this.bytes.length) {
      const grown = new Uint8Array(this.bytes.length * 2 + byteCount);
      grown.set(this.bytes);
      this.bytes = grown;
    }
    if (id + 2 > this.offsets.length) {
      const offsets = new Int32Array(this.offsets.length * 2);
      offsets.set(this.offsets);
      this.offsets = offsets;
      const hashes = new Int32Array(this.#hashes.length * 2);
      hashes.set(this.#hashes);
      this.#hashes = hashes;
    }
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    const mask = this.#slots.length - 1;
    for (let id = 1; id < this.#count; id++) {
      let slot = this.#hashes[id]! & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = id;
    }
  }
}
