/** column.part: a part of a temporal value, or a column of the table that a foreign key points to. */

import { cast } from '../primitives/cast.ts';
import { columnOf } from '../values/items.ts';
import { symbol } from '../values/make.ts';
import { pick } from '../values/select-items.ts';
import type { Value } from '../values/value.ts';
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

/** Undefined when the value has no such part. */
export function dottedPart(base: Value, part: string): Value | undefined {
  if (base.kind === 'vector' && base.type === 20) {
    const domain = base.domain.keyedTable?.();
    if (domain === undefined || !isKeyedTable(domain)) return undefined;
    const column = columnOf(domain.values, part) ?? columnOf(domain.keys, part);
    return column === undefined ? undefined : pick(column, base.data);
  }
  if (!TEMPORAL_PARTS.has(part)) return undefined;
  if ((base.kind !== 'vector' && base.kind !== 'atom') || base.type < 12) throw new QError('type');
  return cast(symbol(part), base);
}
