import type { Interpreter } from '../evaluator/interpreter.ts';
import { countOf } from '../values/items.ts';
import { join } from '../values/join.ts';
import { ints, longs } from '../values/make.ts';
import { QError, type Table, type Value } from '../values/value.ts';
import { readContext } from './path-values.ts';
import { columnCount, lazyColumns, marked, type ReadContext, readSplayed, splayedNames } from './splayed.ts';

/** By what a database is partitioned, and the type of the values. */
export type PartitionField = 'date' | 'month' | 'year' | 'int';

/** One partition: its value as q holds it, the directory that holds its tables, and what that one is in. */
export interface Partition {
  readonly value: number;
  readonly directory: string;
  readonly root: string;
}

/** A table that is spread over the partitions of a database. Its first column is the partition's value. */
export interface PartitionedTable extends Table {
  readonly partitioned: {
    readonly name: string;
    readonly field: PartitionField;
    readonly partitions: readonly Partition[];
    /** Whether a partition without the table counts as one without rows, as after .Q.bv. */
    readonly mayLack: boolean;
  };
}

export function isPartitioned(value: Value): value is PartitionedTable {
  return value.kind === 'table' && 'partitioned' in value;
}

/** The table over some partitions; a column is read from them when it is first looked at. */
export function partitionedTable(
  name: string,
  field: PartitionField,
  partitions: readonly Partition[],
  names: readonly string[],
  mayLack: boolean,
  interpreter: Interpreter,
): PartitionedTable {
  const context = readContext(interpreter);
  const open = partitions.map(({ directory }) =>
    lazily(() => openPart(`${directory}/${name}`, names, mayLack, context)),
  );
  const columns = lazyColumns(names.length + 1, i => {
    if (i === 0)
      return fieldColumn(
        field,
        partitions,
        partitions.map(part => rowsOf(part, name, mayLack, context)),
      );
    const parts = open.map(part => columnOf(part(), names[i - 1]!)).filter(part => part !== undefined);
    return concatenated(parts);
  });
  const table: Table = { kind: 'table', names: [field, ...names], columns, sorted: false };
  return marked(table, { partitioned: { name, field, partitions, mayLack }, mapped: { names, name } });
}

/** The same table over fewer partitions. */
export function overPartitions(
  { names, partitioned }: PartitionedTable,
  partitions: readonly Partition[],
  interpreter: Interpreter,
): PartitionedTable {
  const { name, field, mayLack } = partitioned;
  return partitionedTable(name, field, partitions, names.slice(1), mayLack, interpreter);
}

/** The values of partitions as a vector of the field's type. */
export function partitionValues(field: PartitionField, values: Int32Array): Value {
  if (field === 'date') return ints(values, 14);
  if (field === 'month') return ints(values, 13);
  if (field === 'year') return ints(values, 6);
  return longs(BigInt64Array.from(values, BigInt));
}

/** Rows of a table in one partition, from the head of its first column. */
export function rowsOf(
  { directory }: Partition,
  name: string,
  mayLack: boolean,
  context: ReadContext,
): number {
  const path = `${directory}/${name}`;
  if (mayLack && context.store.inspectPath(`${path}/.d`) === undefined) return 0;
  const [first] = splayedNames(path, context);
  return first === undefined ? 0 : columnCount(`${path}/${first}`, context);
}

function openPart(path: string, names: readonly string[], mayLack: boolean, context: ReadContext): Table {
  if (mayLack && context.store.inspectPath(`${path}/.d`) === undefined) {
    return { kind: 'table', names, columns: [], sorted: false };
  }
  return readSplayed(path, context);
}

function columnOf(part: Table, name: string): Value | undefined {
  if (part.columns.length === 0) return undefined;
  const at = part.names.indexOf(name);
  if (at < 0) throw new QError(name);
  return part.columns[at];
}

/** Columns of one kind end to end. */
export function concatenated(parts: readonly Value[]): Value {
  const [first, ...rest] = parts;
  if (first === undefined) return { kind: 'list', items: [] };
  if (rest.length === 0) return first;
  const filled = parts.filter(part => countOf(part) > 0);
  if (filled.length < 2) return filled[0] ?? first;
  return joinVectors(filled) ?? filled.reduce((all, part) => join(all, part));
}

/** Vectors of one type (and domain) end to end; undefined where they differ. */
function joinVectors(parts: readonly Value[]): Value | undefined {
  const [first] = parts;
  if (first?.kind !== 'vector') return undefined;
  const alike = parts.every(
    part =>
      part.kind === 'vector' &&
      part.type === first.type &&
      (part.type !== 20 || first.type !== 20 || part.domain.name === first.domain.name),
  );
  if (!alike) return undefined;
  const arrays = parts.map(part => (part as typeof first).data as Float64Array);
  const Data = arrays[0]!.constructor as Float64ArrayConstructor;
  const data = new Data(arrays.reduce((length, array) => length + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    data.set(array, at);
    at += array.length;
  }
  return { ...first, data, attribute: '' } as Value;
}

function fieldColumn(
  field: PartitionField,
  partitions: readonly Partition[],
  rows: readonly number[],
): Value {
  const column = new Int32Array(rows.reduce((sum, count) => sum + count, 0));
  let at = 0;
  for (const [i, { value }] of partitions.entries()) {
    column.fill(value, at, at + rows[i]!);
    at += rows[i]!;
  }
  return partitionValues(field, column);
}

/** Makes a value when it is first asked for. */
export function lazily<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
