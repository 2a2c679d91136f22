import { type BarBlock, columnIndex } from '../bars/bar-block.ts';
import type { BarTime } from '../bars/bar-time.ts';
import type { FlatField } from './header.ts';
import type { RowBytes } from './row-bytes.ts';
import { HEAD_BYTES, type TickerRun } from './ticker-run.ts';

/** The decimals of a row, in the order of the usual header. */
const DECIMALS = ['volume', 'open', 'close', 'high', 'low'] as const;
const DECIMAL_COUNT = DECIMALS.length;

const TIME_COLUMN = columnIndex('time');
const SYM_COLUMN = columnIndex('sym');
const START_COLUMN = columnIndex('start');
const TRADES_COLUMN = columnIndex('trades');

/** Characters as little-endian words. */
const FOUR_ZEROS = 0x30303030;
const FOUR_POINTS = 0x2e2e2e2e;
const FOUR_NEWLINES = 0x0a0a0a0a;
const THREE_ZEROS_AND_COMMA = 0x2c303030;

const ONES = 0x01010101;
const TOP_BITS = 0x80808080;
/** Added to four digits, sets the top bit of each that is above nine, below 128. */
const ABOVE_NINE = 0x76767676;
/** The same for three digits, and a fourth byte above zero. */
const ABOVE_NINE_OR_ZERO = 0x7f767676;

/** Bytes of a decimal's point, its six digits and the comma. */
const FRACTION_BYTES = 8;
/** Bytes of a start in nanoseconds since 1970 and the comma. */
const START_BYTES = 20;
const LEAST_UPPER = 1000;

const POWERS_OF_TEN = Int32Array.of(1, 10, 100, 1000);
const LENGTH_BITS = 4;
const LENGTH_MASK = (1 << LENGTH_BITS) - 1;
const UNUSUAL = -1;

/** Whether the header is that of nearly all files: ticker, volume, open, close, high, low, window_start, transactions. */
export function isUsualHeader(fields: readonly FlatField[]): boolean {
  const usual = ['ticker', ...DECIMALS, 'start', 'count'];
  const names = fields.map(field => (field.kind === 'decimal' ? field.column : field.kind));
  return names.length === usual.length && names.every((name, i) => name === usual[i]);
}

/**
 * Reads files with the usual header, as long as row after row is what nearly all are: of the ticker whose run is open;
 * decimals of up to seven digits, a point and six more; a start in nanoseconds that is a whole second; one to seven
 * digits of trades; a newline. Bytes are read as words of four, and whether they were digits is asked once a row.
 */
export class UsualRows {
  readonly #block: BarBlock;
  readonly #ticker: TickerRun;
  readonly #time: BarTime;
  /** For each decimal, the first cell of its column. */
  readonly #cells: Int32Array;

  constructor(block: BarBlock, ticker: TickerRun, time: BarTime) {
    this.#block = block;
    this.#ticker = ticker;
    this.#time = time;
    this.#cells = Int32Array.from(DECIMALS, name => columnIndex(name) * block.capacity);
  }

  /**
   * Reads from `source.begin` on, and moves it, until the block is full, no row is left, or the next is another. Returns
   * the number of rows.
   */
  scan(source: RowBytes): number {
    const { length, isWanted, symbol, lowHead, lowMask, highHead, highMask } = this.#ticker;
    if (length < 0 || !isWanted) return 0;
    const { view, rowsEnd } = source;
    const { floats, words, rows, capacity } = this.#block;
    const { tradingDates, rowCount: firstRow } = rows;
    const tickerBytes = this.#ticker.bytes;
    const time = this.#time;
    const times = time.remembered;
    const cells = this.#cells;
    const timeCells = TIME_COLUMN * capacity * 2;
    const symCells = SYM_COLUMN * capacity * 2;
    const startCells = START_COLUMN * capacity * 2;
    const tradesCells = TRADES_COLUMN * capacity * 2;
    let begin = source.begin;
    let row = firstRow;
    reading: for (; begin < rowsEnd && row < capacity; row++) {
      if (((view.getInt32(begin, true) ^ lowHead) & lowMask) !== 0) break;
      if (((view.getInt32(begin + 4, true) ^ highHead) & highMask) !== 0) break;
      for (let i = HEAD_BYTES; i <= length; i++) {
        if (view.getUint8(begin + i) !== tickerBytes[i]) break reading;
      }
      let at = begin + length + 1;
      let wrong = 0;

      for (let field = 0; field < DECIMAL_COUNT; field++) {
        const whole = wholeNumber(view, at, FOUR_POINTS);
        if (whole === UNUSUAL) break reading;
        at += whole & LENGTH_MASK;
        const upper = (view.getInt32(at + 1, true) - FOUR_ZEROS) | 0;
        // The last of the four digits once more, the two behind them, and the comma.
        const lower = (view.getInt32(at + 4, true) - THREE_ZEROS_AND_COMMA) | 0;
        wrong |= wrongDigits(upper) | ((lower + ABOVE_NINE_OR_ZERO) | lower);
        const millionths =
          Math.imul(fourDigits(upper), 100) + Math.imul((lower >>> 8) & 0xff, 10) + ((lower >>> 16) & 0xff);
        // Both are integers below 2^53 together, and one division rounds them correctly.
        floats[cells[field]! + row] = ((whole >>> LENGTH_BITS) * 1e6 + millionths) / 1e6;
        at += FRACTION_BYTES;
      }

      const upper = (view.getInt32(at, true) - FOUR_ZEROS) | 0;
      const middle = (view.getInt32(at + 4, true) - FOUR_ZEROS) | 0;
      const lower = (view.getInt32(at + 8, true) - FOUR_ZEROS) | 0;
      wrong |= wrongDigits(upper) | wrongDigits(middle) | wrongDigits(lower);
      const beyond =
        (lower >>> 16) |
        (view.getInt32(at + 12, true) ^ FOUR_ZEROS) |
        (view.getInt32(at + 16, true) ^ THREE_ZEROS_AND_COMMA);
      const days = fourDigits(upper);
      if (((wrong & TOP_BITS) | beyond) !== 0 || days < LEAST_UPPER) break;
      at += START_BYTES;

      const trades = wholeNumber(view, at, FOUR_NEWLINES);
      if (trades === UNUSUAL || (trades & LENGTH_MASK) === 0) break;

      const instant = time.remember(
        (days * 1e6 + Math.imul(fourDigits(middle), 100) + (lower & 0xff) * 10 + ((lower >>> 8) & 0xff)) *
          1000,
      );
      const cell = row * 2;
      words[startCells + cell] = times[instant]!;
      words[startCells + cell + 1] = times[instant + 1]!;
      words[timeCells + cell] = times[instant + 2]!;
      words[timeCells + cell + 1] = times[instant + 3]!;
      tradingDates[row] = times[instant + 4]!;
      words[symCells + row] = symbol;
      words[tradesCells + cell] = trades >>> LENGTH_BITS;
      words[tradesCells + cell + 1] = 0;
      begin = at + (trades & LENGTH_MASK) + 1;
    }
    source.begin = begin;
    rows.rowCount = row;
    return row - firstRow;
  }
}

/** The up to seven digits before a mark: the number that they say, above LENGTH_BITS of their count; else UNUSUAL. */
function wholeNumber(view: DataView, at: number, fourMarks: number): number {
  let word = view.getInt32(at, true);
  let mark = firstMark(word ^ fourMarks);
  let upper = 0;
  let length = 3;
  if (mark === 0) {
    const digits = (word - FOUR_ZEROS) | 0;
    if ((wrongDigits(digits) & TOP_BITS) !== 0) return UNUSUAL;
    upper = fourDigits(digits);
    length = 7;
    word = view.getInt32(at + 4, true);
    mark = firstMark(word ^ fourMarks);
    if (mark === 0) return UNUSUAL;
  }
  // Shifts out the mark and what is behind it; zeros come in before the digits.
  const zeroBits = Math.clz32(mark);
  const digits = ((word - FOUR_ZEROS) << 8) << zeroBits;
  if ((wrongDigits(digits) & TOP_BITS) !== 0) return UNUSUAL;
  const count = 3 - (zeroBits >>> 3);
  const number = Math.imul(upper, POWERS_OF_TEN[count]!) + fourDigits(digits);
  return (number << LENGTH_BITS) | (length - (zeroBits >>> 3));
}

/** The top bit of the first byte that is zero, alone; 0 where none is. */
function firstMark(word: number): number {
  const zeros = (word - ONES) & ~word & TOP_BITS;
  return zeros & -zeros;
}

/** Has a top bit set where not every byte of a word is from 0 to 9. */
function wrongDigits(digits: number): number {
  return (digits + ABOVE_NINE) | digits;
}

/** The number that four digits from 0 to 9 say, the first in the lowest byte. */
function fourDigits(digits: number): number {
  const pairs = (Math.imul(digits, 10) + (digits >>> 8)) & 0x00ff00ff;
  return Math.imul(pairs & 0xff, 100) + (pairs >>> 16);
}
