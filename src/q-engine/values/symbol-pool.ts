/**
 * Symbols as small integers, so that symbol vectors are Int32Arrays. One pool for the process, as in kdb+: a
 * symbol once seen stays. Id 0 is the null symbol.
 */
const names: string[] = [''];
const ids = new Map<string, number>([['', 0]]);
let characters = 0;

/** The id of a symbol, new or known. */
export function internSymbol(name: string): number {
  const known = ids.get(name);
  if (known !== undefined) return known;
  const id = names.length;
  names.push(name);
  ids.set(name, id);
  characters += name.length;
  return id;
}

/** The text of a symbol by its id. */
export function symbolName(id: number): string {
  return names[id]!;
}

/** How many symbols there are; ids are below it. */
export function symbolCount(): number {
  return names.length;
}

/** Bytes that the symbols take: two for a character at most, and a slot in the list and the map for each. */
export function symbolBytes(): number {
  return characters * 2 + names.length * SLOT_BYTES;
}

const SLOT_BYTES = 32;
