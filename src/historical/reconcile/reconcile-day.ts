import type { HeldBars } from '../../kdb/loader/held-bars.ts';
import type { DateDays } from '../../tables/epoch.ts';
import type { SessionCalendar } from '../../tables/session-calendar.ts';
import type { LoaderLink } from '../loader-link.ts';
import type { FlatSource } from '../sources.ts';
import type { SymbolSelection } from '../symbol-selection.ts';
import { type BarPiece, type PieceCounts, piecesOf } from './bar-piece.ts';
import { addCounts, compareSymbol, type HeldRows, isCaptured, isRepairable, NO_ROWS } from './compare.ts';
import type { DayFile } from './day-file.ts';
import { bySymbol, type HeldClient, HeldReader } from './held-reader.ts';
import { SessionMinutes } from './session-minutes.ts';
import { type BarCounts, noBars, Tally, type TallyLimits } from './tally.ts';

export interface ReconcileParts {
  readonly loader: LoaderLink<HeldClient>;
  readonly flat: FlatSource;
  readonly calendar: SessionCalendar;
}

export interface ReconcileOptions {
  readonly date: DateDays;
  readonly files: readonly DayFile[];
  /** What the feeds subscribe to; what was captured beside it is compared too. */
  readonly subscribed: SymbolSelection;
  readonly limits: TallyLimits;
}

/** Symbols of the file that were neither subscribed to nor captured. */
export interface NotSubscribed {
  symbols: number;
  bars: number;
  /** Some of them. */
  readonly names: string[];
}

/** What a date is, compared with its file. */
export interface DayComparison {
  readonly session: SessionMinutes;
  /** What was captured live, against the file. */
  readonly captured: Tally;
  /** What the database has now of the same symbols, against the file. */
  readonly database: BarCounts;
  /** By minute of the session, bars of the file that the database does not have. */
  readonly databaseMissing: Uint32Array;
  readonly notSubscribed: NotSubscribed;
  /** Symbols of which the file has what the database has not. */
  readonly repairable: ReadonlySet<string>;
  readonly fileRows: number;
  readonly rejectedRows: number;
  readonly otherDateRows: number;
}

/**
 * Compares the bars of a file with those of the database, piece by piece: memory holds a piece of both, and counts. The
 * order of the symbols need not be the same on both sides.
 *
 * Rejects with FlatFileError, FileOrderError, LoaderError, or the signal's reason.
 */
export async function reconcileDay(
  parts: ReconcileParts,
  options: ReconcileOptions,
  signal: AbortSignal,
): Promise<DayComparison> {
  const day = new Day(parts, options, signal);
  try {
    return await day.compare();
  } finally {
    await day.close();
  }
}

class Day {
  readonly #parts: ReconcileParts;
  readonly #options: ReconcileOptions;
  readonly #signal: AbortSignal;
  readonly #session: SessionMinutes;
  readonly #held: HeldReader;
  readonly #tally: Tally;
  readonly #database = noBars();
  readonly #databaseMissing: Uint32Array;
  readonly #notSubscribed: NotSubscribed = { symbols: 0, bars: 0, names: [] };
  readonly #repairable = new Set<string>();
  #fileRows = 0;
  #rejectedRows = 0;

  constructor(parts: ReconcileParts, options: ReconcileOptions, signal: AbortSignal) {
    this.#parts = parts;
    this.#options = options;
    this.#signal = signal;
    this.#session = new SessionMinutes(parts.calendar, options.date);
    this.#databaseMissing = new Uint32Array(this.#session.count);
    this.#held = new HeldReader(parts.loader, 'agg1m', options.date, signal);
    this.#tally = new Tally(this.#session, options.limits);
  }

  async compare(): Promise<DayComparison> {
    const left = new Map((await this.#held.open()).map(symbol => [symbol.sym, symbol]));
    const counts: PieceCounts = { otherDates: 0 };
    for (const file of this.#options.files) {
      const reading = this.#parts.flat.read(file.file, file.key, file.dataset, undefined, this.#signal);
      for await (const piece of piecesOf(reading.blocks, this.#options.date, counts)) {
        const names = piece.symbols.filter(sym => left.has(sym));
        const held = names.length === 0 ? undefined : await this.#held.read(names);
        for (const sym of names) left.delete(sym);
        this.#comparePiece(piece, held);
      }
      this.#rejectedRows += reading.rejectedCount;
    }
    for await (const bars of this.#held.readAll([...left.values()])) {
      for (const [sym, held] of bySymbol(bars)) if (isCaptured(held)) this.#compareSymbol(sym, NO_ROWS, held);
    }
    return {
      session: this.#session,
      captured: this.#tally,
      database: this.#database,
      databaseMissing: this.#databaseMissing,
      notSubscribed: this.#notSubscribed,
      repairable: this.#repairable,
      fileRows: this.#fileRows,
      rejectedRows: this.#rejectedRows,
      otherDateRows: counts.otherDates,
    };
  }

  close(): Promise<void> {
    return this.#held.close();
  }

  #comparePiece(piece: BarPiece, bars: HeldBars | undefined): void {
    this.#fileRows += piece.rowCount;
    const held = bars && bySymbol(bars);
    for (const [at, sym] of piece.symbols.entries()) {
      const { starts, values } = piece;
      const rows = { starts, values, begin: piece.begins[at]!, end: piece.endOf(at) };
      const heldRows = held?.get(sym);
      if (this.#options.subscribed.includes(sym) || isCaptured(heldRows)) {
        this.#compareSymbol(sym, rows, heldRows);
      } else this.#leaveOut(sym, rows.end - rows.begin);
    }
  }

  #compareSymbol(sym: string, rows: Parameters<typeof compareSymbol>[1], held: HeldRows | undefined): void {
    const counts = compareSymbol(sym, rows, held, this.#tally, startNs => {
      this.#databaseMissing[this.#session.of(startNs)]!++;
    });
    addCounts(this.#database, counts);
    if (isRepairable(counts)) this.#repairable.add(sym);
  }

  #leaveOut(sym: string, bars: number): void {
    this.#notSubscribed.symbols++;
    this.#notSubscribed.bars += bars;
    if (this.#notSubscribed.names.length < this.#options.limits.symbols) this.#notSubscribed.names.push(sym);
  }
}
