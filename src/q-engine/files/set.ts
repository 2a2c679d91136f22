import type { Interpreter } from '../evaluator/interpreter.ts';
import { itemsOf } from '../values/items.ts';
import { symbol } from '../values/make.ts';
import { QError, type Value } from '../values/value.ts';

/**
 * `x set y`: sets a global, or writes a file or splayed table. The forms with compression parameters write the
 * same, uncompressed.
 */
export function setValue(x: Value, y: Value, interpreter: Interpreter): Value {
  if (x.kind === 'atom' && x.type === 11) {
    interpreter.setVariable(x.value, y);
    return x;
  }
  if (x.kind !== 'list' || x.items.length < 2) throw new QError('type');
  const [target] = itemsOf(x);
  if (target?.kind !== 'atom' || target.type !== 11 || !target.value.startsWith(':'))
    throw new QError('type');
  interpreter.setVariable(target.value, y);
  return symbol(target.value);
}
