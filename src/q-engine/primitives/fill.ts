/** ^ : fills nulls, and coalesces keyed tables. */
import type { Simple } from '../values/convert.ts';
import { findPositions } from '../values/find.ts';
import { collect, countOf, itemAt, storeAtom, vectorItem } from '../values/items.ts';
import { joinDictionaries } from '../values/join.ts';
import { isTemporal, newData, vectorOf } from '../values/types.ts';
import type { Atom, Dictionary, Table, Value } from '../values/value.ts';
import { isKeyedTable, QError } from '../values/value.ts';
import { spread2 } from './atomic.ts';
import { castAtom, isNull } from './cast.ts';
import { define } from './registry.ts';
import { comparedAs } from './temporal-units.ts';

/** Items of y, those of x where y is null. */
function fill(x: Simple, y: Simple): Value {
  const type = filledType(x, y);
  if (type === 0) throw new QError('type');
  if (x.kind === 'atom' && y.kind === 'atom') return castAtom(type as 7, isNull(y) ? x : y);
  const count = y.kind === 'vector' ? countOf(y) : countOf(x);
  const data = newData(type as 7, count);
  for (let i = 0; i < count; i++) {
    const item = y.kind === 'vector' ? vectorItem(y, i) : y;
    const chosen: Atom = isNull(item) ? (itemAt(x, i) as Atom) : item;
    storeAtom(data, i, castAtom(type as 7, chosen));
  }
  return vectorOf(type as 7, data);
}

function filledType(x: Simple, y: Simple): number {
  if (x.type === y.type) return x.type;
  if (x.type === 11 || y.type === 11 || x.type === 2 || y.type === 2) return 0;
  if (isTemporal(x.type) && isTemporal(y.type)) return comparedAs(x.type, y.type);
  return Math.max(x.type, y.type);
}

export function fillNulls(x: Value, y: Value): Value {
  if (isKeyedTable(x) && isKeyedTable(y)) return coalesce(x, y);
  if (x.kind === 'dictionary' && y.kind === 'dictionary') return fillDictionary(x, y);
  return spread2(x, y, fill);
}

function fillDictionary(x: Dictionary, y: Dictionary): Dictionary {
  const joined = joinDictionaries(x, y);
  const old = findPositions(x.keys, joined.keys);
  const known = countOf(x.keys);
  const fresh = findPositions(y.keys, joined.keys);
  const count = countOf(joined.keys);
  const values = Array.from({ length: count }, (_, i) => {
    const before = old[i]! < known ? itemAt(x.values, old[i]!) : undefined;
    const after = fresh[i]! < countOf(y.keys) ? itemAt(y.values, fresh[i]!) : undefined;
    if (before === undefined || after === undefined) return (before ?? after)!;
    return spread2(before, after, fill);
  });
  return { ...joined, values: collect(values) };
}

/** Keyed tables: rows of y fill and follow those of x, nulls of y keep what x has. */
function coalesce(
  x: Dictionary & { keys: Table; values: Table },
  y: Dictionary & { keys: Table; values: Table },
): Value {
  const joined = joinDictionaries(x, y) as Dictionary & { keys: Table; values: Table };
  const old = findPositions(x.keys, joined.keys);
  const columns = joined.values.columns.map((column, c) => {
    const before = x.values.columns[x.values.names.indexOf(joined.values.names[c]!)];
    if (before === undefined) return column;
    const source = Array.from(old, position =>
      position < countOf(x.keys) ? itemAt(before, position) : undefined,
    );
    const items = source.map((item, i) => {
      const now = itemAt(column, i);
      return item !== undefined && now.kind === 'atom' && isNull(now) ? item : now;
    });
    return collect(items);
  });
  return { ...joined, values: { ...joined.values, columns } };
}

define('^', { binary: fillNulls });
