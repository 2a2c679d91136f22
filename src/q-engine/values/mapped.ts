import type { Table } from './value.ts';

/** Where the columns of a table are that is on disk: the path of a splayed one, the name of a partitioned one. */
export interface PlaceOnDisk {
  readonly names: readonly string[];
  readonly name: string;
}

/** Undefined for a table in memory. */
export function placeOnDisk(table: Table): PlaceOnDisk | undefined {
  return (table as Table & { readonly mapped?: PlaceOnDisk }).mapped;
}
