import { createReadStream } from 'node:fs';
import type { SessionCalendar } from '../../tables/session-calendar.ts';
import type { TableRows } from '../../tables/table-rows.ts';
import { BarBlock, BLOCK_ROWS } from '../bars/bar-block.ts';
import type { QuarantineSink } from '../scanner/quarantine-sink.ts';
import type { ReceiveClock } from '../scanner/receive-clock.ts';
import { BarScanner } from './bar-scanner.ts';
import type { FlatDataset } from './datasets.ts';
import { FlatDiskError } from './errors.ts';
import { gunzipped } from './gunzip.ts';
import { fieldsOf } from './header.ts';
import { MAX_ROW_BYTES, RowBytes } from './row-bytes.ts';

const READ_BYTES = 256 * 1024;
const NEWLINE = 0x0a;
const LINE_END = Uint8Array.of(NEWLINE);

export interface FlatBarOptions {
  readonly dataset: FlatDataset;
  /** The file's name, for messages and the quarantine: its key. */
  readonly file: string;
  readonly calendar: SessionCalendar;
  /** Gives column `recv`, one time for each block. */
  readonly receiveClock: ReceiveClock;
  readonly quarantine: QuarantineSink;
  /** Whether the rows of a ticker, in its canonical form, are wanted; all without it. */
  readonly wants?: (sym: string) => boolean;
  readonly signal: AbortSignal;
}

/**
 * The bars of one flat file, block by block, in its order. The consumer is done with a block, its symbols included, before
 * it asks for the next: both are used again. The memory held does not depend on the file's size.
 *
 * What blocks held may only be kept once the iteration has ended by itself: damage shows at the end of a file, and then
 * the iteration throws. A bad row costs only itself: it goes to the quarantine with file and line, and is counted.
 *
 * Iterating throws FlatFileCorruptError, FlatHeaderError, FlatDiskError, and the signal's reason.
 */
export class FlatBars implements AsyncIterable<TableRows> {
  /** Rows handed on so far. */
  rowCount = 0;
  readonly #compressed: AsyncIterable<Uint8Array>;
  readonly #options: FlatBarOptions;
  readonly #block: BarBlock;
  readonly #source = new RowBytes();
  #scanner: BarScanner | undefined;
  /** The rest of a row that was too long is still to come. */
  #isSkipping = false;

  /** @param compressed the bytes of the file, as gzip; see `fileBytes` */
  constructor(compressed: AsyncIterable<Uint8Array>, options: FlatBarOptions, blockRows = BLOCK_ROWS) {
    this.#compressed = compressed;
    this.#options = options;
    this.#block = new BarBlock(options.dataset.table, options.dataset.market, 'flat', blockRows);
  }

  /** Rows in the quarantine so far. */
  get rejectedCount(): number {
    return this.#scanner?.rejectedCount ?? 0;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TableRows, void> {
    const { file, signal } = this.#options;
    for await (const chunk of gunzipped(this.#compressed, file, signal)) yield* this.#blocksOf(chunk);
    // The last row may lack its line end.
    yield* this.#blocksOf(LINE_END);
    if (this.#block.rows.rowCount > 0) yield* this.#handOn();
  }

  *#blocksOf(chunk: Uint8Array): Generator<TableRows> {
    const source = this.#source;
    for (let at = 0; at < chunk.length; ) {
      at = this.#isSkipping ? this.#skip(chunk, at) : source.take(chunk, at);
      this.#scanner ??= this.#scannerFor(source);
      while (source.begin < source.rowsEnd) {
        this.#scanner?.scan(source);
        if (this.#block.isFull) yield* this.#handOn();
      }
      if (source.unfinishedBytes > MAX_ROW_BYTES) this.#rejectUnfinished(source);
    }
  }

  *#handOn(): Generator<TableRows> {
    const { receiveClock } = this.#options;
    receiveClock.stamp();
    this.#block.stamp(receiveClock.low, receiveClock.high);
    this.rowCount += this.#block.rows.rowCount;
    yield this.#block.rows;
    this.#block.empty();
    this.#scanner?.blockEmptied();
  }

  /** Takes the header off the source once it is there whole. */
  #scannerFor(source: RowBytes): BarScanner | undefined {
    if (source.rowsEnd === 0) return undefined;
    const { dataset, file, calendar, quarantine, wants } = this.#options;
    const end = source.bytes.indexOf(NEWLINE, source.begin);
    const fields = fieldsOf(dataset, file, headerText(source.bytes.subarray(source.begin, end)));
    source.begin = end + 1;
    return new BarScanner({ dataset, file, fields, block: this.#block, calendar, quarantine, wants });
  }

  #rejectUnfinished(source: RowBytes): void {
    const beginning = source.unfinished;
    // Without an end in sight it cannot be a header.
    if (!this.#scanner) fieldsOf(this.#options.dataset, this.#options.file, headerText(beginning));
    this.#scanner?.rejectTooLong(beginning);
    source.dropUnfinished();
    this.#isSkipping = true;
  }

  /** The position behind the end of the row that was too long, or the end of the chunk. */
  #skip(chunk: Uint8Array, at: number): number {
    const end = chunk.indexOf(NEWLINE, at);
    this.#isSkipping = end < 0;
    return end < 0 ? chunk.length : end + 1;
  }
}

/**
 * The bytes of a file on this machine, for FlatBars.
 *
 * @throws FlatDiskError where it cannot be read
 */
export async function* fileBytes(path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES })) yield chunk;
  } catch (error) {
    throw new FlatDiskError(path, error);
  }
}

function headerText(line: Uint8Array): string {
  return Buffer.from(line).toString('utf8').replace(/\r$/, '');
}
