import type { Market } from '../../tables/markets.ts';
import type { SymbolTable } from '../../tables/symbol-table.ts';
import { canonicalTicker, isSpeltCanonically } from '../canonical-ticker.ts';

/** Longest ticker that is taken, in bytes. */
export const TICKER_BYTES = 128;

/** Bytes of a row that tell most tickers, with the comma behind them. */
export const HEAD_BYTES = 8;

const COMMA = 0x2c;

const utf8 = new TextDecoder();

/**
 * The ticker of the rows that are being read: they stand in runs of one ticker, so what it means is found out once a
 * run. `bytes` and `length` are its spelling in the file; a comma follows in `bytes`.
 */
export class TickerRun {
  readonly bytes = new Uint8Array(TICKER_BYTES + 1);
  /** Below zero where no run is open: nothing has that length. */
  length = -1;
  /** Its id in the symbols of the block. */
  symbol = 0;
  isWanted = true;
  /** The ticker and a comma, as far as they stand in the first eight bytes of a row: two little-endian words. */
  lowHead = 0;
  highHead = 0;
  /** The bits of the words that count. */
  lowMask = 0;
  highMask = 0;
  readonly #view = new DataView(this.bytes.buffer);
  readonly #market: Market;
  readonly #symbols: SymbolTable;
  readonly #wants: ((sym: string) => boolean) | undefined;

  /** @param wants whether rows of a ticker, in its canonical form, are wanted; undefined for all */
  constructor(market: Market, symbols: SymbolTable, wants: ((sym: string) => boolean) | undefined) {
    this.#market = market;
    this.#symbols = symbols;
    this.#wants = wants;
  }

  /** Begins a run of the ticker in `source[begin, end)`; false where that is none of this market. */
  take(source: Uint8Array, begin: number, end: number): boolean {
    this.close();
    if (begin === end || end - begin > TICKER_BYTES) return false;
    if (!this.#wants && isSpeltCanonically(this.#market)) {
      this.symbol = this.#symbols.intern(source, begin, end);
    } else {
      const sym = canonicalTicker(this.#market, utf8.decode(source.subarray(begin, end)));
      if (sym === undefined) return false;
      this.isWanted = this.#wants?.(sym) ?? true;
      this.symbol = this.isWanted ? this.#symbols.internText(sym) : 0;
    }
    this.length = end - begin;
    this.bytes.set(source.subarray(begin, end));
    this.bytes[this.length] = COMMA;
    this.lowHead = this.#view.getInt32(0, true);
    this.highHead = this.#view.getInt32(4, true);
    this.lowMask = maskOf(this.length + 1);
    this.highMask = maskOf(this.length - 3);
    return true;
  }

  /** Ends the run, as where the symbols were cleared. */
  close(): void {
    this.length = -1;
  }
}

/** The lowest so many bytes of a word. */
function maskOf(byteCount: number): number {
  if (byteCount <= 0) return 0;
  return byteCount >= 4 ? -1 : (1 << (byteCount * 8)) - 1;
}
