import { TABLE_EPOCH_MS } from '../../tables/epoch.ts';
import { COMPARED_COLUMNS } from './bar-piece.ts';

/** What can be the matter with a bar. */
export const BAR_KINDS = ['missing', 'different', 'extra'] as const;

export type BarKind = (typeof BAR_KINDS)[number];

export type BarValues = Readonly<Record<(typeof COMPARED_COLUMNS)[number], number | null>>;

/** One bar, to be looked at. */
export interface BarExample {
  readonly kind: BarKind;
  readonly sym: string;
  /** Start of its window, UTC. */
  readonly start: string;
  readonly file: BarValues | undefined;
  readonly captured: BarValues | undefined;
  /** The columns that differ. */
  readonly columns: readonly string[];
}

/** Where its values are: columns as in COMPARED_COLUMNS. */
export interface ExampleRows {
  readonly file?: readonly Float64Array[];
  readonly fileRow?: number;
  readonly held?: readonly Float64Array[];
  readonly heldRow?: number;
  readonly columns?: readonly number[];
}

/** @param startNs ns since 2000 */
export function barExample(kind: BarKind, sym: string, startNs: number, rows: ExampleRows): BarExample {
  const { file, fileRow, held, heldRow, columns = [] } = rows;
  return {
    kind,
    sym,
    start: new Date(Math.round(startNs / 1e6) + TABLE_EPOCH_MS).toISOString().replace('.000Z', 'Z'),
    file: file && valuesAt(file, fileRow!),
    captured: held && valuesAt(held, heldRow!),
    columns: columns.map(column => COMPARED_COLUMNS[column]!),
  };
}

function valuesAt(columns: readonly Float64Array[], row: number): BarValues {
  const values = COMPARED_COLUMNS.map((name, index) => {
    const value = columns[index]![row]!;
    return [name, Number.isNaN(value) ? null : value] as const;
  });
  return Object.fromEntries(values) as BarValues;
}
