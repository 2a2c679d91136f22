/** Enumerations: `domain$symbols, `domain?symbols, `domain!positions. */
import type { Interpreter } from '../evaluator/interpreter.ts';
import { enumerateOverFile } from '../files/enumerate-files.ts';
import { findPositions } from '../values/find.ts';
import { countOf, enlist, itemAt } from '../values/items.ts';
import { join } from '../values/join.ts';
import { pickKeeping, positionsUpTo, withAttribute } from '../values/select-items.ts';
import type { Atom, EnumDomain, EnumVector, Value, Vector } from '../values/value.ts';
import { isKeyedTable, QError } from '../values/value.ts';
import { distinct } from './lists.ts';

/** The domain that a global list (or keyed table) is. */
export function domainOf(name: string, interpreter: Interpreter): EnumDomain {
  const held = () => interpreter.getVariable(name, '');
  return {
    name,
    values: () => keyList(held()),
    keyedTable: () => {
      const value = held();
      return isKeyedTable(value) ? value : undefined;
    },
    linkedTable: () => {
      const value = interpreter.findVariable(name, '');
      return value?.kind === 'table' ? value : undefined;
    },
  };
}

/** `domain$x: signals 'cast for a value that is not in the domain. */
export function enumerate(name: string, x: Value, interpreter: Interpreter): Value {
  const domain = domainOf(name, interpreter);
  const values = domain.values();
  const positions = findPositions(values, x.kind === 'atom' ? enlist(x) : x);
  if (positions.includes(countOf(values))) throw new QError('cast');
  return enumeration(domain, positions, x.kind === 'atom');
}

/** `domain?x: adds to the domain what is not in it; `:file?x also to the file. */
export function enumerateExtending(name: string, x: Value, interpreter: Interpreter): Value {
  if (name.startsWith(':')) return enumerateOverFile(name.slice(1), x, interpreter);
  if (interpreter.findVariable(name, '') === undefined) {
    interpreter.setVariable(name, { kind: 'vector', type: 11, data: new Int32Array(0), attribute: '' }, '');
  }
  const domain = domainOf(name, interpreter);
  const wanted = x.kind === 'atom' ? enlist(x) : x;
  if (wanted.kind !== 'vector' || wanted.type !== 11) throw new QError('type');
  const known = countOf(domain.values());
  const found = findPositions(domain.values(), wanted);
  const fresh = positionsUpTo(found.length).filter(i => found[i] === known);
  if (fresh.length > 0) {
    const added = distinct(pickKeeping(wanted, fresh));
    interpreter.setVariable(name, join(domain.values(), added), '');
  }
  const result = enumeration(domain, findPositions(domain.values(), wanted), x.kind === 'atom');
  return result.kind === 'vector' ? withAttribute(result, wanted.attribute) : result;
}

/** `domain!positions */
export function enumerationByIndex(name: string, x: Vector | Atom, interpreter: Interpreter): Value {
  const domain = domainOf(name, interpreter);
  const positions =
    x.kind === 'atom' ? Int32Array.of(Number(x.value)) : Int32Array.from(x.data as Int32Array, Number);
  return enumeration(domain, positions, x.kind === 'atom');
}

function enumeration(domain: EnumDomain, positions: Int32Array, atom: boolean): Value {
  const vector: EnumVector = { kind: 'vector', type: 20, data: positions, attribute: '', domain };
  return atom ? itemAt(vector, 0) : vector;
}

function keyList(values: Value): Value {
  if (values.kind !== 'dictionary') return values;
  const keys = values.keys;
  return keys.kind === 'table' && keys.columns.length === 1 ? keys.columns[0]! : keys;
}
