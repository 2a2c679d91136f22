/** column.part: a part of a temporal value, or a column of the table that a foreign key points to. */

import { isPartitioned } from '../files/partitioned.ts';
import { cast } from '../primitives/cast.ts';
import { columnOf } from '../values/items.ts';
import { symbol } from '../values/make.ts';
import { pick } from '../values/select-items.ts';
import type { Table, Value } from '../values/value.ts';
import { isKeyedTable, QError } from '../values/value.ts';

const TEMPORAL_PARTS = new Set([
  'date',
  'month',
  'year',
  'mm',
  'dd',
  'hh',
  'uu',
  'ss',
  'week',
  'minute',
  'second',
  'time',
  'timespan',
]);

/** A link counts the rows of one partition, which what several of them hold together does not tell. */
function linkedColumn(linked: Table, part: string, rows: Int32Array): Value | undefined {
  if (isPartitioned(linked)) throw new QError('nyi link to a partitioned table');
  const column = columnOf(linked, part);
  return column === undefined ? undefined : pick(column, rows);
}

/** Undefined when the value has no such part. */
export function dottedPart(base: Value, part: string): Value | undefined {
  if (base.kind === 'vector' && base.type === 20) {
    const linked = base.domain.linkedTable?.();
    if (linked !== undefined) return linkedColumn(linked, part, base.data);
    const domain = base.domain.keyedTable?.();
    if (domain === undefined || !isKeyedTable(domain)) return undefined;
    const column = columnOf(domain.values, part) ?? columnOf(domain.keys, part);
    return column === undefined ? undefined : pick(column, base.data);
  }
  if (!TEMPORAL_PARTS.has(part)) return undefined;
  if ((base.kind !== 'vector' && base.kind !== 'atom') || base.type < 12) throw new QError('type');
  return cast(symbol(part), base);
}
