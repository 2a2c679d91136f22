import type { FunctionReader } from '../codec/index.ts';
import { parseSource } from '../language/parser.ts';
import { primitiveOrUndefined } from '../primitives/registry.ts';
import { QError, type Value } from '../values/value.ts';

/** Makes functions of messages and files with the engine's own parser and primitives. */
export const functionReader: FunctionReader = {
  lambda: (source, namespace) => parseLambda(source, namespace),
  primitive: (_type, name) => primitiveOrUndefined(name),
};

function parseLambda(source: string, namespace: string): Value {
  if (!source.startsWith('{')) throw new QError(`nyi ${source.slice(0, 2)}`);
  const node = parseSource(source, namespace);
  if (node.kind !== 'literal' || node.value.kind !== 'lambda') throw new QError('badmsg');
  return node.value;
}
