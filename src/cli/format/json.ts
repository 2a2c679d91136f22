import { type QValue, textOf } from '../../kdb/ipc/values.ts';
import { atomJson, type Json } from './atoms.ts';
import { functionText } from './inline.ts';
import { isItems, isText, itemAt, itemCount, pairsOf, rowsOf } from './items.ts';

/**
 * A value as JSON: a table as an array of objects, one a line; a dictionary as an object where its keys are symbols or
 * texts, else as an array of `{key, value}`; atoms as `atomJson` says.
 */
export function* json(value: QValue): Generator<string> {
  const rows = rowsOf(value);
  if (!rows || rows.rowCount === 0) {
    yield JSON.stringify(jsonOf(value));
    return;
  }
  for (let row = 0; row < rows.rowCount; row++) {
    const object = rows.columns.map(column => [column.name, jsonOf(itemAt(column.values, row))] as const);
    const before = row === 0 ? '[' : ' ';
    yield `${before}${JSON.stringify(Object.fromEntries(object))}${row === rows.rowCount - 1 ? ']' : ','}`;
  }
}

function jsonOf(value: QValue): Json {
  if (value.kind === 'atom') return atomJson(value);
  if (isText(value)) return textOf(value) ?? '';
  if (isItems(value))
    return Array.from({ length: itemCount(value) }, (_, index) => jsonOf(itemAt(value, index)));
  const rows = rowsOf(value);
  if (rows) {
    return Array.from({ length: rows.rowCount }, (_, row) =>
      Object.fromEntries(rows.columns.map(column => [column.name, jsonOf(itemAt(column.values, row))])),
    );
  }
  if (value.kind === 'dict') return dictionaryJson(value);
  if (value.kind === 'table') return [];
  return functionText(value) || null;
}

function dictionaryJson(value: QValue & { readonly kind: 'dict' }): Json {
  const pairs = pairsOf(value);
  if (!pairs) return { keys: jsonOf(value.keys), values: jsonOf(value.values) };
  const names = pairs.map(([key]) => textOf(key));
  if (names.every(name => name !== undefined) && new Set(names).size === names.length) {
    return Object.fromEntries(pairs.map(([, item], index) => [names[index]!, jsonOf(item)]));
  }
  return pairs.map(([key, item]) => ({ key: jsonOf(key), value: jsonOf(item) }));
}
