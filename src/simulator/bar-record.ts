import { Checksum } from './truth.ts';

/** What was sent of one table. */
export interface TableTruth {
  /** Events, bars sent again included. */
  readonly sent: number;
  /** Different bars (market, sym, start). */
  readonly distinct: number;
  /** Over the last version of each; see truth.ts. */
  readonly checksum: string;
}

/** Most memory for the hashes of one record. */
const HASH_BYTES = 128 * 1024 * 1024;
const HASHES_OF_BAR = 2;

/** How many windows of `symbols` symbols a record can remember, at most `wanted`. */
export function rememberedWindows(symbols: number, wanted: number): number {
  const rowBytes = symbols * HASHES_OF_BAR * Uint32Array.BYTES_PER_ELEMENT;
  return Math.min(wanted, Math.floor(HASH_BYTES / rowBytes));
}

/**
 * Counts the bars of one table, and keeps the hashes of those that may still be sent again, to take an earlier
 * version out of the checksum: a ring of windows, each with a place for every symbol. Counted when a frame is handed
 * to the socket: what a connection loses when it is dropped has been sent.
 */
export class BarRecord {
  sent = 0;
  distinct = 0;
  readonly checksum = new Checksum();
  readonly #symbols: number;
  #rows: (Uint32Array | undefined)[];
  readonly #windows: Float64Array;

  constructor(symbols: number, windows: number) {
    this.#symbols = symbols;
    this.#rows = new Array(windows).fill(undefined);
    this.#windows = new Float64Array(windows).fill(Number.NaN);
  }

  /**
   * @param times how often this version was sent
   * @param window number of the window since 1970
   */
  add(times: number, symbol: number, window: number, first: number, second: number): void {
    const row = this.#row(window);
    const at = symbol * HASHES_OF_BAR;
    const earlierFirst = row[at]!;
    const earlierSecond = row[at + 1]!;
    this.sent += times;
    if (earlierFirst === 0 && earlierSecond === 0) this.distinct++;
    else this.checksum.remove(earlierFirst, earlierSecond);
    row[at] = first;
    row[at + 1] = second;
    this.checksum.add(first, second);
  }

  get truth(): TableTruth {
    return { sent: this.sent, distinct: this.distinct, checksum: this.checksum.toString() };
  }

  /** Keeps the counts and gives back the memory: nothing will be added any more. */
  close(): void {
    this.#rows = [];
  }

  #row(window: number): Uint32Array {
    const slot = window % this.#windows.length;
    let row = this.#rows[slot];
    if (row && this.#windows[slot] === window) return row;
    if (row) row.fill(0);
    else row = this.#rows[slot] = new Uint32Array(this.#symbols * HASHES_OF_BAR);
    this.#windows[slot] = window;
    return row;
  }
}

/** The truths of several markets as one: bars of different markets are different. */
export function combinedTruth(records: readonly BarRecord[]): TableTruth {
  const checksum = new Checksum();
  let sent = 0;
  let distinct = 0;
  for (const record of records) {
    sent += record.sent;
    distinct += record.distinct;
    checksum.add(record.checksum.first, record.checksum.second);
  }
  return { sent, distinct, checksum: checksum.toString() };
}
