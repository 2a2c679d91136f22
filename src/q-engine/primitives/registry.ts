/** Every operator, keyword and iterator by its name, with the code that evaluates it. */
import type { Interpreter } from '../evaluator/interpreter.ts';
import type { Primitive, Value } from '../values/value.ts';

/** The code of a primitive by the number of its arguments; `variadic` takes what the others do not. */
export interface PrimitiveCode {
  readonly unary?: (x: Value, interpreter: Interpreter) => Value;
  readonly binary?: (x: Value, y: Value, interpreter: Interpreter) => Value;
  readonly variadic?: (args: readonly Value[], interpreter: Interpreter) => Value;
}

export interface CodedPrimitive extends Primitive {
  readonly code: PrimitiveCode;
}

const byName = new Map<string, CodedPrimitive>();
const aliases = new Map<string, string>();

/** Defines a primitive. Ranks follow from the code unless given. */
export function define(
  name: string,
  code: PrimitiveCode,
  options: { type?: Primitive['type']; minRank?: number; maxRank?: number } = {},
): CodedPrimitive {
  const minRank = options.minRank ?? (code.unary !== undefined ? 1 : code.binary !== undefined ? 2 : 1);
  const maxRank = options.maxRank ?? (code.variadic !== undefined ? 8 : code.binary !== undefined ? 2 : 1);
  const type = options.type ?? (/^[a-z]/.test(name) ? (maxRank === 1 ? 101 : 100) : 102);
  const primitive: CodedPrimitive = { kind: 'primitive', name, type, minRank, maxRank, code };
  byName.set(name, primitive);
  return primitive;
}

/** A second name for a primitive, such as `and` for `&`. */
export function alias(name: string, existing: string): void {
  aliases.set(name, existing);
}

/** The primitive of that name. */
export function primitive(name: string): CodedPrimitive {
  const found = primitiveOrUndefined(name);
  if (found !== undefined) return found;
  return {
    kind: 'primitive',
    name,
    type: name.endsWith(':') ? 101 : 102,
    minRank: 1,
    maxRank: 8,
    code: {},
  };
}

export function primitiveOrUndefined(name: string): CodedPrimitive | undefined {
  return byName.get(aliases.get(name) ?? name);
}

export function primitiveNames(): string[] {
  return [...byName.keys(), ...aliases.keys()];
}
