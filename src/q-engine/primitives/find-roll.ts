/** ? : find, roll and deal, enumerate extending, vector conditional, select. */
import type { Interpreter } from '../evaluator/interpreter.ts';
import { functionalSelect, simpleExec } from '../sql/functional.ts';
import { findItem, findPositions } from '../values/find.ts';
import { collect, countOf, isListLike, itemAt, itemsOf } from '../values/items.ts';
import { checkItems } from '../values/limits.ts';
import { list, long } from '../values/make.ts';
import { pick, positionsUpTo } from '../values/select-items.ts';
import { internSymbol } from '../values/symbol-pool.ts';
import { isFloatType, newData, vectorOf } from '../values/types.ts';
import type { Atom, SymbolVector, Value, Vector } from '../values/value.ts';
import { isKeyedTable, QError } from '../values/value.ts';
import { isNull } from './cast.ts';
import { vectorConditional } from './conditional.ts';
import { enumerateExtending } from './enumerations.ts';
import { longPositions } from './lists.ts';
import { define, primitive } from './registry.ts';

/** x?y */
function find(x: Value, y: Value, interpreter: Interpreter): Value {
  if (x.kind === 'atom' && x.type === 11 && x.value !== '' && isSymbols(y))
    return enumerateExtending(x.value, y, interpreter);
  if (x.kind === 'atom') return roll(x, y, interpreter);
  if (x.kind === 'dictionary') return findKey(x, y);
  if (!isListLike(x)) throw new QError('type');
  if (x.kind === 'table') return findRows(x, y);
  if (x.kind === 'vector') {
    if (y.kind === 'atom') {
      checkType(x.type, y.type);
      return long(findItem(x, y));
    }
    if (y.kind === 'vector') {
      checkType(x.type, y.type);
      return longPositions(findPositions(x, y));
    }
    if (y.kind === 'list') return findLists(x, y.items, interpreter);
    throw new QError('type');
  }
  return findInList(x.items, y);
}

/** Lists are found item by item. An atom between them is not found, and as the first it is a type error. */
function findLists(x: Vector, items: readonly Value[], interpreter: Interpreter): Value {
  const [first] = items;
  if (first !== undefined && !isListLike(first)) throw new QError('type');
  const notFound = long(countOf(x));
  return collect(items.map(item => (isListLike(item) ? find(x, item, interpreter) : notFound)));
}

function checkType(x: number, y: number): void {
  const symbols = (type: number) => type === 11 || type === 20;
  if (x !== y && !(symbols(x) && symbols(y))) throw new QError('type');
}

/** Items of a general list are found whole; a list of lists of them item by item. */
function findInList(items: readonly Value[], y: Value): Value {
  const lists = items.length > 0 && isListLike(items[0]!);
  if (lists && y.kind === 'list') return longPositions(findPositions(list(items), y));
  if (!lists && isListLike(y)) return longPositions(findPositions(list(items), y));
  return long(findItem(list(items), y));
}

function isSymbols(y: Value): boolean {
  return (y.kind === 'vector' || y.kind === 'atom') && y.type === 11;
}

function findKey(x: Value & { kind: 'dictionary' }, y: Value): Value {
  if (isKeyedTable(x)) {
    const rows = find(x.values, y, undefined as never);
    return rows.kind === 'atom'
      ? itemAt(pick(x.keys, Int32Array.of(Number(rows.value))), 0)
      : pick(
          x.keys,
          Int32Array.from(itemsOf(rows), row => Number((row as Atom).value)),
        );
  }
  const found = find(x.values, y, undefined as never);
  if (found.kind === 'atom') {
    const at = Number(found.value);
    return itemAt(pick(x.keys, Int32Array.of(at)), 0);
  }
  return pick(
    x.keys,
    Int32Array.from(itemsOf(found), at => Number((at as Atom).value)),
  );
}

function findRows(x: Value & { kind: 'table' }, y: Value): Value {
  if (y.kind === 'table')
    return longPositions(
      findPositions(x, {
        ...y,
        columns: x.names.map(name => y.columns[y.names.indexOf(name)] ?? fail()),
        names: x.names,
      }),
    );
  const row = y.kind === 'dictionary' ? itemsOf(y.values) : itemsOf(y);
  if (row.length !== x.columns.length) throw new QError('length');
  const wanted = { ...x, columns: row.map(item => collect([item])) };
  return long(findPositions(x, wanted)[0]!);
}

function fail(): never {
  throw new QError('mismatch');
}

/** n?x: n random items of x; below zero, different ones. */
function roll(x: Atom, y: Value, interpreter: Interpreter): Value {
  if (x.type !== 7 && x.type !== 6 && x.type !== 5) throw new QError('type');
  const count = isNull(x)
    ? -countOf(isListLike(y) ? y : primitive('til').code.unary!(y, interpreter))
    : Number(x.value);
  checkItems(Math.abs(count), 'vector');
  const random = () => interpreter.host.random();
  if (isListLike(y)) {
    const size = countOf(y);
    return pick(y, count < 0 ? deal(-count, size, random) : rollPositions(count, size, random));
  }
  if (y.kind !== 'atom') throw new QError('type');
  if (count < 0) {
    if (y.type === 2) return rollAtoms(-count, y, random);
    if (y.type === 11) return differentSymbols(-count, y, random);
    if (y.type === 7 || y.type === 6) return longPositions(deal(-count, Number(y.value), random));
    throw new QError('type');
  }
  return rollAtoms(count, y, random);
}

/** Signals `length` where there are not as many of so many letters. */
function differentSymbols(count: number, y: Atom & { type: 11 }, random: () => number): Value {
  const ids = new Set<number>();
  if (count > 16 ** (Number(y.value) || 8)) throw new QError('length');
  while (ids.size < count)
    for (const id of (rollAtoms(count - ids.size, y, random) as SymbolVector).data) ids.add(id);
  return vectorOf(11, Int32Array.from(ids));
}

function rollPositions(count: number, size: number, random: () => number): Int32Array {
  return new Int32Array(count).map(() => Math.floor(random() * size));
}

function deal(count: number, size: number, random: () => number): Int32Array {
  if (count > size) throw new QError('length');
  checkItems(size, 'vector');
  const positions = positionsUpTo(size);
  for (let i = 0; i < count; i++) {
    const k = i + Math.floor(random() * (size - i));
    [positions[i], positions[k]] = [positions[k]!, positions[i]!];
  }
  return positions.slice(0, count);
}

/** Atoms below y, of its type; symbols of n letters; guids. */
function rollAtoms(count: number, y: Atom, random: () => number): Value {
  const data = newData(y.type, count);
  if (y.type === 2) {
    const bytes = data as Uint8Array;
    for (let i = 0; i < bytes.length; i++) bytes[i] = Math.floor(random() * 256);
  } else if (y.type === 11) {
    const letters = Math.min(Math.max(Number(y.value) || 8, 1), 8);
    for (let i = 0; i < count; i++) {
      const text = Array.from({ length: letters }, () => 'abcdefghijklmnop'[Math.floor(random() * 16)]!).join(
        '',
      );
      data[i] = internSymbol(text);
    }
  } else if (typeof y.value === 'bigint') {
    const range = Number(y.value);
    for (let i = 0; i < count; i++) data[i] = BigInt(Math.floor(random() * range));
  } else {
    const range = y.type === 1 ? 2 : (y.value as number);
    for (let i = 0; i < count; i++)
      data[i] = isFloatType(y.type) ? random() * range : Math.floor(random() * range);
  }
  return vectorOf(y.type, data);
}

define('?', {
  binary: find,
  variadic: (args, interpreter) => {
    if (args.length !== 3) return functionalSelect(args, interpreter);
    const [x, y, z] = args as [Value, Value, Value];
    const data = x.kind === 'atom' && x.type === 11 ? interpreter.getVariable(x.value) : x;
    if (data.kind === 'table' || isKeyedTable(data)) return simpleExec(data, y, z, interpreter);
    return vectorConditional(x, y, z);
  },
});
