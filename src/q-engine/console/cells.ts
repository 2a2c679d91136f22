import { countOf, itemAt } from '../values/items.ts';
import type { Value } from '../values/value.ts';
import { plainText } from './atom-text.ts';
import { literal } from './literal.ts';

/** How values are laid out: the console's size, \c, and the digits of floats, \P. */
export interface DisplayOptions {
  readonly rows: number;
  readonly columns: number;
  readonly precision: number;
}

/** Item `index` of a column as it stands in a table: bare if the column is a vector, else as an expression. */
export function cellText(column: Value, index: number, { precision, columns }: DisplayOptions): string {
  const item = itemAt(column, index);
  if (column.kind === 'vector' && item.kind === 'atom') return plainText(item, precision);
  return literal(item, precision, columns);
}

/** The first `count` cells of a column, padded to one width, under its name where it has one. */
export function paddedColumn(cells: readonly string[]): string[] {
  const width = cells.reduce((widest, cell) => Math.max(widest, cell.length), 0);
  return cells.map(cell => cell.padEnd(width));
}

/** Whether items would be shown as a matrix: lists of one length, unless all are strings, booleans or bytes. */
export function isMatrix(items: readonly Value[]): boolean {
  const first = items[0];
  if (first === undefined || !isRow(first)) return false;
  const count = countOf(first);
  if (items.some(item => !isRow(item) || countOf(item) !== count)) return false;
  return !COMPACT_TYPES.some(type => items.every(item => item.kind === 'vector' && item.type === type));
}

/** Types whose vectors are shown without spaces. */
const COMPACT_TYPES = [1, 4, 10];

function isRow(value: Value): boolean {
  return value.kind === 'vector' || value.kind === 'list';
}

/** The rows of a matrix with aligned columns; columns that begin beyond the console's width are left out. */
export function matrixLines(items: readonly Value[], options: DisplayOptions): string[] {
  const width = countOf(items[0]!);
  let lines = items.map(() => '');
  for (let column = 0; column < width; column++) {
    const cells = paddedColumn(columnLines(items, column, options));
    lines = lines.map((line, row) => (column === 0 ? cells[row]! : `${line} ${cells[row]}`));
    if (lines[0]!.length > options.columns) break;
  }
  return lines;
}

/** A column of a matrix, one line to a row; where its items make a matrix of their own, as that. */
function columnLines(items: readonly Value[], column: number, options: DisplayOptions): string[] {
  const deeper = items.map(item => (item.kind === 'list' ? item.items[column]! : item));
  const areLists = items.every(item => item.kind === 'list');
  if (areLists && isMatrix(deeper)) return matrixLines(deeper, options);
  return items.map(item => cellText(item, column, options));
}
