import type { Frame, Interpreter } from '../evaluator/interpreter.ts';
import type { Node } from '../language/nodes.ts';
import { wherePositions } from '../primitives/lists.ts';
import { TableScope } from '../sql/column-scope.ts';
import { truthMask } from '../sql/mask.ts';
import { table } from '../values/make.ts';
import type { Table } from '../values/value.ts';
import { overPartitions, type PartitionedTable, partitionValues } from './partitioned.ts';

/**
 * The part of a partitioned table that a query can see: conditions at its beginning that look at the partition
 * field alone choose the partitions, so that no others are read.
 */
export function relevantPartitions(
  source: PartitionedTable,
  where: readonly Node[],
  frame: Frame,
  interpreter: Interpreter,
): Table {
  const { field, partitions } = source.partitioned;
  let left = partitions;
  for (const condition of where) {
    if (!looksOnlyAt(condition, field, source.names)) break;
    const values = partitionValues(
      field,
      Int32Array.from(left, ({ value }) => value),
    );
    const scope = new TableScope(table([field], [values]));
    const mask = truthMask(interpreter.evaluate(condition, { ...frame, columns: scope }));
    if (typeof mask === 'boolean') left = mask ? left : [];
    else left = Array.from(wherePositions(mask), position => left[position]!);
  }
  // What a query answers is a table like any other.
  return { ...(left.length === partitions.length ? source : overPartitions(source, left, interpreter)) };
}

/** Whether an expression names the field and no other column; `i` is one too. */
function looksOnlyAt(condition: Node, field: string, columns: readonly string[]): boolean {
  const names = new Set<string>();
  collectNames(condition, names);
  if (!names.has(field)) return false;
  return ![...names].some(name => name !== field && (name === 'i' || columns.includes(name)));
}

function collectNames(part: unknown, names: Set<string>): void {
  if (Array.isArray(part)) {
    for (const item of part) collectNames(item, names);
    return;
  }
  if (part === null || typeof part !== 'object') return;
  const node = part as Partial<Node>;
  if (node.kind === 'literal') return;
  if (node.kind === 'name') names.add(String((node as { name: string }).name).split('.')[0]!);
  for (const child of Object.values(part)) collectNames(child, names);
}
