/** Enumerated values to what they stand for. */
import { countOf, itemAt } from './items.ts';
import { long, longs } from './make.ts';
import { pick } from './select-items.ts';
import { NULL_LONG } from './types.ts';
import type { EnumAtom, EnumVector, Value } from './value.ts';

/** The symbols (or key values) of an enumeration; an index outside of the domain gives its null. */
export function enumValues(value: EnumAtom | EnumVector): Value {
  if (isLink(value)) return rowsOf(value);
  const column = value.domain.values();
  if (value.kind === 'vector') return pick(column, value.data);
  const inside = value.value >= 0 && value.value < countOf(column);
  return inside ? itemAt(column, value.value) : itemAt(pick(column, Int32Array.of(-1)), 0);
}

/** Whether a value holds rows of a table without keys, which it stands for as numbers. */
export function isLink(value: EnumAtom | EnumVector): boolean {
  return value.domain.linkedTable?.() !== undefined;
}

function rowsOf(value: EnumAtom | EnumVector): Value {
  if (value.kind === 'atom') return long(rowOf(value.value));
  return longs(BigInt64Array.from(value.data, rowOf));
}

function rowOf(row: number): bigint {
  return row < 0 ? NULL_LONG : BigInt(row);
}

/** The value itself, or what its enumeration stands for. */
export function withoutEnum(value: Value): Value {
  return (value.kind === 'vector' || value.kind === 'atom') && value.type === 20 ? enumValues(value) : value;
}
