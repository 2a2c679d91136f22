import { NULL_INT64_HIGH, NULL_INT64_LOW } from '../../tables/columns.ts';
import type { SessionCalendar } from '../../tables/session-calendar.ts';
import { type BarBlock, columnIndex } from '../bars/bar-block.ts';
import { BarTime } from '../bars/bar-time.ts';
import { Ascii } from '../scanner/ascii.ts';
import { readDecimal } from '../scanner/decimal.ts';
import type { QuarantineSink, RejectReason } from '../scanner/quarantine-sink.ts';
import type { FlatDataset } from './datasets.ts';
import type { FlatField } from './header.ts';
import { MAX_ROW_BYTES, type RowBytes } from './row-bytes.ts';
import { TickerRun } from './ticker-run.ts';
import { UnusualRowReader } from './unusual-row.ts';
import { isUsualHeader, UsualRows } from './usual-rows.ts';

const { QUOTE, COMMA, DOT, DIGIT_0 } = Ascii;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const DELETE = 0x7f;
const UNUSUAL = -1;
const NULL_LOW = NULL_INT64_LOW;
const NULL_HIGH = NULL_INT64_HIGH;

/** Digits of a start in nanoseconds since 1970, and those of them that are zero where it is a whole 10 ms. */
const NS_DIGITS = 19;
const FOUR_ZEROS = 0x30303030;

const INT32_DIGITS = 9;

/** The point, counted from zero as digits are. */
const POINT_DIGIT = DOT - DIGIT_0;

/** What a field is to the fast path. */
const DECIMAL = 0;
const TICKER = 1;
const START = 2;
const COUNT = 3;
const SKIPPED = 4;
const LEFT = 5;

const KINDS = {
  decimal: DECIMAL,
  ticker: TICKER,
  start: START,
  count: COUNT,
  skipped: SKIPPED,
  'session-date': LEFT,
} as const satisfies Readonly<Record<FlatField['kind'], number>>;

export interface BarScannerParts {
  readonly dataset: FlatDataset;
  /** The file's name, for the quarantine. */
  readonly file: string;
  readonly fields: readonly FlatField[];
  readonly block: BarBlock;
  readonly calendar: SessionCalendar;
  readonly quarantine: QuarantineSink;
  /** Whether the rows of a ticker, in its canonical form, are wanted; undefined for all. */
  readonly wants: ((sym: string) => boolean) | undefined;
}

/**
 * Reads rows from bytes into a block of bars. In files with the usual header UsualRows takes nearly all of them. What it
 * leaves, and every row of another file, goes through the fields as the header orders them, as long as they are plain and
 * the start is in nanoseconds and a whole hundredth of a second; the rest is read once more as text.
 */
export class BarScanner {
  rejectedCount = 0;
  readonly #parts: BarScannerParts;
  readonly #block: BarBlock;
  readonly #kinds: Uint8Array;
  /** For each field of a decimal, the first cell of its column. */
  readonly #cells: Int32Array;
  readonly #time: BarTime;
  readonly #ticker: TickerRun;
  readonly #usual: UsualRows | undefined;
  readonly #unusual: UnusualRowReader;
  #startMs = 0;
  /** Rows so far, the header included. */
  #line = 1;

  constructor(parts: BarScannerParts) {
    const { dataset, fields, block, calendar, wants } = parts;
    this.#parts = parts;
    this.#block = block;
    this.#kinds = Uint8Array.from(fields, ({ kind }) => KINDS[kind]);
    this.#cells = Int32Array.from(fields, field =>
      field.kind === 'decimal' ? columnIndex(field.column) * block.capacity : 0,
    );
    this.#time = new BarTime(calendar, dataset.table);
    this.#ticker = new TickerRun(dataset.market, block.rows.symbols, wants);
    if (isUsualHeader(fields)) this.#usual = new UsualRows(block, this.#ticker, this.#time);
    this.#unusual = new UnusualRowReader({ fields, block, ticker: this.#ticker, time: this.#time });
  }

  /** Reads whole rows until none is left or the block is full. */
  scan(source: RowBytes): void {
    for (;;) {
      if (this.#usual) this.#line += this.#usual.scan(source);
      if (source.begin >= source.rowsEnd || this.#block.isFull) return;
      this.#scanRow(source);
    }
  }

  #scanRow(source: RowBytes): void {
    const { bytes, begin } = source;
    this.#line++;
    let next = this.#readRow(source, begin);
    if (next === UNUSUAL) {
      const end = bytes.indexOf(NEWLINE, begin);
      this.#readUnusual(bytes, begin, end);
      next = end + 1;
    }
    source.begin = next;
  }

  /** Rejects a row of which only the beginning is held; scanning goes on behind it. */
  rejectTooLong(beginning: Uint8Array): void {
    this.#line++;
    this.#reject(beginning, 'row-too-long', undefined);
  }

  /** Forgets what it knows of the block, whose symbols were cleared. */
  blockEmptied(): void {
    this.#ticker.close();
  }

  /** The position behind the row at `begin`, or UNUSUAL: then what was written of it counts for nothing. */
  #readRow({ bytes, view }: RowBytes, begin: number): number {
    const kinds = this.#kinds;
    const cells = this.#cells;
    const { floats, rows } = this.#block;
    const row = rows.rowCount;
    const last = kinds.length - 1;
    let at = begin;
    for (let field = 0; field <= last; field++) {
      switch (kinds[field]) {
        case DECIMAL: {
          const cell = cells[field]! + row;
          let end = readFixed(bytes, view, at, floats, cell);
          if (end === UNUSUAL) end = readDecimal(bytes, at, floats, cell);
          if (end !== UNUSUAL) at = end;
          else if (isFieldEnd(bytes[at]!)) floats[cell] = Number.NaN;
          else return UNUSUAL;
          break;
        }
        case TICKER: {
          at = this.#readTicker(bytes, at);
          if (at !== UNUSUAL && !this.#ticker.isWanted) return bytes.indexOf(NEWLINE, at) + 1;
          break;
        }
        case START:
          at = this.#readStart(view, at);
          break;
        case COUNT:
          at = this.#readCount(bytes, at);
          break;
        case SKIPPED:
          at = skipField(bytes, at);
          break;
        default:
          return UNUSUAL;
      }
      if (at === UNUSUAL) return UNUSUAL;
      if (field < last && bytes[at++] !== COMMA) return UNUSUAL;
    }
    if (bytes[at] === RETURN) at++;
    if (bytes[at] !== NEWLINE || at - begin >= MAX_ROW_BYTES) return UNUSUAL;
    this.#time.setInstant(this.#startMs);
    this.#block.append(this.#ticker.symbol, this.#time);
    return at + 1;
  }

  #readTicker(bytes: Uint8Array, at: number): number {
    const { bytes: known, length } = this.#ticker;
    let same = 0;
    while (same < length && bytes[at + same] === known[same]) same++;
    if (same === length && isFieldEnd(bytes[at + same]!)) return at + same;
    let end = at;
    while (isPlain(bytes[end]!)) end++;
    if (!isFieldEnd(bytes[end]!)) return UNUSUAL;
    return this.#ticker.take(bytes, at, end) ? end : UNUSUAL;
  }

  #readStart(view: DataView, at: number): number {
    if (view.getInt32(at + 12, true) !== FOUR_ZEROS || view.getInt32(at + 15, true) !== FOUR_ZEROS) {
      return UNUSUAL;
    }
    const upper = fourDigits(view.getInt32(at, true));
    const middle = fourDigits(view.getInt32(at + 4, true));
    const lower = fourDigits(view.getInt32(at + 8, true));
    if ((upper | middle | lower) < 0 || upper < 1000) return UNUSUAL;
    this.#startMs = ((upper * 10_000 + middle) * 10_000 + lower) * 10;
    return at + NS_DIGITS;
  }

  #readCount(bytes: Uint8Array, at: number): number {
    let end = at;
    let count = 0;
    let digit = bytes[end]! - DIGIT_0;
    while (digit >>> 0 <= 9) {
      count = (count * 10 + digit) | 0;
      digit = bytes[++end]! - DIGIT_0;
    }
    if (end - at > INT32_DIGITS) return UNUSUAL;
    if (end > at) this.#block.setTrades(count, 0);
    else this.#block.setTrades(NULL_LOW, NULL_HIGH);
    return end;
  }

  #readUnusual(bytes: Uint8Array, begin: number, end: number): void {
    if (isBlank(bytes, begin, end)) return;
    if (end - begin >= MAX_ROW_BYTES) {
      this.#reject(bytes.subarray(begin, end), 'row-too-long', undefined);
      return;
    }
    const rejected = this.#unusual.read(bytes, begin, end);
    if (rejected) this.#reject(bytes.subarray(begin, end), rejected.reason, rejected.detail);
  }

  #reject(raw: Uint8Array, reason: RejectReason, detail: string | undefined): void {
    const { dataset, file, quarantine } = this.#parts;
    this.rejectedCount++;
    quarantine.put({
      market: dataset.market,
      reason,
      detail,
      channel: undefined,
      raw,
      origin: { file, line: this.#line },
    });
  }
}

/**
 * Reads what nearly every decimal is, up to nine digits, a point and six more, into a cell: both sides of the point are
 * integers below 2^53 together, and one division rounds them correctly.
 */
function readFixed(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  floats: Float64Array,
  cell: number,
): number {
  let end = at;
  let whole = 0;
  let digit = bytes[end]! - DIGIT_0;
  while (digit >>> 0 <= 9) {
    whole = (whole * 10 + digit) | 0;
    digit = bytes[++end]! - DIGIT_0;
  }
  if (digit !== POINT_DIGIT || end === at || end - at > INT32_DIGITS) return UNUSUAL;
  const upper = bytes[end + 1]! - DIGIT_0;
  const middle = bytes[end + 2]! - DIGIT_0;
  const lower = fourDigits(view.getInt32(end + 3, true));
  if (upper >>> 0 > 9 || middle >>> 0 > 9 || lower < 0 || !isFieldEnd(bytes[end + 7]!)) return UNUSUAL;
  floats[cell] = (whole * 1e6 + (upper * 10 + middle) * 10_000 + lower) / 1e6;
  return end + 7;
}

/** The number that four digits say, in a little-endian word; below zero where they are not digits. */
function fourDigits(word: number): number {
  const digits = word - FOUR_ZEROS;
  // A byte above nine sets its top bit, by itself or with 118 added.
  if ((((digits + 0x76767676) | digits) & 0x80808080) !== 0) return UNUSUAL;
  const pairs = (digits * 10 + (digits >>> 8)) & 0x00ff00ff;
  return (pairs & 0xff) * 100 + (pairs >>> 16);
}

function isFieldEnd(byte: number): boolean {
  return byte === COMMA || byte === NEWLINE || byte === RETURN;
}

/** Whether a byte can stand in a ticker without a second look. */
function isPlain(byte: number): boolean {
  return byte > SPACE && byte < DELETE && byte !== COMMA && byte !== QUOTE;
}

function skipField(bytes: Uint8Array, at: number): number {
  let end = at;
  while (!isFieldEnd(bytes[end]!)) if (bytes[end++] === QUOTE) return UNUSUAL;
  return end;
}

function isBlank(bytes: Uint8Array, begin: number, end: number): boolean {
  return begin === end || (begin + 1 === end && bytes[begin] === RETURN);
}
