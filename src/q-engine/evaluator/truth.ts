/** What `if`, `while` and `$[c;t;f]` take for true. */
import type { Value } from '../values/value.ts';
import { QError } from '../values/value.ts';

/** Any atom that is not zero; signals 'type for what is not an atom of a number type. */
export function isTrue(value: Value): boolean {
  if (value.kind !== 'atom' || value.type === 11 || value.type === 2) throw new QError('type');
  if (typeof value.value === 'bigint') return value.value !== 0n;
  return value.value !== 0;
}
