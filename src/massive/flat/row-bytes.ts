const NEWLINE = 0x0a;

/** A longer row, its line end included, is rejected: those of bars have some hundred bytes. */
export const MAX_ROW_BYTES = 64 * 1024;

/** How far behind the beginning of a row, or behind a field of it, the readers may look without asking. */
const LOOK_AHEAD = 256;

const JOINT_BYTES = 2 * MAX_ROW_BYTES;

/**
 * The rows under the scanner. Nearly all are read where they are, in the chunk that they came in; those at its end are
 * joined with what follows in a buffer that outlives the chunks. Rows end with a newline and no field holds one, so every
 * reader of a field stops there by itself.
 */
export class RowBytes {
  /** A chunk, or the joint of two. */
  bytes: Uint8Array;
  /** The same bytes as unaligned words. */
  view: DataView;
  /** Where the next row begins. */
  begin = 0;
  /** Behind the newline of the last whole row. */
  rowsEnd = 0;
  /** Behind the last byte that was taken. */
  #end = 0;
  readonly #joint = new Uint8Array(JOINT_BYTES + LOOK_AHEAD);
  readonly #jointView = new DataView(this.#joint.buffer);

  constructor() {
    this.bytes = this.#joint;
    this.view = this.#jointView;
  }

  /** Bytes of the row that has not ended. */
  get unfinishedBytes(): number {
    return this.#end - this.begin;
  }

  /** The beginning of the row that has not ended. */
  get unfinished(): Uint8Array {
    return this.bytes.subarray(this.begin, this.#end);
  }

  /** Takes some of a chunk from `from` on, once all whole rows are read. Returns where it stopped. */
  take(chunk: Uint8Array, from: number): number {
    const readable = chunk.length - LOOK_AHEAD;
    if (this.unfinishedBytes === 0 && readable > from) {
      const last = chunk.lastIndexOf(NEWLINE, readable - 1);
      if (last >= from) return this.#lookAt(chunk, from, last + 1);
    }
    return this.#join(chunk, from);
  }

  /** Forgets the row that has not ended. */
  dropUnfinished(): void {
    this.begin = this.#end;
  }

  #lookAt({ buffer, byteOffset, length }: Uint8Array, from: number, until: number): number {
    this.bytes = new Uint8Array(buffer, byteOffset, length);
    this.view = new DataView(buffer, byteOffset, length);
    this.begin = from;
    this.rowsEnd = until;
    this.#end = until;
    return until;
  }

  /** Adds the end of the row that has not ended, or what is too near to the chunk's end to be read there. */
  #join(chunk: Uint8Array, from: number): number {
    const known = this.unfinishedBytes;
    this.#joint.set(this.unfinished);
    this.bytes = this.#joint;
    this.view = this.#jointView;
    const rowEnd = known > 0 ? chunk.indexOf(NEWLINE, from) + 1 : 0;
    const until = Math.min(rowEnd > 0 ? rowEnd : chunk.length, from + JOINT_BYTES - known);
    this.#joint.set(chunk.subarray(from, until), known);
    this.begin = 0;
    this.#end = known + until - from;
    // Only what is new can hold a newline.
    const last = this.#joint.lastIndexOf(NEWLINE, this.#end - 1);
    this.rowsEnd = last >= known ? last + 1 : 0;
    return until;
  }
}
