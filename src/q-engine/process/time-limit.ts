import type { Interpreter } from '../evaluator/interpreter.ts';
import { QError } from '../values/value.ts';

/** Evaluates, and signals `stop` when it takes longer than `limitMs`; 0 is no limit. The outermost limit counts. */
export function withTimeLimit<T>(interpreter: Interpreter, limitMs: number, evaluate: () => T): T {
  if (limitMs <= 0 || interpreter.checkLimit !== undefined) return evaluate();
  const deadline = performance.now() + limitMs;
  interpreter.checkLimit = () => {
    if (performance.now() > deadline) throw new QError('stop');
  };
  try {
    return evaluate();
  } finally {
    interpreter.checkLimit = undefined;
  }
}
