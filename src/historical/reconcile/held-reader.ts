import type { HeldBars, HeldSymbol } from '../../kdb/loader/held-bars.ts';
import type { Loader } from '../../kdb/loader/loader.ts';
import type { DateDays } from '../../tables/epoch.ts';
import type { LoaderLink } from '../loader-link.ts';
import { PIECE_ROWS } from './bar-piece.ts';
import type { HeldRows } from './compare.ts';

/** What a comparison asks of a loader. */
export type HeldClient = Pick<
  Loader,
  'facts' | 'stage' | 'merge' | 'waiting' | 'openHeld' | 'heldBars' | 'endHeld' | 'close'
>;

/** Symbols that are asked for at once, however few bars they have. */
const MOST_SYMBOLS = 4096;

/**
 * One date of a table as the database has it, read by symbols. A loader that restarts is asked again, and then answers
 * from the state that it has by then.
 */
export class HeldReader {
  readonly #link: LoaderLink<HeldClient>;
  readonly #table: string;
  readonly #date: DateDays;
  readonly #signal: AbortSignal;
  #opened: HeldClient | undefined;
  #symbols: readonly HeldSymbol[] = [];

  constructor(link: LoaderLink<HeldClient>, table: string, date: DateDays, signal: AbortSignal) {
    this.#link = link;
    this.#table = table;
    this.#date = date;
    this.#signal = signal;
  }

  /** The symbols that the database has, and how many rows of each. */
  async open(): Promise<readonly HeldSymbol[]> {
    await this.#link.use(loader => this.#openWith(loader), this.#signal);
    return this.#symbols;
  }

  read(symbols: readonly string[]): Promise<HeldBars> {
    return this.#link.use(async loader => {
      if (this.#opened !== loader) await this.#openWith(loader);
      return await loader.heldBars(symbols);
    }, this.#signal);
  }

  /** Bars of many symbols, some symbols at a time. */
  async *readAll(symbols: readonly HeldSymbol[]): AsyncGenerator<HeldBars> {
    let names: string[] = [];
    let rows = 0;
    for (const symbol of symbols) {
      names.push(symbol.sym);
      rows += symbol.rows;
      if (rows < PIECE_ROWS && names.length < MOST_SYMBOLS) continue;
      yield await this.read(names);
      names = [];
      rows = 0;
    }
    if (names.length > 0) yield await this.read(names);
  }

  /** Lets the loader forget the date; a loader that is gone has. */
  async close(): Promise<void> {
    await this.#opened?.endHeld().catch(() => {});
    this.#opened = undefined;
  }

  async #openWith(loader: HeldClient): Promise<void> {
    this.#symbols = await loader.openHeld(this.#table, this.#date);
    this.#opened = loader;
  }
}

/** The rows of each symbol of an answer. */
export function bySymbol(bars: HeldBars): Map<string, HeldRows> {
  const rows = new Map<string, HeldRows>();
  let begin = 0;
  for (const [at, sym] of bars.symbols.entries()) {
    const end = begin + bars.runs[at]!;
    rows.set(sym, { ...bars, begin, end });
    begin = end;
  }
  return rows;
}
