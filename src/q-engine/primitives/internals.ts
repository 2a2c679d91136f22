/** -N!x, the internal functions. */

import { createHash } from 'node:crypto';
import { literal } from '../console/index.ts';
import { evaluateTree } from '../evaluator/eval-tree.ts';
import type { Interpreter } from '../evaluator/interpreter.ts';
import { compressFile, compressionOf } from '../files/zip-functions.ts';
import { tokenTexts } from '../language/lexer.ts';
import { parseToTree } from '../language/parse-tree.ts';
import { toFloats } from '../values/convert.ts';
import { itemsOf } from '../values/items.ts';
import { byteVector, list, long, longs, string, textOf } from '../values/make.ts';
import { NS_PER_MS } from '../values/types.ts';
import type { Value } from '../values/value.ts';
import { QError } from '../values/value.ts';
import { spread1 } from './atomic.ts';
import { setAttribute } from './attributes.ts';
import { gzip } from './gzip.ts';

/** Those of the language here, those of the process with the host. */
export function internalFunction(code: number, x: Value, interpreter: Interpreter): Value {
  switch (code) {
    case -3:
      return string(literal(x, interpreter.precision));
    case -4:
      return list(tokenTexts(plainText(x)).map(string));
    case -5:
      return parseToTree(plainText(x), interpreter.namespace);
    case -6:
      return evaluateTree(x, interpreter);
    case -16:
      return long(Math.max(1, holdersOf(x, '', interpreter)));
    case -2:
      return setAttribute('', x);
    case -19:
      return compressFile(x, interpreter);
    case -21:
      return compressionOf(x, interpreter);
    case -27:
      return fixedText(x);
    case -33:
      if ((x.kind !== 'vector' && x.kind !== 'atom') || (x.type !== 10 && x.type !== 4))
        throw new QError('type');
      return byteVector(4, new Uint8Array(createHash('sha1').update(bytesOf(x)).digest()));
    case -34:
      return timed(x, interpreter);
    case -35:
      return gzip(x);
    case -120:
      // The namespace .m holds what belongs to the other domain.
      return long(holdersOf(x, '.m', interpreter) > 0 ? 1 : 0);
  }
  const answer = interpreter.host.internal(code, x);
  if (answer === undefined) throw new QError(`nyi: ${code}!`);
  return answer;
}

function plainText(x: Value): string {
  if (x.kind !== 'vector' || x.type !== 10) throw new QError('type');
  return textOf(x);
}

/** How many globals of a namespace hold this very value: a copy is another one. */
function holdersOf(x: Value, namespace: string, { globals }: Interpreter): number {
  const full = (name: string) => (namespace === '' ? name : `${namespace}.${name}`);
  return globals.names(namespace).filter(name => globals.stored(full(name)) === x).length;
}

/** (function;arguments): milliseconds and bytes, as \\ts counts them, and the result. */
function timed(x: Value, interpreter: Interpreter): Value {
  if (x.kind !== 'list' || x.items.length !== 2) throw new QError('type');
  const [f, args] = x.items as [Value, Value];
  const beginNs = interpreter.host.nowNs();
  const result = interpreter.apply(f, itemsOf(args));
  const ms = (interpreter.host.nowNs() - beginNs) / NS_PER_MS;
  return list([longs(BigInt64Array.of(ms, 0n)), result]);
}

function bytesOf(x: Value & { kind: 'atom' | 'vector' }): Uint8Array {
  return x.kind === 'vector' ? (x.data as Uint8Array) : Uint8Array.of(x.value as number);
}

const MAX_DIGITS = 100;

/** (digits;numbers): each as text with so many digits after its point, rounded as its binary value says. */
function fixedText(x: Value): Value {
  if (x.kind !== 'list' || x.items.length !== 2) throw new QError('type');
  const [digits, numbers] = x.items as [Value, Value];
  if (digits.kind !== 'atom' || digits.type !== 6) throw new QError('type');
  if (!(digits.value >= 0 && digits.value <= MAX_DIGITS)) throw new QError('domain');
  return spread1(numbers, part => {
    if (part.type === 11 || part.type === 2) throw new QError('type');
    const texts = Array.from(toFloats(part), value => string(value.toFixed(digits.value)));
    return part.kind === 'atom' ? texts[0]! : list(texts);
  });
}
