/**
 * Which values only one variable holds, so that an amend may write into them. An amend through a variable marks
 * the copy that it made; reading the variable for any other purpose than an item of it takes the mark away.
 */
import type { Value } from './value.ts';

const exclusive = new WeakSet<Value>();

/** Says that a variable holds the value and nobody else: neither it nor its data (of a dictionary, its values'). */
export function markExclusive<T extends Value>(value: T): T {
  exclusive.add(value);
  return value;
}

export function isExclusive(value: Value): boolean {
  return exclusive.has(value);
}

/** To be called with every value that a variable hands out. */
export function release<T extends Value | undefined>(value: T): T {
  if (value !== undefined && value.kind !== 'atom') exclusive.delete(value);
  return value;
}
