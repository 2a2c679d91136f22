import { literal } from '../console/index.ts';
import type { Interpreter } from '../evaluator/interpreter.ts';
import { pick, slice } from '../values/select-items.ts';
import { orderOf } from '../values/sorting.ts';
import { QError, type Table, type Value, type Vector } from '../values/value.ts';
import { findPartitions, segmentsOf } from './database.ts';
import { enumerateTable } from './enumerate-files.ts';
import { readContext, withoutSlash } from './path-values.ts';
import { isSplayed, readSplayed, writeSplayed } from './splayed.ts';

/**
 * .Q.par: where a partition of a table belongs: in the database, or in the segment of par.txt that is its turn.
 * Whether it is there is not looked at.
 */
export function partitionPath(
  directory: string,
  partition: Value,
  table: string,
  interpreter: Interpreter,
): string {
  if (partition.kind !== 'atom' || typeof partition.value === 'string' || partition.type === 2)
    throw new QError('type');
  const segments = segmentsOf(withoutSlash(directory), interpreter);
  const segment = segments[Number(partition.value) % segments.length]!;
  return `${segment}/${partitionName(partition)}/${table}`;
}

/** The directory's name of a partition's value. */
function partitionName(partition: Value): string {
  return literal(partition, 7).replace(/[im]$/, '');
}

/**
 * .Q.dpfts: writes the global table of that name as a partition, sorted and parted by `field`, which becomes its
 * first column; without a field in the order that it has. Signals `unmappable` for a mixed column.
 */
export function savePartition(
  directory: string,
  partition: Value,
  field: string | undefined,
  name: string,
  domain: string,
  interpreter: Interpreter,
): void {
  const table = interpreter.getVariable(name);
  if (table.kind !== 'table') throw new QError(table.kind === 'dictionary' ? 'unmappable' : 'type');
  const enumerated = enumerateTable(directory, table, domain, interpreter);
  for (const column of enumerated.columns) if (!isMappable(column)) throw new QError('unmappable');
  const rows = field === undefined ? enumerated : partedBy(field, enumerated);
  writeSplayed(partitionPath(directory, partition, name, interpreter), rows, interpreter.host);
}

function partedBy(field: string, table: Table): Table {
  const at = table.names.indexOf(field);
  if (at < 0) throw new QError(field);
  const order = orderOf(table.columns[at]!);
  const sorted = table.columns.map(column => pick(column, order));
  const key = sorted[at]!;
  const parted: Value = key.kind === 'vector' ? ({ ...key, attribute: 'p' } as Vector) : key;
  const rest = [...table.names.keys()].filter(i => i !== at);
  return {
    ...table,
    names: [field, ...rest.map(i => table.names[i]!)],
    columns: [parted, ...rest.map(i => sorted[i]!)],
  };
}

function isMappable(column: Value): boolean {
  if (column.kind === 'vector') return true;
  if (column.kind !== 'list') return false;
  const [first] = column.items;
  return column.items.every(
    item => item.kind === 'vector' && first?.kind === 'vector' && item.type === first.type,
  );
}

/**
 * .Q.chk: gives every partition the tables that the latest ones have, empty. Answers for each partition, the latest
 * first, its directory if it was changed.
 */
export function fillPartitions(directory: string, interpreter: Interpreter): string[][] {
  const { host } = interpreter;
  const found = findPartitions(withoutSlash(directory), interpreter);
  if (found === undefined) return [];
  const templates = new Map<string, string>();
  for (const { directory: path } of [...found.partitions].reverse()) {
    const content = host.inspectPath(path);
    if (content === undefined || !('names' in content)) continue;
    for (const name of content.names) {
      if (!templates.has(name) && isSplayed(`${path}/${name}`, host)) templates.set(name, `${path}/${name}`);
    }
  }
  const changed: string[][] = [];
  for (const { directory: path } of [...found.partitions].reverse()) {
    const missing = [...templates].filter(([name]) => !isSplayed(`${path}/${name}`, host));
    for (const [name, template] of missing) {
      const whole = readSplayed(template, readContext(interpreter));
      const columns = whole.columns.map(column => slice(column, 0, 0));
      writeSplayed(`${path}/${name}`, { ...whole, columns }, host);
    }
    changed.push(missing.length > 0 ? [path] : []);
  }
  return changed;
}
