import { printable } from '../../base/printable.ts';
import type { QFunction, QValue } from '../../kdb/ipc/values.ts';
import { textOf } from '../../kdb/ipc/values.ts';
import { atomText } from './atoms.ts';
import { isItems, isText, itemAt, itemCount, pairsOf, rowsOf } from './items.ts';
import type { Style } from './temporal.ts';

/** Any value on one line, as it stands in a cell. Texts and symbols are bare; what would break a line is escaped. */
export function inline(value: QValue, style: Style): string {
  if (value.kind === 'atom') return printable(atomText(value, style));
  if (isText(value)) return printable(textOf(value) ?? '');
  if (isItems(value)) return itemsText(value, style);
  if (value.kind === 'dict') {
    const pairs = pairsOf(value);
    if (pairs)
      return `{${pairs.map(([key, item]) => `${inline(key, style)}: ${inline(item, style)}`).join(', ')}}`;
  }
  if (value.kind === 'dict' || value.kind === 'table')
    return `table of ${rowsOf(value)?.rowCount ?? '?'} rows`;
  return functionText(value);
}

function itemsText(value: QValue & { readonly kind: 'vector' | 'list' }, style: Style): string {
  const items = Array.from({ length: itemCount(value) }, (_, index) => itemAt(value, index));
  if (value.kind === 'list') return `(${items.map(item => inline(item, style)).join('; ')})`;
  return items.map(item => inline(item, style)).join(' ');
}

/** The text of a lambda; of other functions what kind they are. `::` is nothing. */
export function functionText(value: QFunction): string {
  switch (value.kind) {
    case 'lambda':
      return printable(textOf(value.body) ?? 'a lambda');
    case 'primitive':
      return value.type === 101 && value.code === 0 ? '' : `a primitive (type ${value.type}, ${value.code})`;
    default:
      return `a function (type ${value.type})`;
  }
}
