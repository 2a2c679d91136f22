import type { FloatColumn, Int64Column, SymbolColumn } from '../../tables/columns.ts';
import { NULL_INT64_HIGH, NULL_INT64_LOW } from '../../tables/columns.ts';
import type { DateDays } from '../../tables/epoch.ts';
import type { TableRows } from '../../tables/table-rows.ts';
import { FileOrderError } from './errors.ts';

/** The columns that are compared, in this order everywhere; `trades` as a double. */
export const COMPARED_COLUMNS = ['open', 'high', 'low', 'close', 'volume', 'vwap', 'trades'] as const;

/** Bars that are asked of the loader at once are about as many. */
export const PIECE_ROWS = 32_768;

/** Bars of some symbols of a file, each symbol whole. */
export class BarPiece {
  readonly symbols: string[] = [];
  /** Where the rows of each symbol begin. */
  readonly begins: number[] = [];
  /** Starts of windows in ns since 2000, as doubles: exact to 128 ns. */
  starts = new Float64Array(PIECE_ROWS * 2);
  /** By column; NaN where there is none. */
  values: Float64Array[] = COMPARED_COLUMNS.map(() => new Float64Array(PIECE_ROWS * 2));
  rowCount = 0;

  empty(): void {
    this.symbols.length = 0;
    this.begins.length = 0;
    this.rowCount = 0;
  }

  /** The row behind the last one of a symbol. */
  endOf(symbolIndex: number): number {
    return this.begins[symbolIndex + 1] ?? this.rowCount;
  }

  beginSymbol(sym: string): void {
    this.symbols.push(sym);
    this.begins.push(this.rowCount);
  }

  /** Appends rows [begin, end) of a block to the last symbol. */
  append(rows: TableRows, begin: number, end: number): void {
    this.#reserve(end - begin);
    const at = this.rowCount;
    const starts = (rows.column('start') as Int64Column).values;
    for (let row = begin; row < end; row++) this.starts[at + row - begin] = Number(starts[row]);
    for (const [index, name] of COMPARED_COLUMNS.entries()) {
      const to = this.values[index]!;
      if (name === 'trades') copyLongs(rows.column(name) as Int64Column, begin, end, to, at);
      else to.set((rows.column(name) as FloatColumn).values.subarray(begin, end), at);
    }
    this.rowCount = at + end - begin;
  }

  #reserve(rows: number): void {
    const capacity = this.starts.length;
    if (this.rowCount + rows <= capacity) return;
    const size = Math.max(this.rowCount + rows, capacity * 2);
    this.starts = grown(this.starts, size);
    this.values = this.values.map(column => grown(column, size));
  }
}

/** What of a file could not be taken. */
export interface PieceCounts {
  /** Rows whose start belongs to another trading date. */
  otherDates: number;
}

/**
 * The bars of a file of one date in pieces of whole symbols; a piece is done with when the next is asked for, because it
 * is used again. A symbol that comes back after another one is a FileOrderError.
 */
export async function* piecesOf(
  blocks: AsyncIterable<TableRows>,
  date: DateDays,
  counts: PieceCounts,
): AsyncGenerator<BarPiece> {
  const piece = new BarPiece();
  const seen = new Set<string>();
  let current: string | undefined;
  for await (const rows of blocks) {
    const { ids } = rows.column('sym') as SymbolColumn;
    for (let begin = 0, end = 0; begin < rows.rowCount; begin = end) {
      end = endOfRun(rows, ids, begin);
      if (rows.tradingDates[begin] !== date) {
        counts.otherDates += end - begin;
        continue;
      }
      const sym = rows.symbols.nameOf(ids[begin]!);
      if (sym !== current) {
        if (seen.has(sym)) throw new FileOrderError(sym);
        if (piece.rowCount >= PIECE_ROWS) {
          yield piece;
          piece.empty();
        }
        seen.add(sym);
        current = sym;
        piece.beginSymbol(sym);
      }
      piece.append(rows, begin, end);
    }
  }
  if (piece.rowCount > 0) yield piece;
}

/** Behind the rows from `begin` on that share symbol and trading date. */
function endOfRun({ rowCount, tradingDates }: TableRows, ids: Int32Array, begin: number): number {
  let end = begin + 1;
  while (end < rowCount && ids[end] === ids[begin] && tradingDates[end] === tradingDates[begin]) end++;
  return end;
}

function copyLongs({ words, values }: Int64Column, begin: number, end: number, to: Float64Array, at: number) {
  for (let row = begin; row < end; row++) {
    const isNull = words[row * 2] === NULL_INT64_LOW && words[row * 2 + 1] === NULL_INT64_HIGH;
    to[at + row - begin] = isNull ? Number.NaN : Number(values[row]);
  }
}

function grown(values: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(length);
  larger.set(values);
  return larger;
}
