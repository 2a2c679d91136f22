import { type BarExample, type BarKind, barExample } from './bar-example.ts';
import { COMPARED_COLUMNS } from './bar-piece.ts';
import { Coverage, type CoverageGroup } from './coverage.ts';
import type { SessionMinutes } from './session-minutes.ts';

/** Bars of a file beside bars of the database, counted. */
export interface BarCounts {
  /** Bars of the file. */
  file: number;
  /** Bars of the other side. */
  held: number;
  equal: number;
  /** In the file only. */
  missing: number;
  /** In both, with another value in at least one column. */
  different: number;
  /** Not in the file. */
  extra: number;
}

export interface SymbolCounts extends BarCounts {
  readonly sym: string;
}

export interface ColumnCounts {
  /** Bars of which both sides have a value. */
  compared: number;
  different: number;
  /** Bars of which only the file has a value: the source captured does not carry it. */
  absent: number;
  /** The largest difference, as a share of the file's value. */
  largestShare: number;
}

export interface MinuteCounts {
  readonly file: Uint32Array;
  readonly missing: Uint32Array;
  readonly different: Uint32Array;
  readonly extra: Uint32Array;
}

/** How much is kept one by one. */
export interface TallyLimits {
  readonly symbols: number;
  readonly examples: number;
}

/** Examples of one kind that one symbol may give, so that others are seen too. */
const EXAMPLES_PER_SYMBOL = 3;

export function noBars(): BarCounts {
  return { file: 0, held: 0, equal: 0, missing: 0, different: 0, extra: 0 };
}

export function faultsOf({ missing, different, extra }: BarCounts): number {
  return missing + different + extra;
}

/**
 * What a comparison finds, counted as it goes: bars are given symbol by symbol, and of symbols and bars only some are kept.
 * Column numbers are places in COMPARED_COLUMNS, rows places in the arrays that are given.
 */
export class Tally {
  readonly totals = noBars();
  readonly columns: readonly ColumnCounts[] = COMPARED_COLUMNS.map(() => ({
    compared: 0,
    different: 0,
    absent: 0,
    largestShare: 0,
  }));
  readonly minutes: MinuteCounts;
  readonly coverage: Coverage;
  readonly examples: Record<BarKind, BarExample[]> = { missing: [], different: [], extra: [] };
  symbols = 0;
  symbolsWithFaults = 0;
  #worst: SymbolCounts[] = [];
  readonly #session: SessionMinutes;
  readonly #limits: TallyLimits;
  #current: SymbolCounts | undefined;
  #group: CoverageGroup | undefined;
  #kept: Record<BarKind, number> = { missing: 0, different: 0, extra: 0 };

  constructor(session: SessionMinutes, limits: TallyLimits) {
    this.#session = session;
    this.#limits = limits;
    const { count } = session;
    this.minutes = {
      file: new Uint32Array(count),
      missing: new Uint32Array(count),
      different: new Uint32Array(count),
      extra: new Uint32Array(count),
    };
    this.coverage = new Coverage(count);
  }

  /** Symbols with the most bars that are not equal, the worst first. */
  get worst(): readonly SymbolCounts[] {
    return worstOf(this.#worst, this.#limits.symbols);
  }

  /** @param isInFile without, the symbol has extra bars only and no place in the coverage of the file */
  beginSymbol(sym: string, isInFile: boolean): void {
    this.#current = { sym, ...noBars() };
    this.#group = isInFile ? this.coverage.next(sym) : undefined;
    this.#kept = { missing: 0, different: 0, extra: 0 };
    this.symbols++;
  }

  endSymbol(): void {
    const symbol = this.#current!;
    const { totals } = this;
    for (const name of Object.keys(totals) as (keyof BarCounts)[]) totals[name] += symbol[name];
    if (faultsOf(symbol) === 0) return;
    this.symbolsWithFaults++;
    this.#worst.push(symbol);
    if (this.#worst.length > 4 * this.#limits.symbols)
      this.#worst = worstOf(this.#worst, this.#limits.symbols);
  }

  equal(startNs: number): void {
    this.#both(startNs).equal++;
  }

  different(
    startNs: number,
    columns: readonly number[],
    file: readonly Float64Array[],
    fileRow: number,
    held: readonly Float64Array[],
    heldRow: number,
  ): void {
    const minute = this.#session.of(startNs);
    this.#both(startNs).different++;
    this.minutes.different[minute]!++;
    if (this.#group) this.#group.different[minute]!++;
    for (const column of columns) {
      const counts = this.columns[column]!;
      const [said, was] = [file[column]![fileRow]!, held[column]![heldRow]!];
      counts.different++;
      counts.largestShare = Math.max(counts.largestShare, Math.abs((was - said) / (said || 1)));
    }
    this.#keep('different', () =>
      barExample('different', this.#current!.sym, startNs, { file, fileRow, held, heldRow, columns }),
    );
  }

  missing(startNs: number, file: readonly Float64Array[], fileRow: number): void {
    const minute = this.#session.of(startNs);
    const symbol = this.#current!;
    symbol.file++;
    symbol.missing++;
    this.minutes.file[minute]!++;
    this.minutes.missing[minute]!++;
    if (this.#group) {
      this.#group.file[minute]!++;
      this.#group.missing[minute]!++;
    }
    this.#keep('missing', () => barExample('missing', symbol.sym, startNs, { file, fileRow }));
  }

  extra(startNs: number, held: readonly Float64Array[], heldRow: number): void {
    const symbol = this.#current!;
    symbol.held++;
    symbol.extra++;
    this.minutes.extra[this.#session.of(startNs)]!++;
    this.#keep('extra', () => barExample('extra', symbol.sym, startNs, { held, heldRow }));
  }

  #both(startNs: number): SymbolCounts {
    const minute = this.#session.of(startNs);
    const symbol = this.#current!;
    symbol.file++;
    symbol.held++;
    this.minutes.file[minute]!++;
    if (this.#group) this.#group.file[minute]!++;
    return symbol;
  }

  #keep(kind: BarKind, example: () => BarExample): void {
    if (this.#kept[kind] >= EXAMPLES_PER_SYMBOL || this.examples[kind].length >= this.#limits.examples)
      return;
    this.#kept[kind]++;
    this.examples[kind].push(example());
  }
}

function worstOf(symbols: readonly SymbolCounts[], limit: number): SymbolCounts[] {
  return symbols.toSorted((a, b) => faultsOf(b) - faultsOf(a) || (a.sym < b.sym ? -1 : 1)).slice(0, limit);
}
