import type { HeldBars } from '../../kdb/loader/held-bars.ts';
import { type BarCounts, faultsOf, noBars, type Tally } from './tally.ts';

/** Rows [begin, end) of one symbol, by start of their windows; columns as in COMPARED_COLUMNS. */
export interface SymbolRows {
  readonly starts: Float64Array;
  readonly values: readonly Float64Array[];
  readonly begin: number;
  readonly end: number;
}

/** No rows: of a symbol that one side does not have. */
export const NO_ROWS: SymbolRows = { starts: new Float64Array(0), values: [], begin: 0, end: 0 };

/** The symbol's rows of the database; undefined where it has none. */
export type HeldRows = SymbolRows & Pick<HeldBars, 'capturedValues' | 'captured' | 'changed' | 'live'>;

/** Whether the stream or REST brought any bar of a symbol. */
export function isCaptured(held: HeldRows | undefined): boolean {
  if (!held) return false;
  for (let row = held.begin; row < held.end; row++) if (held.captured[row] === 1) return true;
  return false;
}

/**
 * Compares one symbol's bars of the file with what was captured, counted in `tally`, and with what the database has now,
 * whose counts it returns, telling each bar that it lacks. A value that one side does not have is no difference. Of bars that the file has twice the last
 * one counts.
 */
export function compareSymbol(
  sym: string,
  file: SymbolRows,
  held: HeldRows | undefined,
  tally: Tally,
  onDatabaseMissing: (startNs: number) => void,
): BarCounts {
  const database = noBars();
  tally.beginSymbol(sym, file.end > file.begin);
  let f = file.begin;
  let h = held?.begin ?? 0;
  const heldEnd = held?.end ?? 0;
  while (f < file.end || h < heldEnd) {
    const fileStart = f < file.end ? file.starts[f]! : Number.POSITIVE_INFINITY;
    const heldStart = h < heldEnd ? held!.starts[h]! : Number.POSITIVE_INFINITY;
    if (fileStart < heldStart) {
      if (file.starts[f + 1] !== fileStart || f + 1 === file.end) {
        database.missing++;
        onDatabaseMissing(fileStart);
        tally.missing(fileStart, file.values, f);
      }
      f++;
    } else if (fileStart > heldStart) {
      database.extra++;
      const { columns, row } = capturedAt(held!, h);
      if (held!.captured[h] === 1) tally.extra(heldStart, columns, row);
      h++;
    } else if (f + 1 < file.end && file.starts[f + 1] === fileStart) {
      f++;
    } else {
      compareBar(fileStart, file.values, f, held!, h, tally);
      if (differing(file.values, f, held!.values, h).length === 0) database.equal++;
      else database.different++;
      f++;
      h++;
    }
  }
  tally.endSymbol();
  database.file = database.missing + database.equal + database.different;
  database.held = database.extra + database.equal + database.different;
  return database;
}

export function addCounts(to: BarCounts, from: BarCounts): void {
  for (const name of Object.keys(to) as (keyof BarCounts)[]) to[name] += from[name];
}

/** Whether loading the file would change the database. */
export function isRepairable(counts: BarCounts): boolean {
  return faultsOf({ ...counts, extra: 0 }) > 0;
}

function compareBar(
  startNs: number,
  file: readonly Float64Array[],
  fileRow: number,
  held: HeldRows,
  heldRow: number,
  tally: Tally,
): void {
  if (held.captured[heldRow] === 0) {
    tally.missing(startNs, file, fileRow);
    return;
  }
  const { columns, row } = capturedAt(held, heldRow);
  countColumns(file, fileRow, columns, row, tally);
  const different = differing(file, fileRow, columns, row);
  if (different.length === 0) tally.equal(startNs);
  else tally.different(startNs, different, file, fileRow, columns, row);
}

/** Where the values of a row are as they were captured. */
function capturedAt(
  { capturedValues, changed, live }: HeldRows,
  row: number,
): { columns: readonly Float64Array[]; row: number } {
  const at = changed.get(row);
  return at === undefined ? { columns: capturedValues, row } : { columns: live, row: at };
}

const NONE: readonly number[] = [];

/** The columns in which both sides have a value, and not the same. */
function differing(
  file: readonly Float64Array[],
  fileRow: number,
  held: readonly Float64Array[],
  heldRow: number,
): readonly number[] {
  let found: number[] | undefined;
  for (let column = 0; column < file.length; column++) {
    const said = file[column]![fileRow]!;
    const was = held[column]![heldRow]!;
    // NaN is unequal to itself.
    if (said === was || Number.isNaN(said) || Number.isNaN(was)) continue;
    found ??= [];
    found.push(column);
  }
  return found ?? NONE;
}

function countColumns(
  file: readonly Float64Array[],
  fileRow: number,
  held: readonly Float64Array[],
  heldRow: number,
  { columns }: Tally,
): void {
  for (let column = 0; column < file.length; column++) {
    if (Number.isNaN(file[column]![fileRow])) continue;
    if (Number.isNaN(held[column]![heldRow])) columns[column]!.absent++;
    else columns[column]!.compared++;
  }
}
