/** Counting, reading and collecting the items of any value. */
import { spend } from './limits.ts';
import { dictionary, list, symbols, table } from './make.ts';
import { internSymbol, symbolName } from './symbol-pool.ts';
import { newData, nullAtom, vectorOf } from './types.ts';
import type { Atom, Dictionary, Table, Value, Vector } from './value.ts';
import { EMPTY_LIST, NULL, QError } from './value.ts';

/** How many items; 1 for an atom or a function. */
export function countOf(value: Value): number {
  switch (value.kind) {
    case 'vector':
      return value.type === 2 ? value.data.length / 16 : value.data.length;
    case 'list':
      return value.items.length;
    case 'dictionary':
      return countOf(value.keys);
    case 'table':
      return value.columns.length === 0 ? 0 : countOf(value.columns[0]!);
    default:
      return 1;
  }
}

/** Whether the value is a vector, a general list or a table: something with items by position. */
export function isListLike(value: Value): value is Vector | import('./value.ts').List | Table {
  return value.kind === 'vector' || value.kind === 'list' || value.kind === 'table';
}

/** Item `index` of a vector, without a range check. */
export function vectorItem(vector: Vector, index: number): Atom {
  switch (vector.type) {
    case 11:
      return { kind: 'atom', type: 11, value: symbolName(vector.data[index]!) };
    case 2:
      return { kind: 'atom', type: 2, value: vector.data.slice(index * 16, index * 16 + 16) };
    case 20:
      return { kind: 'atom', type: 20, value: vector.data[index]!, domain: vector.domain };
    case 7:
    case 12:
    case 16:
      return { kind: 'atom', type: vector.type, value: vector.data[index]! };
    default:
      return { kind: 'atom', type: vector.type, value: vector.data[index]! };
  }
}

/** Item `index`, which must be in range; an atom is its own every item. */
export function itemAt(value: Value, index: number): Value {
  switch (value.kind) {
    case 'vector':
      return vectorItem(value, index);
    case 'list':
      return value.items[index]!;
    case 'table':
      return rowAt(value, index);
    case 'dictionary':
      return itemAt(value.values, index);
    default:
      return value;
  }
}

/** Row `index` of a table as a dictionary. */
export function rowAt(source: Table, index: number): Dictionary {
  return dictionary(symbols(source.names), collect(source.columns.map(column => itemAt(column, index))));
}

/** All items as an array. */
export function itemsOf(value: Value): readonly Value[] {
  if (value.kind === 'list') return value.items;
  if (value.kind === 'dictionary') return itemsOf(value.values);
  const count = countOf(value);
  const items = new Array<Value>(count);
  for (let i = 0; i < count; i++) {
    spend(1);
    items[i] = itemAt(value, i);
  }
  return items;
}

/**
 * The list of these items as q would hold it: atoms of one type make a vector, dictionaries with the same
 * symbol keys make a table, anything else a general list.
 */
export function collect(items: readonly Value[]): Value {
  const first = items[0];
  if (first === undefined) return EMPTY_LIST;
  spend(items.length);
  if (first.kind === 'atom') return collectAtoms(items, first) ?? list(items);
  if (first.kind === 'dictionary') return collectRows(items, first) ?? list(items);
  return list(items);
}

function collectAtoms(items: readonly Value[], first: Atom): Vector | undefined {
  const type = first.type;
  for (const item of items) {
    if (item.kind !== 'atom' || item.type !== type) return undefined;
    if (
      type === 20 &&
      item.type === 20 &&
      item.domain.name !== (first as { domain: { name: string } }).domain.name
    ) {
      return undefined;
    }
  }
  return vectorOfAtoms(items as readonly Atom[], first);
}

/** A vector of atoms that all have the type of `like`. */
export function vectorOfAtoms(items: readonly Atom[], like: Atom | Vector): Vector {
  const data = newData(like.type, items.length);
  for (let i = 0; i < items.length; i++) storeAtom(data, i, items[i]!);
  return vectorOf(like.type, data, like);
}

/** Writes an atom at a position of an array of its type. */
export function storeAtom(data: ReturnType<typeof newData>, index: number, atom: Atom): void {
  if (atom.type === 11) data[index] = internSymbol(atom.value);
  else if (atom.type === 2) (data as Uint8Array).set(atom.value, index * 16);
  else data[index] = atom.value;
}

function collectRows(items: readonly Value[], first: Dictionary): Table | undefined {
  const keys = first.keys;
  if (keys.kind !== 'vector' || keys.type !== 11 || keys.data.length === 0) return undefined;
  for (const item of items) {
    if (item.kind !== 'dictionary' || item.keys.kind !== 'vector' || item.keys.type !== 11) return undefined;
    const other = item.keys.data;
    if (other.length !== keys.data.length || other.some((id, i) => id !== keys.data[i])) return undefined;
  }
  const names = Array.from(keys.data, symbolName);
  const columns = names.map((_, column) =>
    collect(items.map(item => itemAt((item as Dictionary).values, column))),
  );
  return table(names, columns);
}

/** A list of one item. */
export function enlist(value: Value): Value {
  return collect([value]);
}

/** What an index out of range gives: the null of the list's own kind. */
export function missingItem(value: Value): Value {
  switch (value.kind) {
    case 'vector':
      return nullAtom(value.type, value);
    case 'list': {
      const first = value.items[0];
      if (first === undefined) return EMPTY_LIST;
      return nullLike(first);
    }
    case 'table':
      return dictionary(symbols(value.names), collect(value.columns.map(missingItem)));
    case 'dictionary':
      return missingItem(value.values);
    default:
      return NULL;
  }
}

/** The null that stands for a missing item of the kind of `sample`: an empty list for lists. */
export function nullLike(sample: Value): Value {
  switch (sample.kind) {
    case 'atom':
      return nullAtom(sample.type, sample);
    case 'vector':
      return vectorOf(sample.type, newData(sample.type, 0), sample);
    case 'list':
      return EMPTY_LIST;
    case 'dictionary':
      return dictionary(sample.keys, collect(itemsOf(sample.values).map(nullLike)));
    case 'table':
      return table(
        sample.names,
        sample.columns.map(column => nullLike(column)),
      );
    default:
      return NULL;
  }
}

/** The column of that name, or undefined. */
export function columnOf(source: Table, name: string): Value | undefined {
  const index = source.names.indexOf(name);
  return index < 0 ? undefined : source.columns[index];
}

/** A table over named columns, which must have one length; an atom is repeated. Signals 'length. */
export function buildTable(names: readonly string[], columns: readonly Value[]): Table {
  let count = -1;
  for (const column of columns) {
    if (!isListLike(column)) continue;
    const length = countOf(column);
    if (count >= 0 && length !== count) throw new QError('length');
    count = length;
  }
  if (count < 0) throw new QError(columns.length === 0 ? 'length' : 'rank');
  return table(
    names,
    columns.map(column => (isListLike(column) ? column : repeat(column, count))),
  );
}

/** `count` times the same value. */
export function repeat(value: Value, count: number): Value {
  if (value.kind !== 'atom') {
    return count === 0 ? EMPTY_LIST : collect(new Array<Value>(count).fill(value));
  }
  const data = newData(value.type, count);
  if (value.type === 2) for (let i = 0; i < count; i++) storeAtom(data, i, value);
  else if (value.type === 11) (data as Int32Array).fill(internSymbol(value.value));
  else (data as { fill(item: number | bigint): unknown }).fill(value.value);
  return vectorOf(value.type, data, value);
}
