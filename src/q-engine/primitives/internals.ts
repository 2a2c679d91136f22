/** -N!x, the internal functions. */

import { literal } from '../console/index.ts';
import { evaluateTree } from '../evaluator/eval-tree.ts';
import type { Interpreter } from '../evaluator/interpreter.ts';
import { compressFile, compressionOf } from '../files/zip-functions.ts';
import { parseToTree } from '../language/parse-tree.ts';
import { string, textOf } from '../values/make.ts';
import type { Value } from '../values/value.ts';
import { QError } from '../values/value.ts';
import { setAttribute } from './attributes.ts';

/** Those of the language here, those of the process with the host. */
export function internalFunction(code: number, x: Value, interpreter: Interpreter): Value {
  switch (code) {
    case -3:
      return string(literal(x, interpreter.precision));
    case -5:
      if (x.kind !== 'vector' || x.type !== 10) throw new QError('type');
      return parseToTree(textOf(x), interpreter.namespace);
    case -6:
      return evaluateTree(x, interpreter);
    case -2:
      return setAttribute('', x);
    case -19:
      return compressFile(x, interpreter);
    case -21:
      return compressionOf(x, interpreter);
  }
  const answer = interpreter.host.internal(code, x);
  if (answer === undefined) throw new QError(`nyi: ${code}!`);
  return answer;
}
