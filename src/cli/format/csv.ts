import { type QValue, textOf } from '../../kdb/ipc/values.ts';
import { atomText } from './atoms.ts';
import { inline } from './inline.ts';
import { isItems, isText, itemAt, itemCount, pairsOf, rowsOf } from './items.ts';

/**
 * A value as CSV (RFC 4180, records end in CR LF): a table with its column names, a dictionary as columns key and
 * value, anything else as column value. Nulls are empty, times ISO 8601 with nanoseconds.
 */
export function* csv(value: QValue): Generator<string> {
  const rows = rowsOf(value);
  if (rows) {
    yield record(rows.columns.map(column => column.name));
    for (let row = 0; row < rows.rowCount; row++) {
      yield record(rows.columns.map(column => cell(itemAt(column.values, row))));
    }
    return;
  }
  const pairs = value.kind === 'dict' ? pairsOf(value) : undefined;
  if (pairs) {
    yield record(['key', 'value']);
    for (const [key, item] of pairs) yield record([cell(key), cell(item)]);
    return;
  }
  yield record(['value']);
  if (isItems(value) && !isText(value)) {
    for (let index = 0; index < itemCount(value); index++) yield record([cell(itemAt(value, index))]);
  } else {
    yield record([cell(value)]);
  }
}

/** Texts keep their line breaks: CSV can hold them. */
function cell(value: QValue): string {
  if (value.kind === 'atom') return atomText(value, 'iso');
  return isText(value) ? (textOf(value) ?? '') : inline(value, 'iso');
}

function record(cells: readonly string[]): string {
  return `${cells.map(quoted).join(',')}\r`;
}

function quoted(cell: string): string {
  return /[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
