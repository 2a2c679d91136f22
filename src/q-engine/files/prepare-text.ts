import { plainText } from '../console/index.ts';
import { countOf, itemAt, itemsOf } from '../values/items.ts';
import { list, string } from '../values/make.ts';
import { decodeText } from '../values/text.ts';
import { type Atom, QError, type Value } from '../values/value.ts';

/** A table, or a list of columns, as lines of delimited text; a table's names come first. */
export function prepareText(delimiter: number, y: Value, precision: number): Value {
  const separator = String.fromCharCode(delimiter);
  const columns = y.kind === 'table' ? y.columns : itemsOf(y);
  const rows = columns.length === 0 ? 0 : countOf(columns[0]!);
  const lines: string[] =
    y.kind === 'table' ? [y.names.map(name => quoted(name, separator)).join(separator)] : [];
  for (let row = 0; row < rows; row++) {
    lines.push(columns.map(column => quoted(cell(column, row, precision), separator)).join(separator));
  }
  return list(lines.map(string));
}

function cell(column: Value, row: number, precision: number): string {
  const item = itemAt(column, row);
  if (item.kind === 'vector' && item.type === 10) return decodeText(item.data);
  if (column.kind !== 'vector' || item.kind !== 'atom') throw new QError('type');
  return isoText(item, plainText(item, precision));
}

/** Dates as ISO 8601 has them. */
function isoText(atom: Atom, text: string): string {
  switch (atom.type) {
    case 12:
    case 15:
      return text.replace(/^(\d+)\.(\d\d)\.(\d\d)[DT]/, '$1-$2-$3T');
    case 13:
    case 14:
      return text.replaceAll('.', '-');
    default:
      return text;
  }
}

/** In quotes where the text holds the delimiter, a quote or a line end. */
function quoted(text: string, separator: string): string {
  if (!text.includes(separator) && !text.includes('\n')) return text;
  return `"${text.replaceAll('"', '""')}"`;
}
