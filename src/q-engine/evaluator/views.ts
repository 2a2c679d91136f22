/** Views: their definition, their evaluation on use, and what can be asked of them. */

import { eachNode } from '../language/each-node.ts';
import type { Node } from '../language/nodes.ts';
import { treeOf } from '../language/parse-tree.ts';
import { parseView } from '../language/parser.ts';
import type { Place } from '../values/calls.ts';
import { list, string, symbols } from '../values/make.ts';
import type { Lambda, Value, View } from '../values/value.ts';
import { NULL, QError } from '../values/value.ts';
import { Globals } from './globals.ts';
import type { Interpreter } from './interpreter.ts';

/** A name without dots, then ::. */
const DEFINITION = /^\s*[a-zA-Z]\w*\s*::\s*\S/;

/** Defines a view where the text is a definition of one, such as `v::a+b`; false: it is none. */
export function defineView(source: string, place: Place | undefined, interpreter: Interpreter): boolean {
  if (!DEFINITION.test(source)) return false;
  const { name, text, lambda } = parseView(source, interpreter.namespace, place);
  const body = lambda.body as readonly Node[];
  const view: View = {
    kind: 'view',
    source: text,
    lambda,
    dependencies: namesRead(body, lambda),
    result: undefined,
    state: 'pending',
  };
  interpreter.globals.set(Globals.qualify(name, interpreter.namespace), view);
  return true;
}

/** The value of a view, made anew where it is pending. One that needs itself gets its last result. */
export function currentResult(view: View, interpreter: Interpreter): Value {
  if (view.state === 'current') return view.result!;
  if (view.state === 'evaluating') {
    if (view.result === undefined) throw new QError('loop');
    return view.result;
  }
  view.state = 'evaluating';
  try {
    view.result = interpreter.callLambda(view.lambda, []);
    view.state = 'current';
    return view.result;
  } finally {
    if (view.state === 'evaluating') view.state = 'pending';
  }
}

/** What `value` shows of a view: the last result, the parse tree, the globals read, the text. */
export function describeView({ result, lambda, dependencies, source }: View): Value {
  const body = lambda.body as readonly Node[];
  const tree = treeOf(body.length === 1 ? body[0]! : { kind: 'sequence', items: body });
  return list([result ?? NULL, tree, symbols(dependencies), string(source)]);
}

/** The views of a namespace in the order of their names; only those to be evaluated anew, if wanted. */
export function viewNames(namespace: string, pendingOnly: boolean, interpreter: Interpreter): Value {
  const names = [...interpreter.globals.views.views]
    .filter(([, view]) => view.lambda.namespace === namespace && !(pendingOnly && view.state === 'current'))
    .map(([name]) => name.slice(name.lastIndexOf('.') + 1));
  return pendingOnly ? symbols(names.sort()) : symbols(names.sort(), 's');
}

/** The globals that statements read, as written, in order. Of a query it is those of its table. */
function namesRead(statements: readonly Node[], lambda: Lambda): string[] {
  const names = new Set<string>();
  eachNode(statements, node => {
    if (node.kind === 'name' && !lambda.locals.includes(node.name)) names.add(node.name);
    if (node.kind === 'query') {
      for (const name of namesRead([node.source], lambda)) names.add(name);
      return false;
    }
    if (node.kind !== 'assign') return true;
    const { indices = [], operator, value } = node;
    const read = [...indices, ...(operator === undefined ? [] : [operator]), value];
    for (const name of namesRead(read, lambda)) names.add(name);
    return false;
  });
  return [...names];
}
