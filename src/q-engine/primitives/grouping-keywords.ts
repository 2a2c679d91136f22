/** within, fby, xgroup, ungroup, xrank, rand, fkeys, csv, gtime and ltime. */
import type { Interpreter } from '../evaluator/interpreter.ts';
import { groupItems, positionsByGroup } from '../values/grouping.ts';
import { collect, countOf, isListLike, itemAt, itemsOf } from '../values/items.ts';
import { dictionary, list, symbols, table } from '../values/make.ts';
import { pick, pickKeeping } from '../values/select-items.ts';
import { orderOf } from '../values/sorting.ts';
import type { Table, Value } from '../values/value.ts';
import { isKeyedTable, QError } from '../values/value.ts';
import { lesser } from './arithmetic.ts';
import { atLeast, atMost } from './comparison.ts';
import { nameList, tableArgument, unkeyed } from './dictionaries.ts';
import { columnsNamed } from './joins.ts';
import { longPositions } from './lists.ts';
import { raze } from './raze.ts';
import { define, primitive } from './registry.ts';

/** x within (low; high), both ends inside. */
function within(x: Value, y: Value): Value {
  if (!isListLike(y) || countOf(y) !== 2) throw new QError('length');
  return lesser(atLeast(x, itemAt(y, 0)), atMost(x, itemAt(y, 1)));
}

/** (f; values) fby groups: f of each group's values, at each of its places. */
function filterBy(x: Value, groups: Value, interpreter: Interpreter): Value {
  const [f, values] = itemsOf(x);
  if (f === undefined || values === undefined) throw new QError('length');
  const source =
    values.kind === 'dictionary' && !isKeyedTable(values)
      ? primitive('flip').code.unary!(values, interpreter)
      : values;
  const count = countOf(groups);
  if (countOf(source) !== count) throw new QError('length');
  const grouping = groupItems(groups.kind === 'dictionary' ? groups.values : groups);
  const { positions, starts } = positionsByGroup(grouping);
  const out = new Array<Value>(count);
  for (let group = 0; group < grouping.firsts.length; group++) {
    const rows = positions.subarray(starts[group]!, starts[group + 1]!);
    const value = interpreter.apply(f, [pick(source, rows)]);
    rows.forEach((row, i) => {
      out[row] =
        isListLike(value) && countOf(value) === rows.length && value.kind !== 'table'
          ? itemAt(value, i)
          : value;
    });
  }
  return collect(out);
}

/** columns xgroup table: keyed by them, the other columns as lists. */
function groupTable(by: Value, x: Value): Value {
  const names = nameList(by);
  if (names.length === 0) throw new QError('type');
  const source = unkeyed(x);
  const keys = columnsNamed(source, names);
  const grouping = groupItems(keys);
  const { positions, starts } = positionsByGroup(grouping);
  const rest = source.names.filter(name => !names.includes(name));
  const columns = rest.map(name => {
    const column = columnsNamed(source, [name]).columns[0]!;
    return list(
      Array.from(grouping.firsts, (_, group) =>
        pick(column, positions.subarray(starts[group]!, starts[group + 1]!)),
      ),
    );
  });
  return dictionary(pickKeeping(keys, grouping.firsts), table(rest, columns));
}

/** One row for each item of the lists in a row. */
function ungroup(x: Value): Value {
  if (x.kind === 'dictionary' && !isKeyedTable(x)) {
    return ungroup(table(['key', 'value'], [x.keys, x.values]));
  }
  const source = unkeyed(x);
  const count = countOf(source);
  const nested = source.columns.map(column => column.kind === 'list' && itemsOf(column).some(isListLike));
  const lengths = Array.from({ length: count }, (_, row) => {
    const sizes = source.columns.flatMap((column, c) => (nested[c] ? [itemCount(itemAt(column, row))] : []));
    if (sizes.some(size => size !== sizes[0])) throw new QError('length');
    return sizes[0] ?? 1;
  });
  const rows = Int32Array.from(lengths.flatMap((length, row) => new Array<number>(length).fill(row)));
  const columns = source.columns.map((column, c) => (nested[c] ? flattened(column) : pick(column, rows)));
  return table(source.names, columns);
}

function itemCount(x: Value): number {
  return isListLike(x) ? countOf(x) : 1;
}

function flattened(column: Value): Value {
  const items = itemsOf(column).filter(item => itemCount(item) > 0);
  return items.length === 0 ? (itemsOf(column)[0] ?? column) : raze(list(items));
}

/** n xrank x: which of n equal parts in ascending order each item is in. */
function quantile(n: Value, x: Value): Value {
  if (n.kind !== 'atom' || typeof n.value === 'string') throw new QError('type');
  const parts = Number(n.value);
  const count = countOf(x);
  const out = new Int32Array(count);
  orderOf(x).forEach((position, rank) => {
    out[position] = Math.floor((rank * parts) / count);
  });
  return longPositions(out);
}

function foreignKeys(x: Value, interpreter: Interpreter): Value {
  const source = unkeyed(tableArgument(x, interpreter)) as Table;
  const links = source.names.flatMap((name, i) => {
    const column = source.columns[i]!;
    const linked =
      column.kind === 'vector' && column.type === 20 && column.domain.keyedTable?.() !== undefined;
    return linked && column.type === 20 ? [[name, column.domain.name] as const] : [];
  });
  return dictionary(symbols(links.map(([name]) => name)), symbols(links.map(([, domain]) => domain)));
}

function shiftZone(x: Value, sign: 1n | -1n, interpreter: Interpreter): Value {
  const shift = (ns: bigint) => {
    if (ns === -0x8000000000000000n) return ns;
    const offset = interpreter.host.localOffsetNs(sign > 0n ? ns : ns - interpreter.host.localOffsetNs(ns));
    return ns + sign * offset;
  };
  if (x.kind === 'atom' && x.type === 12) return { ...x, value: shift(x.value) };
  if (x.kind === 'vector' && x.type === 12) return { ...x, data: x.data.map(shift), attribute: '' };
  throw new QError('type');
}

define('within', { binary: within }, { type: 102 });
define('fby', { binary: filterBy });
define('xgroup', { binary: (by, x, interpreter) => groupTable(by, tableArgument(x, interpreter)) });
define('ungroup', { unary: ungroup });
define('xrank', { binary: quantile });
define('rand', {
  unary: (x, interpreter) =>
    itemAt(primitive('?').code.binary!({ kind: 'atom', type: 7, value: 1n }, x, interpreter), 0),
});
define('fkeys', { unary: foreignKeys });
define('gtime', { unary: (x, interpreter) => shiftZone(x, -1n, interpreter) });
define('ltime', { unary: (x, interpreter) => shiftZone(x, 1n, interpreter) });
