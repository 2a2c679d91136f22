import { NULL_INT64_HIGH, NULL_INT64_LOW } from '../../tables/columns.ts';
import { Int64Words } from '../../tables/int64-words.ts';
import { type BarBlock, columnIndex } from '../bars/bar-block.ts';
import type { BarTime } from '../bars/bar-time.ts';
import { type SourceTime, sourceDate, sourceTime } from '../bars/source-times.ts';
import type { RejectReason } from '../scanner/quarantine-sink.ts';
import { Rejection } from '../scanner/rejection.ts';
import { csvFields } from './csv-fields.ts';
import type { FlatField } from './header.ts';
import type { TickerRun } from './ticker-run.ts';

const NUMBER = /^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/;
const INTEGER = /^[-+]?[0-9]+(?:\.0*)?$/;
const START = /^([1-9][0-9]*)(?:\.([0-9]+))?$/;
const MAX_INT64 = 2n ** 63n - 1n;

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
    let start: SourceTime | undefined;
    let sessionDate: number | undefined;
    for (const [index, field] of fields.entries()) {
      const text = texts[index]!;
      if (field.kind === 'ticker') this.#readTicker(text);
      else if (field.kind === 'start') start = startOf(text);
      else if (field.kind === 'session-date') sessionDate = sourceDate(text);
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

function textOf(row: Uint8Array): string {
  const line = row.at(-1) === RETURN ? row.subarray(0, -1) : row;
  try {
    return strictUtf8.decode(line);
  } catch {
    throw new Rejection('row-fields', 'it is not UTF-8');
  }
}

const RETURN = 0x0d;

function startOf(text: string): SourceTime {
  const [, whole = '', fraction = ''] = START.exec(text) ?? [];
  return sourceTime(whole, fraction, text);
}

function decimalOf(column: string, text: string): number {
  if (text === '') return Number.NaN;
  if (!NUMBER.test(text)) throw new Rejection('field-not-number', `${column} '${text}' is not a number`);
  const value = Number(text);
  if (!Number.isFinite(value)) throw new Rejection('field-out-of-range', `${column} is beyond a double`);
  return value;
}
