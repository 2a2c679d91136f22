/** `eval`: evaluates a parse tree. */
import { nodeOf } from '../language/parse-tree.ts';
import type { Value } from '../values/value.ts';
import type { Interpreter } from './interpreter.ts';

export function evaluateTree(tree: Value, interpreter: Interpreter): Value {
  return interpreter.evaluate(nodeOf(tree), interpreter.topFrame());
}
