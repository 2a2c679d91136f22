import type { FloatColumn, Int64Column, SymbolColumn } from '../../tables/columns.ts';
import { NULL_INT64_HIGH, NULL_INT64_LOW } from '../../tables/columns.ts';
import type { AggregateColumnName } from '../../tables/definitions.ts';
import { TABLE_EPOCH_MS } from '../../tables/epoch.ts';
import type { TableRows } from '../../tables/table-rows.ts';
import { BarHistory } from './bar-history.ts';
import type { SymbolIndex } from './symbol-index.ts';

const WORD = 4_294_967_296;
const NS_PER_SECOND = 1e9;

/** Doubles of a bar: start (seconds since 2000), open, high, low, close, volume, vwap, trades. One line of the cache. */
const STRIDE = 8;
const OPEN = 1;
const HIGH = 2;
const LOW = 3;
const CLOSE = 4;
const VOLUME = 5;
const VWAP = 6;
const TRADES = 7;

/** The newest version of a bar; `startMs` is ms since 1970. */
export interface ObservedBar {
  readonly sym: string;
  readonly table: string;
  readonly startMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly vwap: number | null;
  readonly trades: number | null;
}

/** Symbols whose earlier bars are kept because somebody looked at them; at the limit it begins anew. */
const MOST_WATCHED = 64;

/**
 * The newest bar of each symbol in one table, exact, and in single precision those before it: of all symbols, or of those
 * that somebody looks at. A row costs no object and no text: this is on the way of every row of the feed.
 */
export class LatestBars {
  readonly table: string;
  readonly #symbols: SymbolIndex;
  readonly #history = new BarHistory();
  /** NaN as start: none. */
  #bars = new Float64Array(0);
  readonly #corrected = new Float64Array(STRIDE);
  readonly #keeps: 'all' | 'watched';
  /** By symbol: 1 where its earlier bars are kept. */
  #kept = new Uint8Array(0);
  #watchedCount = 0;

  constructor(table: string, symbols: SymbolIndex, keeps: 'all' | 'watched' = 'all') {
    this.table = table;
    this.#symbols = symbols;
    this.#keeps = keeps;
  }

  /** Takes rows of its table; `indexes` are those of their symbols. */
  received(rows: TableRows, indexes: Int32Array): void {
    if (this.#bars.length < this.#symbols.count * STRIDE) this.#reserve();
    const bars = this.#bars;
    const kept = this.#kept;
    const { ids } = rows.column('sym') as SymbolColumn;
    const { words: starts } = rows.column('start') as Int64Column;
    const { words: trades } = rows.column('trades') as Int64Column;
    const opens = floatsOf(rows, 'open');
    const highs = floatsOf(rows, 'high');
    const lows = floatsOf(rows, 'low');
    const closes = floatsOf(rows, 'close');
    const volumes = floatsOf(rows, 'volume');
    const vwaps = floatsOf(rows, 'vwap');
    for (let row = 0; row < rows.rowCount; row++) {
      const symbol = indexes[ids[row]!]!;
      if (symbol < 0) continue;
      const startSeconds = Math.round(
        (starts[row * 2 + 1]! * WORD + (starts[row * 2]! >>> 0)) / NS_PER_SECOND,
      );
      // A bar that is sent again after a later one only corrects the history.
      const isOld = startSeconds < bars[symbol * STRIDE]!;
      if (kept[symbol] === 1 && startSeconds > bars[symbol * STRIDE]!) {
        this.#history.push(symbol, bars, symbol * STRIDE);
      }
      const to = isOld ? this.#corrected : bars;
      const at = isOld ? 0 : symbol * STRIDE;
      to[at] = startSeconds;
      to[at + OPEN] = opens[row]!;
      to[at + HIGH] = highs[row]!;
      to[at + LOW] = lows[row]!;
      to[at + CLOSE] = closes[row]!;
      to[at + VOLUME] = volumes[row]!;
      to[at + VWAP] = vwaps[row]!;
      const low = trades[row * 2]!;
      const high = trades[row * 2 + 1]!;
      const isNull = high === NULL_INT64_HIGH && low === NULL_INT64_LOW;
      to[at + TRADES] = isNull ? Number.NaN : high * WORD + (low >>> 0);
      if (isOld) this.#history.correct(symbol, to, at);
    }
  }

  /** Undefined where the table has no bar of the symbol. */
  latestOf(symbol: number): ObservedBar | undefined {
    const at = symbol * STRIDE;
    const startSeconds = this.#bars[at];
    if (startSeconds === undefined || Number.isNaN(startSeconds)) return undefined;
    const [open, high, low, close, volume, vwap, trades] = this.#bars.subarray(at + OPEN, at + STRIDE);
    return {
      sym: this.#symbols.nameOf(symbol),
      table: this.table,
      startMs: msOf(startSeconds),
      open: open!,
      high: high!,
      low: low!,
      close: close!,
      volume: volume!,
      vwap: orNull(vwap!),
      trades: orNull(trades!),
    };
  }

  /** The newest bars of a symbol, oldest first; prices of all but the last to seven digits. From now on it is watched. */
  barsOf(symbol: number): ObservedBar[] {
    const latest = this.latestOf(symbol);
    if (!latest) return [];
    this.#watch(symbol);
    const { sym, table } = latest;
    const earlier = this.#history.barsOf(symbol).map(({ startSeconds, ...bar }) => ({
      sym,
      table,
      startMs: msOf(startSeconds),
      ...bar,
      vwap: null,
      trades: null,
    }));
    return [...earlier, latest];
  }

  clear(): void {
    this.#bars = new Float64Array(0);
    this.#kept = new Uint8Array(0);
    this.#watchedCount = 0;
    this.#history.clear();
  }

  #watch(symbol: number): void {
    if (this.#kept[symbol] !== 0) return;
    if (this.#watchedCount >= MOST_WATCHED) {
      this.#kept.fill(0);
      this.#watchedCount = 0;
      this.#history.clear();
    }
    this.#kept[symbol] = 1;
    this.#watchedCount++;
  }

  #reserve(): void {
    const larger = new Float64Array(Math.max(1024, this.#symbols.count * 2) * STRIDE);
    larger.fill(Number.NaN, this.#bars.length);
    larger.set(this.#bars);
    this.#bars = larger;
    const kept = new Uint8Array(larger.length / STRIDE).fill(this.#keeps === 'all' ? 1 : 0);
    kept.set(this.#kept);
    this.#kept = kept;
  }
}

function floatsOf(rows: TableRows, name: AggregateColumnName): Float64Array {
  return (rows.column(name) as FloatColumn).values;
}

function msOf(startSeconds: number): number {
  return TABLE_EPOCH_MS + startSeconds * 1000;
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
