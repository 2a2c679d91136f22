import { NULL_INT64_HIGH, NULL_INT64_LOW } from '../../tables/columns.ts';
import type { DateDays } from '../../tables/epoch.ts';
import { Int64Words } from '../../tables/int64-words.ts';
import type { SessionCalendar } from '../../tables/session-calendar.ts';
import { type BarBlock, columnIndex } from '../bars/bar-block.ts';
import { BarTime } from '../bars/bar-time.ts';
import { type SourceTime, sourceDate, sourceTime } from '../bars/source-times.ts';
import { midnightMs } from '../bars/trading-bounds.ts';
import { canonicalTicker } from '../canonical-ticker.ts';
import { Rejection } from '../scanner/rejection.ts';
import type { BarFields } from './bar-fields.ts';
import { isObject, type JsonObject } from './json.ts';

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** What identifies a bar, once it is read. */
export interface BarPlace {
  readonly date: DateDays;
  readonly startMs: number;
  readonly startNs: number;
  readonly sym: string;
}

/** Reads bars of an answer into the rows of a block. */
export class BarReader {
  readonly #fields: BarFields;
  readonly #block: BarBlock;
  readonly #calendar: SessionCalendar;
  readonly #time: BarTime;
  readonly #count = new Int64Words();
  readonly #cells: readonly (readonly [cell: number, field: string])[];

  constructor(fields: BarFields, block: BarBlock, calendar: SessionCalendar) {
    this.#fields = fields;
    this.#block = block;
    this.#calendar = calendar;
    this.#time = new BarTime(calendar, block.rows.definition.name as 'agg1s' | 'agg1m' | 'agg1d');
    this.#cells = fields.decimals.map(([column, field]) => [columnIndex(column) * block.capacity, field]);
  }

  /**
   * Where a bar belongs.
   *
   * @param sym of bars that do not name it themselves
   * @param date of bars that say no time
   * @throws Rejection
   */
  placeOf(bar: unknown, sym: string, date: DateDays | undefined): BarPlace {
    if (!isObject(bar)) throw new Rejection('event-not-object', `${typeof bar} in place of a bar`);
    const { ticker, start, sessionDate } = this.#fields;
    const named = ticker === undefined ? sym : this.#symOf(bar[ticker]);
    if (start === undefined) {
      const startMs = midnightMs(this.#calendar, date!);
      return { date: date!, startMs, startNs: 0, sym: named };
    }
    const { ms, ns } = startOf(bar[start]);
    const session = sessionDate === undefined ? undefined : sourceDate(String(bar[sessionDate]));
    return { date: session ?? this.#calendar.tradingDate(ms), startMs: ms, startNs: ns, sym: named };
  }

  /** Appends a bar. Throws Rejection: then what was written of it counts for nothing. */
  append(bar: JsonObject, { date, startMs, startNs, sym }: BarPlace): void {
    const { floats, rows } = this.#block;
    for (const [cell, field] of this.#cells) floats[cell + rows.rowCount] = decimalOf(field, bar[field]);
    this.#setTrades(bar[this.#fields.trades]);
    this.#time.set(startMs, startNs, date);
    this.#block.append(rows.symbols.internText(sym), this.#time);
  }

  #symOf(ticker: unknown): string {
    const isClean = typeof ticker === 'string' && !/[\u0000-\u0020\u007f]/.test(ticker);
    const sym = isClean ? canonicalTicker(this.#calendar.market, ticker) : undefined;
    if (sym !== undefined) return sym;
    throw new Rejection('ticker-invalid', `'${String(ticker)}' is no ticker of this market`);
  }

  #setTrades(count: unknown): void {
    if (count === undefined || count === null) {
      this.#block.setTrades(NULL_INT64_LOW, NULL_INT64_HIGH);
      return;
    }
    const value = typeof count === 'string' && NUMBER.test(count) ? Number(count) : count;
    if (typeof value !== 'number' || !Number.isInteger(value)) {
      throw new Rejection(
        'field-not-number',
        `${this.#fields.trades} '${String(count)}' is not a whole number`,
      );
    }
    if (!Number.isSafeInteger(value)) {
      throw new Rejection('field-out-of-range', `${this.#fields.trades} ${String(count)} is beyond 2^53`);
    }
    this.#count.set(value);
    this.#block.setTrades(this.#count.low, this.#count.high);
  }
}

function startOf(value: unknown): SourceTime {
  const text = String(value);
  return sourceTime(/^\d+$/.test(text) ? text : '', '', text);
}

function decimalOf(field: string, value: unknown): number {
  if (value === undefined || value === null) return Number.NaN;
  const number = typeof value === 'string' && NUMBER.test(value) ? Number(value) : value;
  if (typeof number !== 'number')
    throw new Rejection('field-not-number', `${field} '${String(value)}' is not a number`);
  if (!Number.isFinite(number)) throw new Rejection('field-out-of-range', `${field} is beyond a double`);
  return number;
}
