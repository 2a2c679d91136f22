/** asc desc iasc idesc rank xasc xdesc and bin. */
import type { Interpreter } from '../evaluator/interpreter.ts';
import { collect, isListLike, itemAt } from '../values/items.ts';
import { rowTable } from '../values/join.ts';
import { long, longs } from '../values/make.ts';
import { firstNotBefore, lastNotAfter } from '../values/search.ts';
import { pick, pickEntries, pickKeeping } from '../values/select-items.ts';
import { isAscending, orderOf, orderOfRows } from '../values/sorting.ts';
import { NULL_LONG } from '../values/types.ts';
import type { Table, Value, Vector } from '../values/value.ts';
import { isKeyedTable, QError } from '../values/value.ts';
import { asofRows } from './asof-joins.ts';
import { markSorted as markVector } from './attributes.ts';
import { keyBy, nameList, onTable, unkeyed } from './dictionaries.ts';
import { longPositions } from './lists.ts';
import { alias, define } from './registry.ts';

function sorted(x: Value, descending: boolean): Value {
  if (x.kind === 'dictionary') {
    if (isKeyedTable(x)) {
      const ordered = pickEntries(x, orderOfRows(x.values.columns, descending));
      return descending ? ordered : { ...ordered, values: markSorted(ordered.values as Table) };
    }
    const ordered = pickEntries(x, orderOf(x.values, descending));
    return descending ? ordered : { ...ordered, values: marked(ordered.values) };
  }
  if (!isListLike(x)) throw new QError('type');
  if (!descending && x.kind === 'vector' && isAscending(x)) return x.attribute === 's' ? x : markVector(x);
  const ordered = pickKeeping(x, orderOf(x, descending));
  if (descending) return ordered;
  if (ordered.kind === 'table') return markSorted(ordered);
  return marked(ordered.kind === 'list' ? collect(ordered.items) : ordered);
}

function marked(x: Value): Value {
  return x.kind === 'vector' || x.kind === 'list' ? { ...x, attribute: 's' } : x;
}

/** Of one column it is sorted; of several the first one is parted. */
function markSorted(x: Table): Table {
  return markFirst(x, x.names[0]!, x.names.length === 1 ? 's' : 'p');
}

function markFirst(x: Table, name: string, attribute: 's' | 'p'): Table {
  const at = x.names.indexOf(name);
  const columns = x.columns.map((column, i) =>
    i === at && column.kind === 'vector' ? { ...column, attribute } : column,
  );
  return { ...x, columns: columns as Vector[] };
}

function orderKeyword(x: Value, descending: boolean): Value {
  if (x.kind === 'dictionary') return pickKeeping(x.keys, orderOf(x.values, descending));
  if (!isListLike(x)) throw new QError('rank');
  return longPositions(orderOf(x, descending));
}

function rank(x: Value): Value {
  if (!isListLike(x)) throw new QError('type');
  const order = orderOf(x);
  const ranks = new Int32Array(order.length);
  for (let i = 0; i < order.length; i++) ranks[order[i]!] = i;
  return longPositions(ranks);
}

/** columns xasc table; a name sorts the global in place. */
function sortTable(by: Value, x: Value, descending: boolean, interpreter: Interpreter): Value {
  return onTable(x, interpreter, target => {
    const names = nameList(by);
    const keyCount = isKeyedTable(target) ? target.keys.names.length : 0;
    const source = unkeyed(target);
    const columns = names.map(name => {
      const column = source.columns[source.names.indexOf(name)];
      if (column === undefined) throw new QError(name);
      return column;
    });
    const ordered = pickKeeping(source, orderOfRows(columns, descending)) as Table;
    const [first] = names;
    const result = descending || first === undefined ? ordered : markFirst(ordered, first, 's');
    return keyBy(result, keyCount);
  });
}

function binary(search: typeof lastNotAfter) {
  const bin = (x: Value, y: Value): Value => {
    if (isKeyedTable(x)) return pick(x.keys, positions(tableSearch(x.values, y)));
    if (x.kind === 'dictionary') {
      const found = bin(x.values, y);
      return x.keys.kind === 'vector' ? pickKeeping(x.keys, positions(found)) : found;
    }
    if (x.kind === 'table') return tableSearch(x, y);
    if (!isListLike(x)) throw new QError('type');
    if (y.kind === 'list' && x.kind === 'vector') return collect(y.items.map(item => bin(x, item)));
    if (y.kind === 'atom') {
      if (x.kind === 'vector' && x.type !== y.type) throw new QError('type');
      return long(search(x, y)[0]!);
    }
    if (x.kind === 'vector' && y.kind === 'vector' && x.type !== y.type) throw new QError('type');
    return longPositions(search(x, y));
  };
  return bin;
}

function positions(found: Value): Int32Array {
  return found.kind === 'vector'
    ? Int32Array.from(found.data as BigInt64Array, position => Math.max(-1, Number(position)))
    : Int32Array.of(Math.max(-1, Number((found as { value: bigint }).value)));
}

/** The last row equal in all columns but the last one, and not after y in that; null where there is none. */
function tableSearch(x: Table, y: Value): Value {
  const wanted = y.kind === 'dictionary' ? rowTable(y) : y;
  if (wanted.kind !== 'table') throw new QError('type');
  const rows = asofRows(wanted.names, wanted, x);
  const found = longs(BigInt64Array.from(rows, row => (row < 0 ? NULL_LONG : BigInt(row))));
  return y.kind === 'dictionary' ? itemAt(found, 0) : found;
}

define('asc', { unary: x => sorted(x, false) });
define('desc', { unary: x => sorted(x, true) });
define('iasc', { unary: x => orderKeyword(x, false) });
define('idesc', { unary: x => orderKeyword(x, true) });
define('rank', { unary: rank });
define('xasc', { binary: (x, y, interpreter) => sortTable(x, y, false, interpreter) });
define('xdesc', { binary: (x, y, interpreter) => sortTable(x, y, true, interpreter) });
define('bin', { binary: binary(lastNotAfter) });
define('binr', { binary: binary(firstNotBefore) });
alias('<:', 'iasc');
alias('>:', 'idesc');
