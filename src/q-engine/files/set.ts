import type { Interpreter } from '../evaluator/interpreter.ts';
import { symbol } from '../values/make.ts';
import { QError, type Value } from '../values/value.ts';
import { writePath } from './path-values.ts';
import { filePath } from './text-source.ts';
import { defaultZip, type ZipChoice, zipChoiceOf, zipParametersOf } from './zip-parameters.ts';

/**
 * `x set y`: sets a global, or writes a file or splayed table. x may be (file; block size; algorithm; level), or
 * (directory; dictionary of such by column), which says how that is compressed.
 */
export function setValue(x: Value, y: Value, interpreter: Interpreter): Value {
  if (x.kind === 'atom' && x.type === 11) {
    interpreter.setVariable(x.value, y);
    return x;
  }
  if (x.kind !== 'list') throw new QError('type');
  const [target, ...parameters] = x.items;
  const path = target === undefined ? undefined : filePath(target);
  if (path === undefined) throw new QError('type');
  writePath(path, y, interpreter, zipChoice(parameters, interpreter));
  return symbol(`:${path}`);
}

function zipChoice(parameters: readonly Value[], interpreter: Interpreter): ZipChoice {
  const [first] = parameters;
  if (parameters.length === 1) return zipChoiceOf(first!, defaultZip(interpreter));
  const all = zipParametersOf(parameters);
  return () => all;
}
