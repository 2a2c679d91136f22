/** Enumerated values to what they stand for. */
import { countOf, itemAt } from './items.ts';
import { pick } from './select-items.ts';
import type { EnumAtom, EnumVector, Value } from './value.ts';

/** The symbols (or key values) of an enumeration; an index outside of the domain gives its null. */
export function enumValues(value: EnumAtom | EnumVector): Value {
  const column = value.domain.values();
  if (value.kind === 'vector') return pick(column, value.data);
  const inside = value.value >= 0 && value.value < countOf(column);
  return inside ? itemAt(column, value.value) : itemAt(pick(column, Int32Array.of(-1)), 0);
}

/** The value itself, or what its enumeration stands for. */
export function withoutEnum(value: Value): Value {
  return (value.kind === 'vector' || value.kind === 'atom') && value.type === 20 ? enumValues(value) : value;
}
