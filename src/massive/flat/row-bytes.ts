const NEWLINE = 0x0a;

/** A longer row, its line end included, is rejected: those of bars have some hundred bytes. */
export const MAX_ROW_BYTES = 64 * 1024;

/** How far behind the last row the readers may look without asking. */
const LOOK_AHEAD = 32;

/**
 * The text under the scanner: whole rows and the beginning of one, in one buffer that outlives the chunks that it comes
 * in. Rows end with a newline and no field holds one, so every reader of a field stops there by itself.
 */
export class RowBytes {
  readonly bytes: Uint8Array;
  /** The same bytes as unaligned words. */
  readonly view: DataView;
  /** Where the next row begins. */
  begin = 0;
  /** Behind the newline of the last whole row. */
  rowsEnd = 0;
  /** Behind the last byte. */
  end = 0;
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.bytes = new Uint8Array(capacity + LOOK_AHEAD);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Bytes of the row that has not ended. */
  get unfinishedBytes(): number {
    return this.end - this.begin;
  }

  /**
   * Takes what fits of a chunk from `from` on, once all whole rows are read. Returns where it stopped: where that is
   * `from`, one row fills everything.
   */
  take(chunk: Uint8Array, from: number): number {
    this.bytes.copyWithin(0, this.begin, this.end);
    this.end -= this.begin;
    this.begin = 0;
    const until = Math.min(chunk.length, from + this.#capacity - this.end);
    this.bytes.set(from === 0 && until === chunk.length ? chunk : chunk.subarray(from, until), this.end);
    const known = this.end;
    this.end += until - from;
    // Only what is new can hold a newline.
    const last = this.bytes.lastIndexOf(NEWLINE, this.end - 1);
    this.rowsEnd = last >= known ? last + 1 : 0;
    return until;
  }

  /** Forgets the row that has not ended. */
  dropUnfinished(): void {
    this.begin = this.end;
  }
}
