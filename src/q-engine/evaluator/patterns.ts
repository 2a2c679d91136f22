/**
 * Patterns: (a;b):1 2 takes a value apart, checks what is constant in the pattern and the types it names, and
 * changes parts by functions. Nothing is set unless all of it fits.
 */
import type { NamedNode, Node } from '../language/nodes.ts';
import { isFlipped, isKeyed } from '../language/pattern-nodes.ts';
import { matches } from '../values/compare.ts';
import { findItem } from '../values/find.ts';
import { collect, columnOf, countOf, isListLike, itemsOf } from '../values/items.ts';
import { symbol, symbols } from '../values/make.ts';
import { typeByName } from '../values/types.ts';
import type { Value } from '../values/value.ts';
import { isKeyedTable, QError, typeOf } from '../values/value.ts';
import { storeAssigned } from './assign.ts';
import type { Frame, Interpreter } from './interpreter.ts';

/** Sets what a pattern names; the value with the changes of its functions. Signals 'match, 'length or 'type. */
export function assignPattern(pattern: Node, value: Value, frame: Frame, interpreter: Interpreter): Value {
  const matcher = new Matcher(frame, interpreter);
  const result = matcher.match(pattern, value);
  matcher.store();
  return result;
}

/** :[value; pattern; result; ...; otherwise]: the result of the first pattern that fits. */
export function firstMatch(node: Node & { kind: 'cases' }, frame: Frame, interpreter: Interpreter): Value {
  const value = interpreter.evaluate(node.value, frame);
  for (const { pattern, result } of node.cases) {
    if (fits(pattern, value, frame, interpreter)) return interpreter.evaluate(result, frame);
  }
  return interpreter.evaluate(node.otherwise, frame);
}

const MISFITS = new Set(['match', 'length', 'type']);

function fits(pattern: Node, value: Value, frame: Frame, interpreter: Interpreter): boolean {
  try {
    assignPattern(pattern, value, frame, interpreter);
    return true;
  } catch (error) {
    if (error instanceof QError && MISFITS.has(error.message)) return false;
    throw error;
  }
}

class Matcher {
  readonly #frame: Frame;
  readonly #interpreter: Interpreter;
  readonly #found: { readonly target: Node; readonly value: Value }[] = [];

  constructor(frame: Frame, interpreter: Interpreter) {
    this.#frame = frame;
    this.#interpreter = interpreter;
  }

  store(): void {
    for (const { target, value } of this.#found) storeAssigned(target, value, this.#frame, this.#interpreter);
  }

  match(pattern: Node, value: Value): Value {
    switch (pattern.kind) {
      case 'elided':
        return value;
      case 'literal':
        if (!matches(pattern.value, value)) throw new QError('match');
        return value;
      case 'list':
        return this.#items(pattern.items, value);
      case 'dictionary':
        return this.#entries(pattern.entries, value);
      case 'table':
        return this.#table(pattern, value);
      case 'return':
        return this.#filtered(pattern.value, value);
      case 'pattern':
        return this.match(pattern.pattern, this.#filtered(pattern.value, value));
      case 'assign': {
        const { target, indices, at } = pattern;
        const whole: Node = indices === undefined ? target : { kind: 'apply', at, target, args: indices };
        return this.match(whole, this.#filtered(pattern.value, value));
      }
      case 'apply':
        if (isKeyed(pattern)) return this.#keyed(pattern.args as [Node, Node], value);
        if (isFlipped(pattern)) return this.#flipped(pattern.args[0]!, value);
        break;
    }
    this.#found.push({ target: pattern, value });
    return value;
  }

  /** The type that a symbol names is checked; what a function makes of the value is matched on. */
  #filtered(filter: Node, value: Value): Value {
    const check = this.#interpreter.evaluate(filter, this.#frame);
    if (check.kind !== 'atom' || check.type !== 11) return this.#interpreter.apply(check, [value]);
    const type = typeByName(check.value.toLowerCase());
    const isList = check.value !== check.value.toLowerCase();
    if (check.value.length !== 1 || typeOf(value) !== (isList ? type : -type)) throw new QError('type');
    return value;
  }

  #items(patterns: readonly Node[], value: Value): Value {
    if (!isListLike(value)) throw new QError('type');
    if (countOf(value) !== patterns.length) throw new QError('length');
    return changedItems(value, (item, i) => this.match(patterns[i]!, item));
  }

  #entries(entries: readonly NamedNode[], value: Value): Value {
    if (value.kind !== 'dictionary') throw new QError('type');
    const patterns = new Map(entries.map(({ name, node }) => [positionOf(value.keys, symbol(name)), node]));
    return { ...value, values: this.#chosen(value.values, patterns) };
  }

  #chosen(values: Value, patterns: ReadonlyMap<number, Node>): Value {
    return changedItems(values, (item, i) => {
      const pattern = patterns.get(i);
      return pattern === undefined ? item : this.match(pattern, item);
    });
  }

  #table(pattern: Node & { kind: 'table' }, value: Value): Value {
    if (pattern.keys.length === 0) return this.#columns(pattern.columns, value);
    if (!isKeyedTable(value)) throw new QError('type');
    const keys = this.#columns(pattern.keys, value.keys);
    return { ...value, keys, values: this.#columns(pattern.columns, value.values) };
  }

  #columns(patterns: readonly NamedNode[], value: Value): Value {
    if (value.kind !== 'table') throw new QError('type');
    const columns = [...value.columns];
    for (const { name, node } of patterns) {
      const column = columnOf(value, name);
      if (column === undefined) throw new QError('match');
      columns[value.names.indexOf(name)] = this.match(node, column);
    }
    return { ...value, columns };
  }

  /** keys!patterns finds the keys, pattern!pattern matches keys and values each as a whole. */
  #keyed([keys, values]: [Node, Node], value: Value): Value {
    if (value.kind !== 'dictionary') throw new QError('type');
    if (keys.kind !== 'literal')
      return { ...value, keys: this.match(keys, value.keys), values: this.match(values, value.values) };
    const wanted = itemsOf(keys.value);
    const patterns = values.kind === 'list' ? values.items : [values];
    if (patterns.length !== wanted.length) throw new QError('length');
    const positions = new Map(wanted.map((key, i) => [positionOf(value.keys, key), patterns[i]!]));
    return { ...value, values: this.#chosen(value.values, positions) };
  }

  /** A table as the dictionary of its columns. */
  #flipped(pattern: Node, value: Value): Value {
    if (value.kind !== 'table') throw new QError('type');
    const columns: Value = {
      kind: 'dictionary',
      keys: symbols(value.names),
      values: { kind: 'list', items: value.columns },
      sorted: false,
    };
    const changed = this.match(pattern, columns) as typeof columns;
    return { ...value, columns: itemsOf(changed.values) };
  }
}

/** The list as it is where no item is another one. */
function changedItems(list: Value, change: (item: Value, i: number) => Value): Value {
  const items = itemsOf(list);
  const changed = items.map(change);
  return changed.every((item, i) => item === items[i]) ? list : collect(changed);
}

function positionOf(keys: Value, key: Value): number {
  const position = findItem(keys, key);
  if (position === countOf(keys)) throw new QError('match');
  return position;
}
