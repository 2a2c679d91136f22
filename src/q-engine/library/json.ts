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
export function toJson(x: Value, precision: number, hideInfinities = false): string {
  return write(x, { precision, hideInfinities });
}

interface Style {
  readonly precision: number;
  /** Writes infinities as null, which JSON has, rather than inf. */
  readonly hideInfinities: boolean;
}

function write(x: Value, style: Style): string {
  spend(1);
  switch (x.kind) {
    case 'atom':
      return atomJson(x, style);
    case 'vector':
      if (x.type === 10) return JSON.stringify(textOf(x));
      return `[${itemsOf(x)
        .map(item => write(item, style))
        .join(',')}]`;
    case 'list':
      return `[${x.items.map(item => write(item, style)).join(',')}]`;
    case 'dictionary':
      return isKeyedTable(x) ? keyedJson(x, style) : objectJson(x, style);
    case 'table':
      return `[${Array.from({ length: countOf(x) }, (_, row) => write(rowAt(x, row), style)).join(ROW_END)}]`;
    case 'null':
      return 'null';
    default:
      throw new QError('type');
  }
}

function objectJson(x: Value & { kind: 'dictionary' }, style: Style): string {
  const values = itemsOf(x.values);
  const entries = itemsOf(x.keys).map(
    (key, i) => `${JSON.stringify(keyText(key, style))}:${write(values[i]!, style)}`,
  );
  return `{${entries.join(',')}}`;
}

function keyText(key: Value, style: Style): string {
  if (key.kind === 'atom') return key.type === 20 ? enumText(key) : plainText(key, style.precision);
  if (key.kind === 'vector' && key.type === 10) return textOf(key);
  throw new QError('type');
}

function keyedJson(x: Value & { kind: 'dictionary' }, style: Style): string {
  const rows = Array.from({ length: countOf(x.keys) }, (_, row) => {
    const key = write(itemAt(x.keys, row), style).slice(1, -1);
    const value = write(itemAt(x.values, row), style).slice(1, -1);
    return `{${[key, value].filter(part => part !== '').join(',')}}`;
  });
  return `[${rows.join(ROW_END)}]`;
}

function atomJson(x: Atom, style: Style): string {
  if (x.type === 1) return x.value === 1 ? 'true' : 'false';
  if (x.type === 10) return JSON.stringify(String.fromCharCode(x.value));
  if (x.type === 11) return JSON.stringify(x.value);
  if (x.type === 20) return JSON.stringify(enumText(x));
  if (isNull(x) && x.type !== 4) return 'null';
  if (isFloatType(x.type) && x.type !== 15) {
    const value = x.value as number;
    const isInfinite = Math.abs(value) === Number.POSITIVE_INFINITY;
    return isInfinite ? infinity(value > 0, style) : plainText(x, style.precision);
  }
  if (x.type >= 12) return JSON.stringify(temporalText(plainText(x, style.precision), x.type));
  if (x.type === 7 && (x.value === INFINITE_LONG || x.value === -INFINITE_LONG))
    return infinity(x.value > 0n, style);
  if (x.type === 6 && Math.abs(x.value) === INFINITE_INT) return infinity(x.value > 0, style);
  return x.type === 4 || x.type === 2
    ? JSON.stringify(plainText(x, style.precision))
    : plainText(x, style.precision);
}

function infinity(isPositive: boolean, { hideInfinities }: Style): string {
  if (hideInfinities) return 'null';
  return isPositive ? 'inf' : '-inf';
}

/** Dates with hyphens, as JSON readers know them. */
function temporalText(text: string, type: number): string {
  return type === 12 || type === 14 || type === 15 ? text.replace(/^(\d+)\.(\d+)\.(\d+)/, '$1-$2-$3') : text;
}
