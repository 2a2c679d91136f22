/**
 * A well-mixed 32-bit number that depends on nothing but its arguments: the simulator's random numbers, for any
 * symbol at any moment in any order.
 */
export function hash3(first: number, second: number, third: number): number {
  let mixed = Math.imul(first ^ Math.imul(second, 0x9e3779b1), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13) ^ third, 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x27d4eb2f);
  return mixed ^ (mixed >>> 16);
}

/** The next number of a chain that starts with any of them. */
export function rehash(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
  return mixed ^ (mixed >>> 16);
}

/** The hash as a number in [0, 1). */
export function unit(hash: number): number {
  return (hash >>> 0) / 0x100000000;
}

/** FNV-1a (32 bit) of the UTF-8 bytes of `text`, continued from `state`. */
export function fnv1a(text: string, state = 0x811c9dc5): number {
  let hash = state;
  for (const byte of Buffer.from(text, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
