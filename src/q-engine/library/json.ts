/** .j.j: values to JSON text. */

import { plainText } from '../console/index.ts';
import { isNull } from '../primitives/cast.ts';
import { enumText } from '../values/compare.ts';
import { countOf, itemAt, itemsOf, rowAt } from '../values/items.ts';
import { spend } from '../values/limits.ts';
import { textOf } from '../values/make.ts';
import { INFINITE_INT, INFINITE_LONG, isFloatType } from '../values/types.ts';
import type { Atom, Value } from '../values/value.ts';
import { isKeyedTable, QError } from '../values/value.ts';

/** Each row of a table has its line. */
const ROW_END = ',\n ';

/** JSON text of a value: tables are lists of objects, keyed tables objects of key and value. */
export function toJson(x: Value, precision: number): string {
  spend(1);
  switch (x.kind) {
    case 'atom':
      return atomJson(x, precision);
    case 'vector':
      if (x.type === 10) return JSON.stringify(textOf(x));
      return `[${itemsOf(x)
        .map(item => toJson(item, precision))
        .join(',')}]`;
    case 'list':
      return `[${x.items.map(item => toJson(item, precision)).join(',')}]`;
    case 'dictionary':
      return isKeyedTable(x) ? keyedJson(x, precision) : objectJson(x, precision);
    case 'table':
      return `[${Array.from({ length: countOf(x) }, (_, row) => toJson(rowAt(x, row), precision)).join(ROW_END)}]`;
    case 'null':
      return 'null';
    default:
      throw new QError('type');
  }
}

function objectJson(x: Value & { kind: 'dictionary' }, precision: number): string {
  const values = itemsOf(x.values);
  const entries = itemsOf(x.keys).map(
    (key, i) => `${JSON.stringify(keyText(key, precision))}:${toJson(values[i]!, precision)}`,
  );
  return `{${entries.join(',')}}`;
}

function keyText(key: Value, precision: number): string {
  if (key.kind === 'atom') return key.type === 20 ? enumText(key) : plainText(key, precision);
  if (key.kind === 'vector' && key.type === 10) return textOf(key);
  throw new QError('type');
}

function keyedJson(x: Value & { kind: 'dictionary' }, precision: number): string {
  const rows = Array.from({ length: countOf(x.keys) }, (_, row) => {
    const key = toJson(itemAt(x.keys, row), precision).slice(1, -1);
    const value = toJson(itemAt(x.values, row), precision).slice(1, -1);
    return `{${[key, value].filter(part => part !== '').join(',')}}`;
  });
  return `[${rows.join(ROW_END)}]`;
}

function atomJson(x: Atom, precision: number): string {
  if (x.type === 1) return x.value === 1 ? 'true' : 'false';
  if (x.type === 10) return JSON.stringify(String.fromCharCode(x.value));
  if (x.type === 11) return JSON.stringify(x.value);
  if (x.type === 20) return JSON.stringify(enumText(x));
  if (isNull(x) && x.type !== 4) return 'null';
  if (isFloatType(x.type) && x.type !== 15) {
    if (x.value === Number.POSITIVE_INFINITY) return 'inf';
    return x.value === Number.NEGATIVE_INFINITY ? '-inf' : plainText(x, precision);
  }
  if (x.type >= 12) return JSON.stringify(temporalText(plainText(x, precision), x.type));
  if (x.type === 7 && (x.value === INFINITE_LONG || x.value === -INFINITE_LONG))
    return x.value > 0n ? 'inf' : '-inf';
  if (x.type === 6 && Math.abs(x.value) === INFINITE_INT) return x.value > 0 ? 'inf' : '-inf';
  return x.type === 4 || x.type === 2 ? JSON.stringify(plainText(x, precision)) : plainText(x, precision);
}

/** Dates with hyphens, as JSON readers know them. */
function temporalText(text: string, type: number): string {
  return type === 12 || type === 14 || type === 15 ? text.replace(/^(\d+)\.(\d+)\.(\d+)/, '$1-$2-$3') : text;
}
