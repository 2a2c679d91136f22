import type { Frame, Interpreter } from '../evaluator/interpreter.ts';
import type { Node } from '../language/nodes.ts';
import { wherePositions } from '../primitives/lists.ts';
import { TableScope } from '../sql/column-scope.ts';
import { truthMask } from '../sql/mask.ts';
import { filterRows } from '../sql/query.ts';
import { table } from '../values/make.ts';
import type { Table } from '../values/value.ts';
import {
  concatenated,
  lazily,
  overPartitions,
  type Partition,
  type PartitionedTable,
  partitionValues,
} from './partitioned.ts';
import { lazyColumns, marked } from './splayed.ts';

/**
 * The rows of a partitioned table that pass a query's conditions. Those at the beginning that look at the partition
 * field alone choose the partitions, so that no others are read; the others are for each partition by itself, as is
 * the virtual column i.
 */
export function rowsOfPartitions(
  source: PartitionedTable,
  where: readonly Node[],
  frame: Frame,
  interpreter: Interpreter,
): Table {
  const { left, rest } = relevantPartitions(source, where, frame, interpreter);
  const parts = left.map(partition => {
    const part = overPartitions(source, [partition], interpreter);
    const filtered = lazily(() => filterRows(new TableScope(part), rest, frame, interpreter));
    return { part, filtered };
  });
  if (rest.length > 0) for (const { filtered } of parts) filtered();
  const empty = lazily(() => overPartitions(source, [], interpreter));
  const columns = lazyColumns(source.names.length, i => {
    const name = source.names[i]!;
    const scoped = parts.map(({ part, filtered }) =>
      rest.length === 0 ? part.columns[i]! : filtered().column(name)!,
    );
    return scoped.length === 0 ? empty().columns[i]! : concatenated(scoped);
  });
  const rowNumbers = lazily(() => concatenated(parts.map(({ filtered }) => filtered().column('i')!)));
  return marked({ kind: 'table', names: source.names, columns, sorted: false }, { rowNumbers });
}

function relevantPartitions(
  source: PartitionedTable,
  where: readonly Node[],
  frame: Frame,
  interpreter: Interpreter,
): { left: readonly Partition[]; rest: readonly Node[] } {
  const { field, partitions } = source.partitioned;
  let left = partitions;
  for (const [at, condition] of where.entries()) {
    if (!looksOnlyAt(condition, field, source.names)) return { left, rest: where.slice(at) };
    const values = partitionValues(
      field,
      Int32Array.from(left, ({ value }) => value),
    );
    const scope = new TableScope(table([field], [values]));
    const mask = truthMask(interpreter.evaluate(condition, { ...frame, columns: scope }));
    if (typeof mask === 'boolean') left = mask ? left : [];
    else left = Array.from(wherePositions(mask), position => left[position]!);
  }
  return { left, rest: [] };
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
