import type { Dictionary, SymbolAtom, SymbolVector, Table, Value } from './value.ts';

/** Where the columns of a table are that is on disk: the path of a splayed one, the name of a partitioned one. */
export interface PlaceOnDisk {
  readonly names: readonly string[];
  readonly name: string;
  /** There was nothing in that place when the table was made. */
  readonly isUnresolved?: boolean;
}

/** Undefined for a table in memory. */
export function placeOnDisk(table: Table): PlaceOnDisk | undefined {
  return (table as Table & { readonly mapped?: PlaceOnDisk }).mapped;
}

/** Names of columns and the place of their table, names!`:path or names!`name; its flip is the table. */
export interface UnreadDictionary extends Dictionary {
  readonly keys: SymbolVector;
  readonly values: SymbolAtom;
}

export function isUnread(value: Value): value is UnreadDictionary {
  return value.kind === 'dictionary' && value.values.kind === 'atom';
}
