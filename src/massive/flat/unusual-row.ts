import { NULL_INT64_HIGH, NULL_INT64_LOW } from '../../tables/columns.ts';
import { dateDaysOf, isoDateOf } from '../../tables/epoch.ts';
import { Int64Words } from '../../tables/int64-words.ts';
import { type BarBlock, columnIndex } from '../bars/bar-block.ts';
import type { BarTime } from '../bars/bar-time.ts';
import type { RejectReason } from '../scanner/quarantine-sink.ts';
import { csvFields } from './csv-fields.ts';
import type { FlatField } from './header.ts';
import type { TickerRun } from './ticker-run.ts';

/** Thrown by the readers of single fields and caught by the reader of the row. */
class Rejection {
  readonly reason: RejectReason;
  readonly detail: string;

  constructor(reason: RejectReason, detail: string) {
    this.reason = reason;
    this.detail = detail;
  }
}

const NUMBER = /^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/;
const INTEGER = /^[-+]?[0-9]+(?:\.0*)?$/;
const START = /^([1-9][0-9]*)(?:\.([0-9]+))?$/;
const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const MAX_INT64 = 2n ** 63n - 1n;

const MS_DIGITS = 13;
/** Digits of a start in milliseconds, microseconds and nanoseconds since 1970: from 2001 to 2286. */
const START_DIGITS: readonly number[] = [MS_DIGITS, 16, 19];
const NS_OF_MS_DIGITS = 6;

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

export interface UnusualRowParts {
  readonly fields: readonly FlatField[];
  readonly block: BarBlock;
  readonly ticker: TickerRun;
  readonly time: BarTime;
}

export interface RejectedRow {
  readonly reason: RejectReason;
  readonly detail: string;
}

/**
 * Reads, as text, the rows that the fast path leaves: quoted fields, starts in other units or with a fraction, dates of
 * sessions, numbers in odd spellings, and all that is wrong. What a field means is the same.
 */
export class UnusualRowReader {
  readonly #parts: UnusualRowParts;
  readonly #count = new Int64Words();

  constructor(parts: UnusualRowParts) {
    this.#parts = parts;
  }

  /** Adds the row in `bytes[begin, end)`, which has no line end; what is wrong with it where it cannot. */
  read(bytes: Uint8Array, begin: number, end: number): RejectedRow | undefined {
    try {
      this.#read(textOf(bytes.subarray(begin, end)));
      return undefined;
    } catch (thrown) {
      if (!(thrown instanceof Rejection)) throw thrown;
      this.#parts.ticker.close();
      return { reason: thrown.reason, detail: thrown.detail };
    }
  }

  #read(row: string): void {
    const { fields, block, ticker, time } = this.#parts;
    const texts = csvFields(row);
    if (!texts) throw new Rejection('row-fields', 'a quote is not closed, or stands within a field');
    if (texts.length !== fields.length) {
      throw new Rejection('row-fields', `${texts.length} fields, where the header has ${fields.length}`);
    }
    let start: Start | undefined;
    let sessionDate: number | undefined;
    for (const [index, field] of fields.entries()) {
      const text = texts[index]!;
      if (field.kind === 'ticker') this.#readTicker(text);
      else if (field.kind === 'start') start = startOf(text);
      else if (field.kind === 'session-date') sessionDate = dateOf(text);
      else if (field.kind === 'decimal') {
        const cell = columnIndex(field.column) * block.capacity + block.rows.rowCount;
        block.floats[cell] = decimalOf(field.column, text);
      } else if (field.kind === 'count') this.#readCount(text);
    }
    if (!ticker.isWanted) return;
    time.set(start!.ms, start!.ns, sessionDate);
    block.append(ticker.symbol, time);
  }

  #readTicker(text: string): void {
    const bytes = utf8.encode(text);
    if (/[\u0000-\u0020\u007f]/.test(text) || !this.#parts.ticker.take(bytes, 0, bytes.length)) {
      throw new Rejection('ticker-invalid', `'${text}' is no ticker of this market`);
    }
  }

  #readCount(text: string): void {
    if (text === '') {
      this.#parts.block.setTrades(NULL_INT64_LOW, NULL_INT64_HIGH);
      return;
    }
    if (!INTEGER.test(text)) throw new Rejection('field-not-number', `'${text}' is not a whole number`);
    const count = BigInt(text.replace(/^\+|\.0*$/g, ''));
    if (count > MAX_INT64 || count < -MAX_INT64) {
      throw new Rejection('field-out-of-range', `${text} is beyond 64 bits`);
    }
    this.#count.setBigInt(count);
    this.#parts.block.setTrades(this.#count.low, this.#count.high);
  }
}

interface Start {
  readonly ms: number;
  readonly ns: number;
}

function textOf(row: Uint8Array): string {
  const line = row.at(-1) === RETURN ? row.subarray(0, -1) : row;
  try {
    return strictUtf8.decode(line);
  } catch {
    throw new Rejection('row-fields', 'it is not UTF-8');
  }
}

const RETURN = 0x0d;

/** The unit is told by the number of digits before the point; digits beyond a nanosecond are cut off. */
function startOf(text: string): Start {
  const [, whole = '', fraction = ''] = START.exec(text) ?? [];
  if (!START_DIGITS.includes(whole.length)) {
    throw new Rejection('start-invalid', `'${text}' is not a time of 13, 16 or 19 digits`);
  }
  const beyondMs = (whole.slice(MS_DIGITS) + fraction).slice(0, NS_OF_MS_DIGITS);
  return { ms: Number(whole.slice(0, MS_DIGITS)), ns: Number(beyondMs.padEnd(NS_OF_MS_DIGITS, '0')) };
}

function dateOf(text: string): number {
  const date = DATE.test(text) ? dateDaysOf(text) : Number.NaN;
  if (Number.isNaN(date) || isoDateOf(date) !== text) {
    throw new Rejection('date-invalid', `'${text}' is not a date`);
  }
  return date;
}

function decimalOf(column: string, text: string): number {
  if (text === '') return Number.NaN;
  if (!NUMBER.test(text)) throw new Rejection('field-not-number', `${column} '${text}' is not a number`);
  const value = Number(text);
  if (!Number.isFinite(value)) throw new Rejection('field-out-of-range', `${column} is beyond a double`);
  return value;
}
