/** ! and what makes, keys and names dictionaries and tables. */

import { literal } from '../console/index.ts';
import type { Interpreter } from '../evaluator/interpreter.ts';
import { functionalUpdate } from '../sql/functional.ts';
import { countOf, isListLike, itemsOf } from '../values/items.ts';
import { dictionary, list, symbol, symbols, table } from '../values/make.ts';
import { allColumns } from '../values/select-items.ts';
import { typeName } from '../values/types.ts';
import type { Atom, NumberType, Table, Value } from '../values/value.ts';
import { isKeyedTable, QError } from '../values/value.ts';
import { isNull } from './cast.ts';
import { enumerationByIndex } from './enumerations.ts';
import { internalFunction } from './internals.ts';
import { til } from './lists.ts';
import { define } from './registry.ts';

/** x!y */
function bang(x: Value, y: Value, interpreter: Interpreter): Value {
  if (isInteger(x)) {
    const n = Number(x.value);
    if (isNull(x)) {
      interpreter.host.write(1, `${literal(y, interpreter.precision)}\n`);
      return y;
    }
    if (n < 0) return internalFunction(n, y, interpreter);
    const target = y.kind === 'atom' && y.type === 11 ? interpreter.getVariable(y.value) : y;
    const keyed = withSomeValues(keyBy(target, n));
    if (target === y) return keyed;
    interpreter.setVariable((y as { value: string }).value, keyed);
    return y;
  }
  if (
    x.kind === 'atom' &&
    x.type === 11 &&
    (y.kind === 'vector' || y.kind === 'atom') &&
    (y.type === 7 || y.type === 6)
  ) {
    return enumerationByIndex(x.value, y, interpreter);
  }
  if (!isListLike(x) || !(isListLike(y) || y.kind === 'dictionary')) {
    // Where the columns of that name are on disk.
    if (x.kind === 'vector' && x.type === 11 && y.kind === 'atom' && y.type === 11) return dictionary(x, y);
    throw new QError(isListLike(x) ? 'length' : 'type');
  }
  if (countOf(x) !== countOf(y)) throw new QError('length');
  return dictionary(x, y);
}

type Integer = Extract<Atom, { type: NumberType | 7 }>;

function isInteger(x: Value): x is Integer {
  return x.kind === 'atom' && (x.type === 7 || x.type === 6 || x.type === 5 || x.type === 1);
}

/** The first n columns as key; n = 0 takes the key away. */
export function keyBy(x: Value, n: number): Value {
  // The columns of a table on disk are read when they are looked at.
  if (n === 0 && x.kind === 'table') return x;
  const all = allColumns(x);
  if (all === undefined) throw new QError('type');
  if (n > all.names.length) throw new QError('length');
  if (n === 0) return table(all.names, all.columns);
  return dictionary(
    table(all.names.slice(0, n), all.columns.slice(0, n)),
    table(all.names.slice(n), all.columns.slice(n)),
  );
}

/** Signals length where all columns would be key: nothing were left to look up. */
function withSomeValues(x: Value): Value {
  if (isKeyedTable(x) && x.values.columns.length === 0) throw new QError('length');
  return x;
}

/** A table without its key. */
export function unkeyed(x: Value): Table {
  const plain = keyBy(x, 0);
  if (plain.kind !== 'table') throw new QError('type');
  return plain;
}

/** A table given by value or by the name of a global. */
export function tableArgument(x: Value, interpreter: Interpreter): Value {
  return x.kind === 'atom' && x.type === 11 ? interpreter.getVariable(x.value) : x;
}

/** Names from a symbol or a list of symbols. */
export function nameList(x: Value): string[] {
  if (x.kind === 'atom' && x.type === 11) return [x.value];
  if (x.kind === 'list' && x.items.length === 0) return [];
  if (x.kind !== 'vector' || x.type !== 11) throw new QError('type');
  return itemsOf(x).map(item => (item as { value: string }).value);
}

/** Applies to a table, or to the table that a name means, which then changes. */
export function onTable(x: Value, interpreter: Interpreter, change: (target: Value) => Value): Value {
  if (x.kind !== 'atom' || x.type !== 11) return change(x);
  interpreter.setVariable(x.value, change(interpreter.getVariable(x.value)));
  return x;
}

function key(x: Value, interpreter: Interpreter): Value {
  switch (x.kind) {
    case 'dictionary':
      return x.keys;
    case 'atom':
      if (x.type === 11) return keyOfName(x.value, interpreter);
      if (x.type === 7 || x.type === 6 || x.type === 5) return til(x);
      throw new QError('type');
    case 'vector':
      return symbol(x.type === 20 ? x.domain.name : typeName(x.type));
    default:
      throw new QError('type');
  }
}

/** Those that come with q. */
const NAMESPACES: readonly string[] = ['q', 'Q', 'h', 'j', 'o'];

/** Of a name: itself if it is set; of a namespace or a keyed table, its keys; of a path, what is there. */
function keyOfName(name: string, interpreter: Interpreter): Value {
  if (name === '') {
    const own = interpreter.globals.namespaces().filter(namespace => !NAMESPACES.includes(namespace));
    return symbols([...NAMESPACES, ...own]);
  }
  if (name === '.') return symbols(interpreter.globals.names(''));
  if (name.startsWith(':')) {
    const found = interpreter.host.inspectPath(name.slice(1));
    if (found === undefined) return list([]);
    return 'names' in found ? symbols(found.names) : symbol(name);
  }
  const value = interpreter.findVariable(name);
  if (value === undefined) return list([]);
  if (value.kind === 'dictionary' && !isKeyedTable(value)) return value.keys;
  return isKeyedTable(value) ? value.keys : symbol(name);
}

export function columnNames(x: Value): string[] {
  if (x.kind === 'dictionary' && !isKeyedTable(x)) return nameList(x.keys);
  const all = allColumns(x);
  if (all === undefined) throw new QError('type');
  return all.names;
}

function keyColumns(x: Value): string[] {
  if (isKeyedTable(x)) return [...x.keys.names];
  if (x.kind !== 'table') throw new QError('type');
  return [];
}

/** columns xkey table */
export function keyByNames(names: readonly string[], x: Value): Value {
  const plain = unkeyed(x);
  for (const name of names) if (!plain.names.includes(name)) throw new QError(name);
  return withSomeValues(keyBy(reorder(names, plain), names.length));
}

/** columns xcols table: those first. */
export function reorder(names: readonly string[], x: Table): Table {
  for (const name of names) if (!x.names.includes(name)) throw new QError(name);
  const rest = x.names.filter(name => !names.includes(name));
  const order = [...names, ...rest];
  return table(
    order,
    order.map(name => x.columns[x.names.indexOf(name)]!),
  );
}

/** names xcol table: renames from the left, or by a dictionary of old to new. */
function rename(names: Value, x: Value): Value {
  const all = allColumns(x);
  if (all === undefined) throw new QError('type');
  let renamed: string[];
  if (names.kind === 'dictionary') {
    const from = nameList(names.keys);
    const to = nameList(names.values);
    if (from.some(name => !all.names.includes(name))) throw new QError('length');
    renamed = all.names.map(name => (from.includes(name) ? to[from.indexOf(name)]! : name));
  } else {
    const given = nameList(names);
    if (given.length > all.names.length) throw new QError('length');
    renamed = all.names.map((name, i) => given[i] ?? name);
  }
  return keyBy(table(renamed, all.columns), all.keyCount);
}

define('!', {
  binary: bang,
  variadic: (args, interpreter) => functionalUpdate(args, interpreter),
});
define('key', { unary: key });
define('value', { unary: (x, interpreter) => interpreter.valueOf(x) });
define('get', { unary: (x, interpreter) => interpreter.valueOf(x) });
define('cols', { unary: (x, interpreter) => symbols(columnNames(tableArgument(x, interpreter))) });
define('keys', { unary: (x, interpreter) => symbols(keyColumns(tableArgument(x, interpreter))) });
define('xkey', { binary: (x, y, interpreter) => onTable(y, interpreter, t => keyByNames(nameList(x), t)) });
define('xcols', {
  binary: (x, y) => {
    if (y.kind !== 'table') throw new QError('type');
    return reorder(nameList(x), y);
  },
});
define('xcol', { binary: rename });
