/*
 * What the simulator says of a table, computed by the description of it and nothing else: this imports nothing from src.
 */

/** One row of a table of bars. */
export interface HistoryRow {
  readonly sym: string;
  readonly startMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number | null | undefined;
  readonly vwap: number | null | undefined;
  readonly trades: number | null | undefined;
}

/** Rows of a table on a date, and a checksum of each column that does not depend on their order. */
export interface TableProof {
  readonly rows: number;
  readonly columns: Readonly<Record<string, string>>;
}

/** The columns that have a checksum, but for the time that a bar starts. */
export const VALUE_COLUMNS = ['open', 'high', 'low', 'close', 'volume', 'vwap', 'trades'] as const;

/** The proof of rows that come one after the other, of one market. */
export class RowsProof {
  readonly #market: string;
  readonly #names = new Map<string, number>();
  readonly #sums = new Uint32Array(2 * (1 + VALUE_COLUMNS.length));
  #rows = 0;

  constructor(market: string) {
    this.#market = market;
  }

  add(row: HistoryRow): void {
    const { startMs } = row;
    const name = this.#nameHash(row.sym);
    this.#addValue(0, startMs, startMs, name);
    VALUE_COLUMNS.forEach((column, index) => {
      this.#addValue(2 * (index + 1), row[column] ?? Number.NaN, startMs, name);
    });
    this.#rows++;
  }

  finish(): TableProof {
    const hex = (at: number) => this.#sums[at]!.toString(16).padStart(8, '0');
    const columns = ['start', ...VALUE_COLUMNS].map((name, index) => [
      name,
      hex(2 * index) + hex(2 * index + 1),
    ]);
    return { rows: this.#rows, columns: Object.fromEntries(columns) };
  }

  #addValue(at: number, value: number, startMs: number, name: number): void {
    const [first, second] = hashes(value, startMs, name);
    this.#sums[at]! += first;
    this.#sums[at + 1]! += second;
  }

  #nameHash(sym: string): number {
    let hash = this.#names.get(sym);
    if (hash === undefined) {
      hash = fnv1a(`${this.#market}|${sym}`);
      this.#names.set(sym, hash);
    }
    return hash;
  }
}

/** The proof of all these rows. */
export function truthOfRows(market: string, rows: Iterable<HistoryRow>): TableProof {
  const proof = new RowsProof(market);
  for (const row of rows) proof.add(row);
  return proof.finish();
}

function hashes(value: number, startMs: number, name: number): [number, number] {
  const words = [...doubleWords(value), startMs >>> 0, Math.floor(startMs / 2 ** 32), name];
  let first = 0x9747b28c;
  let second = 0x3c6ef372;
  for (const word of words) {
    first = round(first, word, 0xcc9e2d51, 15, 0x1b873593, 13, 0xe6546b64);
    second = round(second, word, 0x239b961b, 16, 0xab0e9789, 17, 0x561ccd1b);
  }
  return [last(first, 0x85ebca6b, 0xc2b2ae35), last(second, 0x7feb352d, 0x846ca68b)];
}

function doubleWords(value: number): [number, number] {
  if (Number.isNaN(value)) return [0, 0x7ff80000];
  const halves = new Uint32Array(Float64Array.of(value).buffer);
  return [halves[0]!, halves[1]!];
}

function round(
  hash: number,
  word: number,
  factor: number,
  turn: number,
  second: number,
  shift: number,
  add: number,
): number {
  let k = Math.imul(word, factor);
  k = Math.imul((k << turn) | (k >>> (32 - turn)), second);
  const h = hash ^ k;
  return (Math.imul((h << shift) | (h >>> (32 - shift)), 5) + add) | 0;
}

function last(hash: number, firstFactor: number, secondFactor: number): number {
  let h = hash ^ 5;
  h = Math.imul(h ^ (h >>> 16), firstFactor);
  h = Math.imul(h ^ (h >>> 13), secondFactor);
  return (h ^ (h >>> 16)) >>> 0;
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
