/** The namespaces that come with q: .Q, .h and .j, as far as they are known. */
import type { Interpreter } from '../evaluator/interpreter.ts';
import { DEFINITIONS } from './definitions.ts';
import { installFunctions } from './functions.ts';
import { MARKUP } from './markup.ts';

/** Defines the library's globals; what the host defines later under the same names replaces them. */
export function installLibrary(interpreter: Interpreter): void {
  installFunctions(interpreter);
  for (const definition of [...DEFINITIONS, ...MARKUP]) interpreter.evaluateText(definition);
}
