/** Indexing of lists, dictionaries and tables, by one index or at depth. */

import { asofRows } from '../primitives/asof-joins.ts';
import { findItem, findPositions, findRows } from '../values/find.ts';
import { collect, columnOf, countOf, isListLike, itemAt, itemsOf, missingItem } from '../values/items.ts';
import { table } from '../values/make.ts';
import { lastNotAfter } from '../values/search.ts';
import { pick, pickKeeping } from '../values/select-items.ts';
import type { Dictionary, Table, Value, Vector } from '../values/value.ts';
import { isKeyedTable, QError } from '../values/value.ts';
import type { Interpreter } from './interpreter.ts';

/** value[i;j;...]; an elided index or :: means all. */
export function indexValue(value: Value, indices: readonly Value[], interpreter: Interpreter): Value {
  const [first, ...rest] = indices;
  if (first === undefined) return value;
  if (rest.length === 0) return indexOnce(value, first);
  if (value.kind === 'table' && rest.length === 1 && isSymbolAtom(rest[0]!)) {
    return indexOnce(indexOnce(value, rest[0]!), first);
  }
  const picked = indexOnce(value, first);
  if (isAll(first) || isListLike(first)) {
    if (picked.kind === 'dictionary' && !isKeyedTable(picked)) {
      const values = collect(itemsOf(picked.values).map(item => deeper(item, rest, interpreter)));
      return { ...picked, values };
    }
    return collect(itemsOf(picked).map(item => deeper(item, rest, interpreter)));
  }
  return deeper(picked, rest, interpreter);
}

function deeper(value: Value, rest: readonly Value[], interpreter: Interpreter): Value {
  if (value.kind === 'atom' && rest.every(isAll)) return value;
  return interpreter.apply(value, rest);
}

/** :: or an index left out. */
export function isAll(index: Value): boolean {
  return index.kind === 'null';
}

function isSymbolAtom(value: Value): boolean {
  return value.kind === 'atom' && value.type === 11;
}

/** value[index] */
export function indexOnce(value: Value, index: Value): Value {
  if (isAll(index)) return value;
  switch (value.kind) {
    case 'dictionary':
      return indexDictionary(value, index);
    case 'table':
      return indexTable(value, index);
    default:
      return indexList(value, index);
  }
}

function indexList(value: Value, index: Value): Value {
  if (index.kind === 'atom') {
    const position = positionOf(index);
    return position >= 0 && position < countOf(value) ? itemAt(value, position) : missingItem(value);
  }
  if (index.kind === 'vector') return pick(value, positionsOf(index));
  if (index.kind === 'list') return collect(index.items.map(item => indexOnce(value, item)));
  if (index.kind === 'dictionary') return { ...index, values: indexOnce(value, index.values) };
  throw new QError('type');
}

/** The position that an integer atom means; -1 for a null or what is out of any range. */
export function positionOf(index: Value): number {
  if (index.kind !== 'atom') throw new QError('type');
  switch (index.type) {
    case 1:
    case 4:
    case 5:
    case 6:
      return index.value;
    case 7: {
      const position = Number(index.value);
      return position >= 0 ? position : -1;
    }
    default:
      throw new QError('type');
  }
}

/** The positions that an integer vector means. */
export function positionsOf(index: Vector): Int32Array {
  switch (index.type) {
    case 6:
      return index.data;
    case 1:
    case 4:
    case 5:
      return Int32Array.from(index.data);
    case 7: {
      const words = new Int32Array(index.data.buffer, index.data.byteOffset, index.data.length * 2);
      const out = new Int32Array(index.data.length);
      // What does not fit an int is out of any range.
      for (let i = 0; i < out.length; i++) {
        out[i] = words[2 * i + 1] === words[2 * i]! >> 31 ? words[2 * i]! : -1;
      }
      return out;
    }
    default:
      throw new QError('type');
  }
}

function indexTable(value: Table, index: Value): Value {
  if (index.kind === 'atom' && index.type === 11) {
    const column = columnOf(value, index.value);
    if (column === undefined) throw new QError(index.value);
    return column;
  }
  if (index.kind === 'vector' && index.type === 11) {
    return collect(itemsOf(index).map(name => indexTable(value, name)));
  }
  return indexList(value, index);
}

function indexDictionary(value: Dictionary, index: Value): Value {
  if (isKeyedTable(value)) return indexKeyedTable(value, index);
  if (value.keys.kind === 'table') {
    const position = findRow(value.keys, index);
    return position < countOf(value.keys) ? itemAt(value.values, position) : missingItem(value.values);
  }
  if (value.sorted) return indexStep(value, index);
  if (value.keys.kind === 'vector' && isListLike(index)) {
    if (index.kind === 'list') return collect(index.items.map(item => indexDictionary(value, item)));
    return pick(value.values, missingAsNull(findPositions(value.keys, index), countOf(value.keys)));
  }
  if (value.keys.kind === 'list' && index.kind === 'list') {
    return collect(index.items.map(item => indexDictionary(value, item)));
  }
  if (value.keys.kind === 'vector' && index.kind === 'atom' && index.type !== value.keys.type) {
    const areSymbols = [value.keys.type, index.type].every(type => type === 11 || type === 20);
    if (!areSymbols) throw new QError('type');
  }
  const position = findItem(value.keys, index);
  return position < countOf(value.keys) ? itemAt(value.values, position) : missingItem(value.values);
}

/** A step function: the entry of the last key not after the index. */
function indexStep(value: Dictionary, index: Value): Value {
  if (index.kind === 'list') return collect(index.items.map(item => indexStep(value, item)));
  const positions = lastNotAfter(value.keys, index);
  if (index.kind === 'atom') {
    return positions[0]! < 0 ? missingItem(value.values) : itemAt(value.values, positions[0]!);
  }
  return pick(value.values, positions);
}

function missingAsNull(positions: Int32Array, count: number): Int32Array {
  for (let i = 0; i < positions.length; i++) if (positions[i] === count) positions[i] = -1;
  return positions;
}

function indexKeyedTable(value: Dictionary & { keys: Table; values: Table }, index: Value): Value {
  if (value.sorted) return indexStepTable(value, index);
  const count = countOf(value.keys);
  if (index.kind === 'table') {
    const wanted = table(
      value.keys.names,
      value.keys.names.map(name => columnOf(index, name) ?? fail()),
    );
    return pickKeeping(value.values, missingAsNull(findRows(value.keys, wanted), count));
  }
  if (value.keys.columns.length === 1 && isListLike(index)) {
    const wanted = table(value.keys.names, [index]);
    return pickKeeping(value.values, missingAsNull(findRows(value.keys, wanted), count));
  }
  if (index.kind === 'list' && index.items.every(isListLike)) {
    return collect(index.items.map(item => indexKeyedTable(value, item)));
  }
  const position = findRow(value.keys, index);
  return position < count ? itemAt(value.values, position) : missingItem(value.values);
}

/** A keyed step function: the row of the last key not after the index, equal to it in all columns but the last. */
function indexStepTable(value: Dictionary & { keys: Table; values: Table }, index: Value): Value {
  const { names } = value.keys;
  const many = index.kind === 'table' || (names.length === 1 && isListLike(index));
  const columns = many
    ? names.map((name, i) => (index.kind === 'table' ? (columnOf(index, name) ?? fail()) : [index][i]!))
    : rowValues(value.keys, index).map(item => collect([item]));
  const rows = asofRows(names, table(names, columns), value.keys);
  return many ? pickKeeping(value.values, rows) : itemAt(pick(value.values, rows), 0);
}

function fail(): never {
  throw new QError('mismatch');
}

/** The row of a table equal to a dictionary, a list of values, or for one column an atom. */
export function findRow(keys: Table, index: Value): number {
  const row = rowValues(keys, index);
  const wanted = table(
    keys.names,
    row.map(item => collect([item])),
  );
  return findRows(keys, wanted)[0]!;
}

function rowValues(keys: Table, index: Value): readonly Value[] {
  if (index.kind === 'dictionary') return keys.names.map(name => indexOnce(index, symbolOf(name)));
  if (keys.columns.length === 1)
    return [isListLike(index) && countOf(index) === 1 ? itemAt(index, 0) : index];
  const items = itemsOf(index);
  if (items.length !== keys.columns.length) throw new QError('length');
  return items;
}

function symbolOf(name: string): Value {
  return { kind: 'atom', type: 11, value: name };
}
