/** Functions in braces, and the definitions of views. */
import type { Lambda, LambdaOrigin } from '../values/value.ts';
import { QError } from '../values/value.ts';
import { isReserved } from './keywords.ts';
import type { Node } from './nodes.ts';
import { parseParameters } from './parameters.ts';
import type { Parser } from './parser.ts';
import { FunctionScope } from './scope.ts';

/** Parses a function whose opening brace has just been taken. */
export function parseLambda(parser: Parser): Lambda {
  const start = parser.startOfTaken();
  const scope = new FunctionScope();
  const origin = parser.originAt(start);
  const body = parser.inFunction(scope, start, origin, () => {
    if (parser.peek().text !== '[') return parser.sequence('}');
    const { names, locals, matches } = parseParameters(parser);
    scope.declare(names);
    for (const name of locals) scope.assign(name, start);
    return [...matches, ...parser.sequence('}')];
  });
  const { end } = parser.peek();
  parser.expect('}');
  return lambdaOf(parser, parser.source.slice(start, end), scope, body, origin);
}

/** Parses `name::expressions`; the text of a view is all that follows the colons, its body as a function's. */
export function parseViewDefinition(parser: Parser): { name: string; text: string; lambda: Lambda } {
  const name = parser.take().text;
  parser.expect('::');
  if (isReserved(name, true)) throw new QError('assign');
  const { start } = parser.peek();
  const scope = new FunctionScope();
  scope.declare([]);
  const origin = parser.originAt(start);
  const body = parser.inFunction(scope, start, origin, () => parser.sequence(''));
  const rest = parser.peek();
  if (rest.kind !== 'end') throw new QError(rest.text);
  const text = parser.source.slice(start, parser.endOfTaken());
  nameOrigin(origin, `${name}:`);
  return { name, text, lambda: lambdaOf(parser, text, scope, body, origin) };
}

/** Gives a function the name that it is assigned to, and the functions in it that name with @. */
export function nameOrigin(origin: LambdaOrigin, name: string): void {
  if (origin.name !== '') return;
  origin.name = name;
  for (const inner of origin.nested) nameOrigin(inner, `${name}@`);
}

function lambdaOf(
  parser: Parser,
  source: string,
  scope: FunctionScope,
  body: readonly Node[],
  origin: LambdaOrigin,
): Lambda {
  const { parameters, locals } = scope.resolve();
  return { kind: 'lambda', source, namespace: parser.namespace, parameters, locals, body, origin };
}
