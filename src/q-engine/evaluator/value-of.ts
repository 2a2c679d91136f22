/** The keyword `value`: evaluates text, names, calls in list form; takes other values apart. */

import { primitiveCode } from '../codec/function-codes.ts';
import { eachNode } from '../language/each-node.ts';
import type { Node } from '../language/nodes.ts';
import { enumValues } from '../values/enums.ts';
import { itemsOf } from '../values/items.ts';
import { byteVector, list, long, string, symbols, textOf } from '../values/make.ts';
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
  const code = type === 100 ? undefined : primitiveCode(type, name === 'get' ? 'value' : name);
  return code === undefined ? undefined : long(code);
}

/**
 * (bytecode; parameters; locals; (namespace, globals); constants; positions; name; file; line; text) as kdb+ orders
 * it. There is no bytecode here, and so no positions for it.
 */
function describe(lambda: Lambda): Value {
  if (lambda.parameters.length > 8) throw new QError('params');
  const { namespace, origin } = lambda;
  const { globals, constants } = partsOf(lambda);
  const name = origin?.name ?? '';
  return list([
    byteVector(4, new Uint8Array(0)),
    symbols(lambda.parameters),
    symbols(lambda.locals),
    symbols([namespace.slice(1), ...globals]),
    ...constants,
    list([]),
    name === '' ? list([]) : string(name.startsWith('.') ? name : `..${name}`),
    string(origin?.place?.path ?? ''),
    long(origin?.place?.line ?? -1),
    string(lambda.source),
  ]);
}

/** The globals that a function names and the values written in it, functions of q left out. */
function partsOf({ body, parameters, locals }: Lambda): { globals: string[]; constants: Value[] } {
  const own = new Set([...parameters, ...locals]);
  const globals = new Set<string>();
  const constants: Value[] = [];
  eachNode(body as readonly Node[], node => {
    if (node.kind === 'name' && !own.has(node.name)) globals.add(node.name);
    if (node.kind === 'literal' && node.value.kind !== 'primitive' && node.value.kind !== 'null')
      constants.push(node.value);
    return true;
  });
  return { globals: [...globals], constants };
}
