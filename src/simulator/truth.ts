import { fnv1a } from './hash.ts';

/*
 * The checksum of a table of bars, so that the simulator and any other program can compare what was sent with what
 * arrived without comparing rows.
 *
 * Of each distinct bar (market, sym, start) only the last version counts. A bar is 25 words of 32 bits:
 *   11 numbers open high low close volume vwap trades avgsize dayvol dayvwap dayopen as float64, each as low word,
 *      high word; missing is (0, 0x7ff80000);
 *   start of the window in milliseconds since 1970, as low word, high word of the integer;
 *   FNV-1a (32 bit) of the bytes of `market|sym`, sym as the stream spells it.
 * The words go through two mixers. The checksum is the sum of each, modulo 2^32, over all bars, printed as 16
 * hexadecimal digits: the first mixer's sum, then the second's.
 *
 * The numbers are those of the tables: volume is `dv` in stocks and options where it is present, else `v`; dayvol
 * `dav` where it is present, else `av`; in futures volume is `v` (`dv` is dollars) and trades `n`; in forex volume is
 * `v`; avgsize is `z`, vwap `vw`, dayvwap `a`, dayopen `op`.
 */

export const CHECKSUM_NUMBERS = [
  'open',
  'high',
  'low',
  'close',
  'volume',
  'vwap',
  'trades',
  'avgsize',
  'dayvol',
  'dayvwap',
  'dayopen',
] as const;

const WORDS = 25;

/** High word of a number that is missing. */
export const NAN_HIGH = 0x7ff80000;

/** With which the mixers begin. */
export const FIRST_SEED = 0x9747b28c | 0;
export const SECOND_SEED = 0x3c6ef372;

/** FNV-1a of `market|sym`. */
export function symbolHash(market: string, sym: string): number {
  return fnv1a(`${market}|${sym}`);
}

/** The hashes of symbols that were seen, each computed once. */
export class SymbolHashes {
  readonly #hashes = new Map<string, number>();

  of(market: string, sym: string): number {
    const key = `${market}|${sym}`;
    let hash = this.#hashes.get(key);
    if (hash === undefined) {
      hash = symbolHash(market, sym);
      this.#hashes.set(key, hash);
    }
    return hash;
  }
}

/** Computes the two hashes of bars; holds its own scratch space, so one bar at a time. */
export class BarHasher {
  /** The numbers of the bar, in the order of CHECKSUM_NUMBERS; NaN is missing. To be filled by the caller. */
  readonly numbers = new Float64Array(CHECKSUM_NUMBERS.length);
  /** The first and the second hash of the last bar, unsigned. */
  first = 0;
  second = 0;
  readonly #halves = new Uint32Array(this.numbers.buffer);

  hash(startMs: number, nameHash: number): void {
    const { numbers } = this;
    const halves = this.#halves;
    let first = FIRST_SEED;
    let second = SECOND_SEED;
    for (let i = 0; i < 11; i++) {
      const missing = Number.isNaN(numbers[i]!);
      const low = missing ? 0 : halves[2 * i]!;
      const high = missing ? NAN_HIGH : halves[2 * i + 1]!;
      first = mixFirst(mixFirst(first, low), high);
      second = mixSecond(mixSecond(second, low), high);
    }
    const startHigh = Math.floor(startMs / 0x100000000);
    const startLow = startMs - startHigh * 0x100000000;
    first = mixFirst(mixFirst(mixFirst(first, startLow), startHigh), nameHash);
    second = mixSecond(mixSecond(mixSecond(second, startLow), startHigh), nameHash);
    this.first = finishFirst(first, WORDS);
    this.second = finishSecond(second, WORDS);
  }
}

/** One round of 32-bit MurmurHash3. */
export function mixFirst(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const h = hash ^ k;
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

/** A round of the same shape with other constants and shifts. */
export function mixSecond(hash: number, word: number): number {
  let k = Math.imul(word, 0x239b961b);
  k = Math.imul((k << 16) | (k >>> 16), 0xab0e9789);
  const h = hash ^ k;
  return (Math.imul((h << 17) | (h >>> 15), 5) + 0x561ccd1b) | 0;
}

/** The hash of so many words that have gone through the first mixer. */
export function finishFirst(hash: number, words: number): number {
  return finish(hash, words, 0x85ebca6b, 0xc2b2ae35);
}

export function finishSecond(hash: number, words: number): number {
  return finish(hash, words, 0x7feb352d, 0x846ca68b);
}

function finish(hash: number, words: number, firstFactor: number, secondFactor: number): number {
  let h = hash ^ words;
  h = Math.imul(h ^ (h >>> 16), firstFactor);
  h = Math.imul(h ^ (h >>> 13), secondFactor);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A checksum as sums of hashes: bars can be added and taken away in any order. */
export class Checksum {
  first = 0;
  second = 0;

  add(first: number, second: number): void {
    this.first = (this.first + first) >>> 0;
    this.second = (this.second + second) >>> 0;
  }

  remove(first: number, second: number): void {
    this.first = (this.first - first) >>> 0;
    this.second = (this.second - second) >>> 0;
  }

  toString(): string {
    return hex(this.first) + hex(this.second);
  }
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0');
}
