/** Atomic extension: how a function of atoms and vectors reaches into lists, dictionaries and tables. */
import { withoutEnum } from '../values/enums.ts';
import { findPositions } from '../values/find.ts';
import { collect, countOf, isListLike, itemAt, itemsOf } from '../values/items.ts';
import { join } from '../values/join.ts';
import { spend } from '../values/limits.ts';
import { dictionary, table } from '../values/make.ts';
import type { Atom, Dictionary, Table, Value, Vector } from '../values/value.ts';
import { isKeyedTable, QError } from '../values/value.ts';

export type Leaf1 = (x: Atom | Vector) => Value;
export type Leaf2 = (x: Atom | Vector, y: Atom | Vector) => Value;

/** Applies `leaf` to the simple parts of a value. */
export function spread1(x: Value, leaf: Leaf1): Value {
  spend(1);
  switch (x.kind) {
    case 'atom':
    case 'vector':
      return leaf(withoutEnum(x) as Atom | Vector);
    case 'list':
      return collect(x.items.map(item => spread1(item, leaf)));
    case 'dictionary':
      return { ...x, sorted: false, values: spread1(x.values, leaf) };
    case 'table':
      return table(
        x.names,
        x.columns.map(column => spread1(column, leaf)),
      );
    default:
      throw new QError('type');
  }
}

/** What becomes of an entry that only the right dictionary has. */
type Alone = (y: Value) => Value;

/** Applies `leaf` to pairs of simple parts. Signals 'length for lists of different lengths. */
export function spread2(x: Value, y: Value, leaf: Leaf2, alone: Alone = value => value): Value {
  spend(1);
  if (isSimple(x) && isSimple(y)) {
    if (x.kind === 'vector' && y.kind === 'vector' && countOf(x) !== countOf(y)) throw new QError('length');
    return leaf(withoutEnum(x) as Atom | Vector, withoutEnum(y) as Atom | Vector);
  }
  if (x.kind === 'dictionary' && y.kind === 'dictionary') return mergeDictionaries(x, y, leaf, alone);
  if (isKeyedTable(x) && y.kind === 'table') return { ...x, values: spread2(x.values, y, leaf) as Table };
  if (x.kind === 'dictionary' && y.kind !== 'table')
    return { ...x, sorted: false, values: spread2(x.values, y, leaf) };
  if (y.kind === 'dictionary' && x.kind !== 'table')
    return { ...y, sorted: false, values: spread2(x, y.values, leaf) };
  if (x.kind === 'table' || y.kind === 'table') return spreadTables(x, y, leaf);
  if (!isOpen(x) || !isOpen(y)) throw new QError('type');
  if (!isListLike(x)) return collect(itemsOf(y).map(item => spread2(x, item, leaf)));
  if (!isListLike(y)) return collect(itemsOf(x).map(item => spread2(item, y, leaf)));
  const count = countOf(x);
  if (count !== countOf(y)) throw new QError('length');
  const results = new Array<Value>(count);
  for (let i = 0; i < count; i++) results[i] = spread2(itemAt(x, i), itemAt(y, i), leaf);
  return collect(results);
}

function isSimple(x: Value): x is Atom | Vector {
  return x.kind === 'atom' || x.kind === 'vector';
}

function isOpen(x: Value): boolean {
  return x.kind === 'atom' || isListLike(x);
}

function spreadTables(x: Value, y: Value, leaf: Leaf2): Value {
  if (x.kind === 'table' && y.kind === 'table') {
    if (x.names.length !== y.names.length) throw new QError('mismatch');
    const other = (name: string) => {
      const column = y.columns[y.names.indexOf(name)];
      if (column === undefined) throw new QError('mismatch');
      return column;
    };
    return table(
      x.names,
      x.columns.map((column, i) => spread2(column, other(x.names[i]!), leaf)),
    );
  }
  const whole = (x.kind === 'table' ? x : y) as Table;
  const other = x.kind === 'table' ? y : x;
  const columns = whole.columns.map((column, i) => {
    const part = other.kind === 'dictionary' ? entry(other, whole.names[i]!) : other;
    return x.kind === 'table' ? spread2(column, part, leaf) : spread2(part, column, leaf);
  });
  return table(whole.names, columns);
}

function entry(from: Dictionary, name: string): Value {
  const position = findPositions(from.keys, collect([{ kind: 'atom', type: 11, value: name }]))[0]!;
  if (position === countOf(from.keys)) throw new QError('mismatch');
  return itemAt(from.values, position);
}

/** Values of keys in both are combined; the others are taken as they are. */
function mergeDictionaries(x: Dictionary, y: Dictionary, leaf: Leaf2, alone: Alone): Dictionary {
  if (isKeyedTable(x) !== isKeyedTable(y)) throw new QError('type');
  const known = countOf(x.keys);
  const found = findPositions(x.keys, y.keys);
  const fresh = [...found.keys()].filter(i => found[i] === known);
  const left = itemsOf(x.values);
  const merged = [...left];
  const right = itemsOf(y.values);
  for (let i = 0; i < right.length; i++) {
    if (found[i]! < known) merged[found[i]!] = spread2(merged[found[i]!]!, right[i]!, leaf);
  }
  const keys = fresh.length === 0 ? x.keys : join(x.keys, collect(fresh.map(i => itemAt(y.keys, i))));
  return dictionary(keys, collect([...merged, ...fresh.map(i => alone(right[i]!))]));
}
