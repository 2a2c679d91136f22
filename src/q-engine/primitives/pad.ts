/** n$text: to a width, from the left or (below zero) from the right. */

import { collect, itemsOf } from '../values/items.ts';
import { checkItems } from '../values/limits.ts';
import { byteVector } from '../values/make.ts';
import type { Value } from '../values/value.ts';
import { QError } from '../values/value.ts';

export function pad(width: number, y: Value): Value {
  if (y.kind === 'dictionary') return { ...y, values: pad(width, y.values) };
  if (y.kind === 'table') return { ...y, columns: y.columns.map(column => pad(width, column)) };
  if (y.kind === 'list') return collect(itemsOf(y).map(item => pad(width, item)));
  const bytes =
    y.kind === 'vector' && y.type === 10
      ? y.data
      : y.kind === 'atom' && y.type === 10
        ? Uint8Array.of(y.value)
        : undefined;
  if (bytes === undefined) throw new QError('type');
  const size = Math.abs(width);
  checkItems(size, 'vector');
  const out = new Uint8Array(size).fill(32);
  if (width >= 0) out.set(bytes.subarray(0, size));
  else if (bytes.length <= size) out.set(bytes, size - bytes.length);
  else out.set(bytes.subarray(bytes.length - size));
  return byteVector(10, out);
}
