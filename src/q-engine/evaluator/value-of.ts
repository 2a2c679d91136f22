/** The keyword `value`: evaluates text, names, calls in list form; takes other values apart. */

import { primitiveCode } from '../codec/function-codes.ts';
import { enumValues } from '../values/enums.ts';
import { collect, itemsOf } from '../values/items.ts';
import { list, long, string, symbols, textOf } from '../values/make.ts';
import type { Lambda, Primitive, Value } from '../values/value.ts';
import { QError } from '../values/value.ts';
import type { Interpreter } from './interpreter.ts';
import { describeView } from './views.ts';

export function evaluateValue(x: Value, interpreter: Interpreter): Value {
  switch (x.kind) {
    case 'atom':
      if (x.type === 11) return interpreter.getVariable(x.value);
      if (x.type === 10) return interpreter.evaluateText(String.fromCharCode(x.value)).value;
      return x.type === 20 ? enumValues(x) : x;
    case 'vector':
      if (x.type === 10) return interpreter.evaluateText(textOf(x)).value;
      if (x.type === 11) return callList(itemsOf(x), interpreter);
      return x.type === 20 ? enumValues(x) : x;
    case 'list':
      return callList(x.items, interpreter);
    case 'dictionary':
      return x.values;
    case 'view':
      return describeView(x);
    case 'lambda':
      return describe(x);
    case 'projection':
      return list([x.target, ...x.args]);
    case 'composition':
      return list(x.parts);
    case 'derived':
      return x.target;
    case 'primitive':
      return codeOf(x) ?? x;
    case 'null':
      return long(0);
    default:
      return x;
  }
}

/** (function; argument; ...), the function also by name or as text. */
function callList(items: readonly Value[], interpreter: Interpreter): Value {
  const [first, ...args] = items;
  if (first === undefined) return list([]);
  let target = first;
  if (first.kind === 'atom' && first.type === 11) target = interpreter.getVariable(first.value);
  else if (first.kind === 'vector' && first.type === 10)
    target = interpreter.evaluateText(textOf(first)).value;
  if (args.length === 0) return target.kind === 'lambda' ? interpreter.apply(target, [list([])]) : target;
  return interpreter.apply(target, args);
}

/** The number by which kdb+ names an operator or native function. */
function codeOf({ type, name }: Primitive): Value | undefined {
  const code = type === 100 ? undefined : primitiveCode(type, name);
  return code === undefined ? undefined : long(code);
}

/** (bytecode; parameters; locals; (namespace, globals); constants; ...; text) as kdb+ orders it, less its insides. */
function describe(lambda: Lambda): Value {
  if (lambda.parameters.length > 8) throw new QError('params');
  return list([
    list([]),
    symbols(lambda.parameters),
    symbols(lambda.locals),
    collect([symbols([lambda.namespace.slice(1)])]),
    string(lambda.source),
  ]);
}
