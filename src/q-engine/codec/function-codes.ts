/**
 * The numbers by which kdb+ names its primitives on the wire and in files: the payload of types 101 (unary), 102
 * (binary) and 103 (iterator). Names are the keywords of q; a gap is a primitive that q has no name for.
 */
const UNARY: readonly (string | undefined)[] = [
  '::',
  'flip',
  'neg',
  'first',
  'reciprocal',
  'where',
  'reverse',
  'null',
  'group',
  'iasc',
  'idesc',
  'string',
  'enlist',
  'count',
  'floor',
  'not',
  'key',
  'distinct',
  'type',
  'value',
  'read0',
  'read1',
  undefined,
  'avg',
  'last',
  'sum',
  'prd',
  'min',
  'max',
  'exit',
  'getenv',
  'abs',
  'sqrt',
  'log',
  'exp',
  'sin',
  'asin',
  'cos',
  'acos',
  'tan',
  'atan',
  undefined,
  'var',
  'dev',
];

const BINARY: readonly string[] = [
  ':',
  '+',
  '-',
  '*',
  '%',
  '&',
  '|',
  '^',
  '=',
  '<',
  '>',
  '$',
  ',',
  '#',
  '_',
  '~',
  '!',
  '?',
  '@',
  '.',
  '0:',
  '1:',
  '2:',
  'in',
  'within',
  'like',
  'bin',
  'ss',
  'insert',
  'wsum',
  'wavg',
  'div',
  'xexp',
  'setenv',
  'binr',
  'cov',
  'cor',
];

const ITERATOR: readonly string[] = ["'", '/', '\\', "':", '/:', '\\:'];

/** The code of an argument left out of a projection, a 101. */
export const ELIDED_CODE = 0xff;

export type PrimitiveType = 101 | 102 | 103;

/** The name of a primitive by its type and code. */
export function primitiveName(type: PrimitiveType, code: number): string | undefined {
  return namesOf(type)[code];
}

/** The code of a primitive by its type and name; undefined where kdb+ has none. */
export function primitiveCode(type: PrimitiveType, name: string): number | undefined {
  const code = namesOf(type).indexOf(name);
  return code < 0 ? undefined : code;
}

function namesOf(type: PrimitiveType): readonly (string | undefined)[] {
  if (type === 101) return UNARY;
  return type === 102 ? BINARY : ITERATOR;
}
