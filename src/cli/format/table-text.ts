import type { QColumn, QDict, QValue } from '../../kdb/ipc/values.ts';
import { isNumeric } from './atoms.ts';
import { inline } from './inline.ts';
import { isItems, isText, itemAt, itemCount, pairsOf, type Rows, rowsOf } from './items.ts';

/** A value for people: tables and dictionaries aligned, one item of a list a line. Nothing for `::`. */
export function* tableText(value: QValue): Generator<string> {
  const rows = rowsOf(value);
  if (rows) {
    yield* alignedRows(rows);
  } else if (value.kind === 'dict') {
    yield* dictionaryLines(value);
  } else if (isItems(value) && !isText(value)) {
    for (let index = 0; index < itemCount(value); index++) yield inline(itemAt(value, index), 'q');
  } else {
    const text = inline(value, 'q');
    if (value.kind !== 'primitive' || text !== '') yield text;
  }
}

function* alignedRows({ columns, keyCount, rowCount }: Rows): Generator<string> {
  const cells = columns.map(column => alignedColumn(column, rowCount));
  const line = (row: number) =>
    joinCells(
      cells.map(column => column[row]!),
      keyCount,
    );
  yield line(0);
  yield '-'.repeat(line(0).length);
  for (let row = 1; row <= rowCount; row++) yield line(row).trimEnd();
}

/** The name and the cells of a column, all of one width. */
function alignedColumn({ name, values }: QColumn, rowCount: number): string[] {
  const cells = [name];
  for (let row = 0; row < rowCount; row++) cells.push(inline(itemAt(values, row), 'q'));
  const width = cells.reduce((widest, cell) => Math.max(widest, lengthOf(cell)), 0);
  const right = values.kind === 'vector' && isNumeric(values.type);
  return cells.map(cell => {
    const space = ' '.repeat(width - lengthOf(cell));
    return right ? space + cell : cell + space;
  });
}

function joinCells(cells: readonly string[], keyCount: number): string {
  if (keyCount === 0 || keyCount === cells.length) return cells.join(' ');
  return `${cells.slice(0, keyCount).join(' ')}| ${cells.slice(keyCount).join(' ')}`;
}

function* dictionaryLines(value: QDict): Generator<string> {
  const pairs = pairsOf(value);
  if (!pairs) {
    yield inline(value, 'q');
    return;
  }
  const keys = pairs.map(([key]) => inline(key, 'q'));
  const width = keys.reduce((widest, key) => Math.max(widest, lengthOf(key)), 0);
  for (const [index, [, item]] of pairs.entries()) {
    const key = keys[index]!;
    yield `${key}${' '.repeat(width - lengthOf(key))}| ${inline(item, 'q')}`.trimEnd();
  }
}

/** In characters as people count them, surrogate pairs as one. */
function lengthOf(text: string): number {
  return [...text].length;
}
