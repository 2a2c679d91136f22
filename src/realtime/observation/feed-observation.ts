import type { Logger } from '../../base/logger.ts';
import type { StreamTableName } from '../../tables/definitions.ts';
import { WINDOW_MS } from '../../tables/definitions.ts';
import type { SessionCalendar } from '../../tables/session-calendar.ts';
import type { TableRows } from '../../tables/table-rows.ts';
import type { CompletedDrain, FeedListener } from '../feed-listener.ts';
import { Coverage } from './coverage.ts';
import { LatestBars, type ObservedBar } from './latest-bars.ts';
import { SymbolIndex } from './symbol-index.ts';
import { Tap } from './tap.ts';

/** More than the stocks there are; of options contracts those that come first in a day. */
const MOST_SYMBOLS = 20_000;

export interface FeedObservationParts {
  /** Those of the feed: earlier bars of all symbols are kept of the one with the longest windows. */
  readonly tables: readonly StreamTableName[];
  /** Asked at each trading date: holidays may be announced. */
  readonly calendar: () => SessionCalendar;
  readonly logger: Logger;
}

/**
 * What people look at in a running feed: its newest bars, which symbols had bars when, and the rows themselves. It sees
 * every row of the stream, in some tens of nanoseconds, and keeps what it keeps in bounded memory: for 12,000 symbols
 * some 25 MB of second and minute bars together.
 */
export class FeedObservation implements FeedListener {
  readonly coverage: Coverage;
  readonly tap = new Tap();
  readonly #symbols: SymbolIndex;
  readonly #tables = new Map<string, LatestBars>();
  readonly #mostSymbols: number;
  readonly #longestWindowMs: number;
  readonly #logger: Logger;
  #lastDrainMs: number | undefined;
  #toldFull = false;

  constructor({ tables, calendar, logger }: FeedObservationParts, mostSymbols = MOST_SYMBOLS) {
    this.#longestWindowMs = Math.max(...tables.map(table => WINDOW_MS[table]));
    this.#symbols = new SymbolIndex(mostSymbols);
    this.#mostSymbols = mostSymbols;
    this.#logger = logger;
    this.coverage = new Coverage(this.#symbols, calendar);
  }

  /** When the latest drain was completed, ms since 1970. */
  get lastDrainMs(): number | undefined {
    return this.#lastDrainMs;
  }

  /** Symbols that have had a bar. */
  get symbolCount(): number {
    return this.#symbols.count;
  }

  received(rows: TableRows): void {
    if (this.coverage.goesOn(rows)) this.#beginDate();
    const indexes = this.#symbols.indexesOf(rows);
    this.#latestOf(rows.definition.name).received(rows, indexes);
    this.coverage.received(rows, indexes);
    this.tap.received(rows);
    if (this.#symbols.refusedCount > 0) this.#tellFull();
  }

  drained({ wallMs }: CompletedDrain): void {
    this.#lastDrainMs = wallMs;
    this.tap.drained();
  }

  /**
   * The newest bars of the symbols that begin with a text, then of those that only contain it, whatever its case, by
   * symbol; a symbol's shorter windows first.
   */
  search(text: string, limit: number): ObservedBar[] {
    const wanted = text.toUpperCase();
    const beginning: number[] = [];
    const containing: number[] = [];
    for (const symbol of this.#symbols.sorted) {
      const place = this.#symbols.nameOf(symbol).toUpperCase().indexOf(wanted);
      // The ticker of `I:SPX` begins with S, too.
      if (place === 0 || (place === 2 && this.#symbols.nameOf(symbol)[1] === ':')) beginning.push(symbol);
      else if (place > 0) containing.push(symbol);
      if (beginning.length >= limit) break;
    }
    const bars: ObservedBar[] = [];
    for (const symbol of [...beginning, ...containing]) {
      for (const table of this.#byWindow()) {
        const bar = table.latestOf(symbol);
        if (bar && bars.length < limit) bars.push(bar);
      }
    }
    return bars;
  }

  /**
   * The newest bars of one symbol, oldest first, of one table: where none is named, of the one with the longest windows
   * that has several. Of shorter windows they are kept from the first time that somebody asks for the symbol. Empty where
   * the symbol is not known.
   */
  candles(sym: string, table?: string): ObservedBar[] {
    const symbol = this.#symbols.find(sym);
    if (symbol === undefined) return [];
    if (table !== undefined) return this.#tables.get(table)?.barsOf(symbol) ?? [];
    const all = this.#byWindow().map(bars => bars.barsOf(symbol));
    return all.findLast(bars => bars.length > 1) ?? all.find(bars => bars.length > 0) ?? [];
  }

  /** A symbol that is gone would be kept for ever. */
  #beginDate(): void {
    if (this.#symbols.count <= this.#mostSymbols / 2) return;
    this.#symbols.clear();
    for (const table of this.#tables.values()) table.clear();
    this.#toldFull = false;
  }

  #latestOf(table: string): LatestBars {
    let latest = this.#tables.get(table);
    if (!latest) {
      const isShort = WINDOW_MS[table as StreamTableName] < this.#longestWindowMs;
      latest = new LatestBars(table, this.#symbols, isShort ? 'watched' : 'all');
      this.#tables.set(table, latest);
    }
    return latest;
  }

  #byWindow(): LatestBars[] {
    const windowMs = ({ table }: LatestBars) => WINDOW_MS[table as StreamTableName];
    return [...this.#tables.values()].sort((left, right) => windowMs(left) - windowMs(right));
  }

  #tellFull(): void {
    if (this.#toldFull) return;
    this.#toldFull = true;
    this.#logger.info(
      `the status shows the first ${this.#mostSymbols} symbols of the day; rows of further ones are delivered as all others`,
    );
  }
}
