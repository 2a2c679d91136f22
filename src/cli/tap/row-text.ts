import { printable } from '../../base/printable.ts';

/** A column of a row as it passes, and how wide it usually is. */
const COLUMNS: readonly (readonly [name: string, width: number])[] = [
  ['time', 12],
  ['table', 5],
  ['sym', 8],
  ['open', 10],
  ['high', 10],
  ['low', 10],
  ['close', 10],
  ['volume', 10],
  ['vwap', 10],
  ['trades', 6],
];

const TEXTS: readonly string[] = ['time', 'table', 'sym'];

/** A row of the tap: the table and its columns by name. */
export type TappedRow = Readonly<Record<string, string | number | null>>;

const BETWEEN = '  ';

/**
 * Turns rows into lines whose columns stand under each other; a column becomes wider where a value asks for it. The last
 * columns are left out where the width has no room for them.
 */
export class RowText {
  readonly #widths: Map<string, number>;

  constructor(width: number) {
    let used = -BETWEEN.length;
    const fitting = COLUMNS.filter(([, columnWidth]) => {
      used += BETWEEN.length + columnWidth;
      return used <= width;
    });
    this.#widths = new Map(fitting);
  }

  head(): string {
    return this.#line(name => name);
  }

  line(row: TappedRow): string {
    return this.#line(name => cellText(row[name]));
  }

  #line(cellOf: (name: string) => string): string {
    const cells = [...this.#widths].map(([name, usual]) => {
      const cell = cellOf(name);
      const width = Math.max(cell.length, usual);
      this.#widths.set(name, width);
      return TEXTS.includes(name) ? cell.padEnd(width) : cell.padStart(width);
    });
    return cells.join(BETWEEN).trimEnd();
  }
}

function cellText(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? printable(value) : String(Number(value.toPrecision(10)));
}
