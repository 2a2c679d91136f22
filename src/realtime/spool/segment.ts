import { join } from 'node:path';
import { LOG_HEADER } from '../../kdb/tables/log-file.ts';
import type { DateDays } from '../../tables/epoch.ts';
import type { Mark } from './record.ts';

/** Bytes between two places of a segment that are remembered. */
const INDEX_STEP_BYTES = 1024 * 1024;

const NAME = /^(\d{12})\.log$/;

/** The number in the name of a segment's file; undefined for other files. */
export function segmentNumberOf(fileName: string): number | undefined {
  const digits = NAME.exec(fileName)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

export function segmentPath(directory: string, number: number): string {
  return join(directory, `${String(number).padStart(12, '0')}.log`);
}

type RecordSummary = Pick<Mark, 'sequence' | 'tradingDate' | 'rowCount' | 'drainedMs'>;

/** What is known of a segment: which records are in it, and about where. */
export class Segment {
  readonly number: number;
  readonly path: string;
  /** Bytes of the file, with whatever stands in it that is no record. */
  fileBytes = 0;
  /** Where the last record that counts ends. */
  endBytes = LOG_HEADER.length;
  records = 0;
  rows = 0;
  first: number | undefined;
  last = 0;
  readonly dates = new Set<DateDays>();
  /** When the first of its records was drained, and the last (ms since 1970). */
  firstDrainedMs = 0;
  lastDrainedMs = 0;
  readonly #indexSequences: number[] = [];
  readonly #indexPlaces: number[] = [];

  constructor(directory: string, number: number) {
    this.number = number;
    this.path = segmentPath(directory, number);
  }

  /** The latest of its trading dates; before all others where it has no records. */
  get latestDate(): DateDays {
    return Math.max(Number.NEGATIVE_INFINITY, ...this.dates);
  }

  /**
   * Takes note of a record of `bytes` bytes that begins at `at`. Records come in the order in which they stand there; one that is not
   * beyond those before it does not count.
   */
  add({ sequence, tradingDate, rowCount, drainedMs }: RecordSummary, at: number, bytes: number): void {
    if (sequence <= this.last) return;
    this.records++;
    this.rows += rowCount;
    if (this.first === undefined) this.firstDrainedMs = drainedMs;
    this.lastDrainedMs = drainedMs;
    this.first ??= sequence;
    this.last = sequence;
    this.dates.add(tradingDate);
    this.endBytes = at + bytes;
    this.fileBytes = Math.max(this.fileBytes, this.endBytes);
    const indexed = this.#indexPlaces.at(-1);
    if (indexed !== undefined && at - indexed < INDEX_STEP_BYTES) return;
    this.#indexSequences.push(sequence);
    this.#indexPlaces.push(at);
  }

  /** A place where a record begins, at or before the first record beyond `sequence`. */
  placeBefore(sequence: number): number {
    let low = 0;
    let high = this.#indexSequences.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#indexSequences[middle]! <= sequence) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : this.#indexPlaces[low - 1]!;
  }
}
