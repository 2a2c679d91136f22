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

/** A name's head: its first eight bytes as two little-endian words, zeros behind a shorter name. */
export const HEAD_BYTES = 8;

/**
 * Names interned as small integers, kept as the bytes that they came in: UTF-8 and a closing NUL, one after the
 * other. Id 0 is the empty name, the null symbol. Ids hold until `clear`.
 *
 * Most tickers are shorter than their head, so that two words say whether a name is known; only of longer ones the rest
 * is compared byte by byte.
 */
export class SymbolTable {
  /** All names, each followed by NUL. */
  bytes: Uint8Array;
  /** Where the name of an id begins in `bytes`; the entry after the last id is the end. */
  offsets: Int32Array;
  /** The heads of all names, two words for each id. */
  heads: Int32Array;
  /** Open addressing by hash: ids, 0 where free. */
  #slots: Int32Array;
  #hashes: Int32Array;
  #count = 0;
  #longestBytes = 1;
  #clearings = 0;
  readonly #limit: number;

  constructor(limit = 4_000_000) {
    this.#limit = limit;
    this.bytes = new Uint8Array(INITIAL_SYMBOLS * AVERAGE_NAME_BYTES);
    this.offsets = new Int32Array(INITIAL_SYMBOLS + 1);
    this.heads = new Int32Array((INITIAL_SYMBOLS + 1) * 2);
    this.#hashes = new Int32Array(INITIAL_SYMBOLS + 1);
    this.#slots = new Int32Array(INITIAL_SYMBOLS * 4);
    this.clear();
  }

  get count(): number {
    return this.#count;
  }

  /** How often the ids have been given anew: who remembers some has to forget them when it changes. */
  get clearings(): number {
    return this.#clearings;
  }

  /** Bytes of the longest name, its NUL included. */
  get longestBytes(): number {
    return this.#longestBytes;
  }

  /** Forgets every name but the empty one. */
  clear(): void {
    this.#clearings++;
    this.#slots.fill(0);
    this.#count = 1;
    this.#longestBytes = 1;
    this.bytes[0] = 0;
    this.offsets[0] = 0;
    this.offsets[1] = 1;
  }

  /** The id of the name in `source[begin, end)`: UTF-8 without NUL. Throws SymbolLimitError. */
  intern(source: Uint8Array, begin: number, end: number): number {
    const low = wordOf(source, begin, end);
    const high = wordOf(source, begin + 4, end);
    const id = this.internHead(low, high, source, begin, end);
    if (id === NO_ROOM) throw new SymbolLimitError(this.#limit);
    return id;
  }

  /** The same for a caller that has the name's head already. NO_ROOM for a new name beyond the limit. */
  internHead(low: number, high: number, source: Uint8Array, begin: number, end: number): number {
    if (begin === end) return 0;
    const hash = hashOf(low, high, source, begin, end);
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = this.#slots[slot]!;
      if (id === 0) return this.#add(low, high, source, begin, end, hash, slot);
      if (this.heads[id * 2] !== low || this.heads[id * 2 + 1] !== high) continue;
      if (high >>> 24 === 0 || this.#restEquals(id, source, begin, end)) return id;
    }
  }

  internText(name: string): number {
    const bytes = Buffer.from(name, 'utf8');
    return this.intern(bytes, 0, bytes.length);
  }

  /** The id of a name that is in the table; undefined of any other. */
  find(name: string): number | undefined {
    const bytes = Buffer.from(name, 'utf8');
    if (bytes.length === 0) return 0;
    const low = wordOf(bytes, 0, bytes.length);
    const high = wordOf(bytes, 4, bytes.length);
    const mask = this.#slots.length - 1;
    for (let slot = hashOf(low, high, bytes, 0, bytes.length) & mask; ; slot = (slot + 1) & mask) {
      const id = this.#slots[slot]!;
      if (id === 0) return undefined;
      if (this.nameOf(id) === name) return id;
    }
  }

  nameOf(id: number): string {
    return Buffer.from(
      this.bytes.buffer,
      this.offsets[id]!,
      this.offsets[id + 1]! - this.offsets[id]! - 1,
    ).toString('utf8');
  }

  /** Whether a name that fills its head has the same bytes behind it. */
  #restEquals(id: number, source: Uint8Array, begin: number, end: number): boolean {
    const { bytes } = this;
    let at = this.offsets[id]! + HEAD_BYTES;
    for (let i = begin + HEAD_BYTES; i < end; i++, at++) if (source[i] !== bytes[at]) return false;
    return bytes[at] === 0;
  }

  #add(
    low: number,
    high: number,
    source: Uint8Array,
    begin: number,
    end: number,
    hash: number,
    slot: number,
  ): number {
    if (this.#count >= this.#limit) return NO_ROOM;
    const id = this.#count;
    const at = this.offsets[id]!;
    this.#reserve(id, at + end - begin + 1);
    this.bytes.set(source.subarray(begin, end), at);
    this.bytes[at + end - begin] = 0;
    this.offsets[id + 1] = at + end - begin + 1;
    this.heads[id * 2] = low;
    this.heads[id * 2 + 1] = high;
    this.#hashes[id] = hash;
    this.#slots[slot] = id;
    this.#longestBytes = Math.max(this.#longestBytes, end - begin + 1);
    this.#count++;
    if (this.#count * 2 > this.#slots.length) this.#rehash();
    return id;
  }

  #reserve(id: number, byteCount: number): void {
    if (byteCount > this.bytes.length) this.bytes = grown(this.bytes, this.bytes.length * 2 + byteCount);
    if (id + 2 <= this.offsets.length) return;
    this.offsets = grown(this.offsets, this.offsets.length * 2);
    this.#hashes = grown(this.#hashes, this.#hashes.length * 2);
    this.heads = grown(this.heads, this.heads.length * 2);
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

/** Of a name and its head. */
function hashOf(low: number, high: number, source: Uint8Array, begin: number, end: number): number {
  let hash = Math.imul(low, 0x9e3779b1) + Math.imul(high, 0x85ebca6b);
  for (let i = begin + HEAD_BYTES; i < end; i++) hash = Math.imul(hash, 31) + source[i]!;
  return hash ^ (hash >>> 15);
}

/** Up to four bytes from `begin` as a little-endian word; zeros from `end` on. */
function wordOf(source: Uint8Array, begin: number, end: number): number {
  let word = 0;
  for (let i = begin; i < Math.min(end, begin + 4); i++) word |= source[i]! << ((i - begin) * 8);
  return word;
}

function grown<Items extends Uint8Array | Int32Array>(items: Items, length: number): Items {
  const larger = new (items.constructor as new (length: number) => Items)(length);
  larger.set(items);
  return larger;
}
