import { countOf, itemAt } from '../values/items.ts';
import { isUnread, placeOnDisk } from '../values/mapped.ts';
import type { Dictionary, Table, Value } from '../values/value.ts';
import { cellText, type DisplayOptions, isMatrix, matrixLines, paddedColumn } from './cells.ts';
import { literal } from './literal.ts';

/** Lines of the console that q leaves free, and characters of a line. */
const FREE_ROWS = 2;
const FREE_COLUMNS = 1;
const CUT = '..';

/**
 * A value as q's console shows it: lines without line ends, cut to the console's size with `..`. The null value
 * gives the line `::`; that the console prints nothing for it is the console's business.
 */
export function display(value: Value, options: DisplayOptions): string[] {
  const lines = allLines(value, options);
  const height = Math.max(options.rows - FREE_ROWS, 1);
  const shown = lines.length > height ? [...lines.slice(0, height - 1), CUT] : lines;
  return shown.map(line => cutLine(line, options.columns));
}

/** As {@link display}, as one text in which every line ends in a line end; what .Q.s gives. */
export function displayText(value: Value, options: DisplayOptions): string {
  return display(value, options)
    .map(line => `${line}\n`)
    .join('');
}

function cutLine(line: string, columns: number): string {
  return line.length > columns - FREE_COLUMNS
    ? line.slice(0, columns - FREE_COLUMNS - CUT.length) + CUT
    : line;
}

/** Items beyond this many lines are not shown: one more than fits shows that there are more. */
function lineLimit({ rows }: DisplayOptions): number {
  return Math.max(rows - FREE_ROWS, 1) + 1;
}

function allLines(value: Value, options: DisplayOptions): string[] {
  switch (value.kind) {
    case 'list':
      return value.items.length === 0 ? ['()'] : itemLines(value.items.slice(0, lineLimit(options)), options);
    case 'table':
      return placeOnDisk(value)?.isUnresolved === true
        ? [literal(value, options.precision, options.columns)]
        : tableLines(value, options);
    case 'dictionary':
      return isUnread(value)
        ? [literal(value, options.precision, options.columns)]
        : dictionaryLines(value, options);
    default:
      return [literal(value, options.precision, options.columns)];
  }
}

function itemLines(items: readonly Value[], options: DisplayOptions): string[] {
  if (isMatrix(items)) return matrixLines(items, options);
  return items.map(item => literal(item, options.precision, options.columns));
}

function tableLines(table: Table, options: DisplayOptions): string[] {
  const lines = sideLines(table, Math.min(countOf(table), lineLimit(options)), options);
  return [lines[0]!, '-'.repeat(lines[0]!.length), ...lines.slice(1)];
}

function dictionaryLines({ keys, values }: Dictionary, options: DisplayOptions): string[] {
  const count = Math.min(countOf(keys), lineLimit(options));
  const left = sideLines(keys, count, options);
  const right = sideLines(values, count, options);
  if (keys.kind !== 'table' && values.kind !== 'table') return beside(left, right);
  const [leftHead, rightHead] = [left, right].map(lines => lines[0] ?? '') as [string, string];
  const [leftTitle, rightTitle] = [
    keys.kind === 'table' ? leftHead : ' '.repeat(leftHead.length),
    values.kind === 'table' ? rightHead : ' '.repeat(rightHead.length),
  ];
  return [
    `${leftTitle}| ${rightTitle}`,
    `${'-'.repeat(leftTitle.length)}| ${'-'.repeat(rightTitle.length)}`,
    ...beside(keys.kind === 'table' ? left.slice(1) : left, values.kind === 'table' ? right.slice(1) : right),
  ];
}

function beside(left: readonly string[], right: readonly string[]): string[] {
  return left.map((line, i) => `${line}| ${right[i]}`);
}

/** The first `count` keys or values, one to a line, of one width; a table's begin with its names. */
function sideLines(side: Value, count: number, options: DisplayOptions): string[] {
  if (side.kind === 'table') return tableRows(side, count, options);
  const items = Array.from({ length: count }, (_, i) => itemAt(side, i));
  if (side.kind === 'list' && isMatrix(items)) return matrixLines(items, options);
  return paddedColumn(items.map((_, i) => cellText(side, i, options)));
}

function tableRows(table: Table, count: number, options: DisplayOptions): string[] {
  let lines = Array.from({ length: count + 1 }, () => '');
  for (const [position, name] of table.names.entries()) {
    const column = table.columns[position]!;
    const cells = [name, ...Array.from({ length: count }, (_, row) => cellText(column, row, options))];
    const padded = paddedColumn(cells);
    lines = lines.map((line, row) => (position === 0 ? padded[row]! : `${line} ${padded[row]}`));
    if (lines[0]!.length > options.columns) break;
  }
  return lines;
}
