import { basename } from 'node:path';
import type { Interpreter } from '../evaluator/interpreter.ts';
import { loadFile } from '../evaluator/system-commands.ts';
import { itemsOf } from '../values/items.ts';
import { boolean, dictionary, list, symbol, symbols } from '../values/make.ts';
import { slice } from '../values/select-items.ts';
import { daysFromDate, isDate } from '../values/temporal.ts';
import { decodeText } from '../values/text.ts';
import { NULL, QError, type Value } from '../values/value.ts';
import { type Partition, type PartitionField, partitionedTable, partitionValues } from './partitioned.ts';
import { readContext, readPath, withoutSlash } from './path-values.ts';
import { isSplayed, splayedNames } from './splayed.ts';

/** Where a segmented database lists its directories. */
const SEGMENT_LIST = 'par.txt';
/** Scripts in a database's directory, which a reload leaves alone. */
const SCRIPT = /\.(q|k)$/;

/** The partitions of a database, in their order. */
export interface PartitionList {
  readonly field: PartitionField;
  readonly partitions: readonly Partition[];
  /** The directories of par.txt; undefined where there is none. */
  readonly segments: readonly string[] | undefined;
}

/** What a table is made of that some partitions lack: nothing, or the first or last partition that has it. */
export type Prototype = 'none' | 'first' | 'last';

/** \\l of a splayed table's directory: the global of its name is that table, and the name the answer. */
export function loadSplayed(directory: string, interpreter: Interpreter): Value | undefined {
  if (!isSplayed(withoutSlash(directory), interpreter.host)) return undefined;
  const name = basename(directory);
  interpreter.setVariable(name, readPath(directory, interpreter), '');
  return symbol(name);
}

/**
 * Loads what is in a directory: values and splayed tables by their names, partitioned tables, and at last its
 * scripts. The names of files and directories that end in $ are left alone, as are hidden ones.
 */
export function loadDirectory(directory: string, isReload: boolean, interpreter: Interpreter): Value {
  const { host } = interpreter;
  const content = host.inspectPath(directory);
  if (content === undefined || !('names' in content))
    throw new QError(`${directory}. OS reports: No such file or directory`);
  const names = content.names.filter(name => !name.startsWith('.') && !name.endsWith('$'));
  const scripts: string[] = [];
  for (const name of names) {
    const path = `${directory}/${name}`;
    const found = host.inspectPath(path)!;
    if ('names' in found) {
      if (isSplayed(path, host)) interpreter.setVariable(name, readPath(path, interpreter), '');
    } else if (SCRIPT.test(name)) scripts.push(path);
    else if (name !== SEGMENT_LIST) interpreter.setVariable(name, readPath(path, interpreter), '');
  }
  const found = findPartitions(directory, interpreter);
  if (found !== undefined) showPartitions(found, 'none', interpreter);
  if (!isReload) for (const script of scripts) loadFile(script, interpreter);
  return NULL;
}

/** The partitions under a directory, or under the segments that its par.txt lists; undefined where are none. */
export function findPartitions(directory: string, interpreter: Interpreter): PartitionList | undefined {
  let field: PartitionField | undefined;
  const partitions: Partition[] = [];
  for (const segment of segmentsOf(directory, interpreter)) {
    const content = interpreter.host.inspectPath(segment);
    if (content === undefined || !('names' in content)) continue;
    for (const name of content.names) {
      const parsed = parsePartition(name);
      if (parsed === undefined) continue;
      if (field !== undefined && parsed.field !== field) throw new QError('part');
      field = parsed.field;
      partitions.push({ value: parsed.value, root: segment, directory: `${segment}/${name}` });
    }
  }
  if (field === undefined) return undefined;
  const segments = segmentsOf(directory, interpreter);
  const isSegmented = interpreter.host.inspectPath(`${directory}/${SEGMENT_LIST}`) !== undefined;
  return {
    field,
    partitions: partitions.sort((a, b) => a.value - b.value),
    segments: isSegmented ? segments : undefined,
  };
}

/** The directories that hold partitions: those of par.txt, or the database's own. */
export function segmentsOf(directory: string, { host }: Interpreter): string[] {
  const path = `${directory}/${SEGMENT_LIST}`;
  if (host.inspectPath(path) === undefined) return [directory];
  return decodeText(host.readFile(path))
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
    .map(line => (line.startsWith('/') ? line : `${directory}/${line}`));
}

/** The tables of a database and where it keeps them, as globals: the field's name, .Q.pf, .Q.pv, .Q.pt and so on. */
export function showPartitions(
  { field, partitions, segments }: PartitionList,
  prototype: Prototype,
  interpreter: Interpreter,
): void {
  const set = (name: string, value: Value): void => interpreter.setVariable(name, value, '');
  const tables = new Map<string, readonly string[]>();
  const mayLack = prototype !== 'none';
  // Without prototypes the latest partition says what a table's columns are.
  const sources = !mayLack
    ? partitions.slice(-1)
    : prototype === 'first'
      ? partitions
      : [...partitions].reverse();
  for (const { directory } of sources) {
    for (const name of tablesIn(directory, interpreter)) {
      if (!tables.has(name)) tables.set(name, splayedNames(`${directory}/${name}`, readContext(interpreter)));
    }
  }
  const names = [...tables.keys()].sort();
  for (const [name, columns] of tables)
    set(name, partitionedTable(name, field, partitions, columns, mayLack, interpreter));
  const all = Int32Array.from(partitions, ({ value }) => value);
  const roots = symbols(partitions.map(({ root }) => `:${root}`));
  for (const name of [field, '.Q.pv', '.Q.PV']) set(name, partitionValues(field, all));
  set('.Q.pf', symbol(field));
  for (const name of ['.Q.pd', '.Q.PD']) set(name, roots);
  set('.Q.pt', symbols(names, 's'));
  forgetCounts(interpreter);
  set('.Q.u', boolean(new Set(all).size === all.length));
  if (mayLack) set('.Q.vp', lackingTables(names, partitions, interpreter));
  if (segments !== undefined) {
    set('.Q.P', symbols(segments.map(segment => `:${segment}`)));
    const within = (segment: string) => partitions.filter(({ root }) => root === segment);
    const values = segments.map(segment => Int32Array.from(within(segment), ({ value }) => value));
    set('.Q.D', list(values.map(own => partitionValues(field, own))));
  }
}

/** Empties .Q.pn, the numbers of rows that .Q.cn found. */
export function forgetCounts(interpreter: Interpreter): void {
  const names = interpreter.getVariable('.Q.pt', '');
  interpreter.setVariable('.Q.pn', dictionary(names, list(itemsOf(names).map(() => list([])))), '');
}

function tablesIn(directory: string, { host }: Interpreter): string[] {
  const content = host.inspectPath(directory);
  if (content === undefined || !('names' in content)) return [];
  return content.names.filter(name => !name.endsWith('$') && isSplayed(`${directory}/${name}`, host));
}

/** The schemas of the tables that some partitions lack. */
function lackingTables(
  names: readonly string[],
  partitions: readonly Partition[],
  interpreter: Interpreter,
): Value {
  const lacking = names.filter(name =>
    partitions.some(({ directory }) => !isSplayed(`${directory}/${name}`, interpreter.host)),
  );
  const schemas = lacking.map(name => slice(interpreter.getVariable(name, ''), 0, 0));
  return dictionary(symbols(lacking), list(schemas));
}

/** A directory's name as the value of a partition. */
export function parsePartition(name: string): { field: PartitionField; value: number } | undefined {
  const match = /^(\d{4})\.(\d{2})(?:\.(\d{2}))?$/.exec(name);
  if (match !== null) {
    const [year, month, day] = match.slice(1).map(part => (part === undefined ? undefined : Number(part)));
    if (day === undefined) return { field: 'month', value: (year! - 2000) * 12 + month! - 1 };
    return isDate(year!, month!, day)
      ? { field: 'date', value: daysFromDate(year!, month!, day) }
      : undefined;
  }
  if (!/^\d{1,9}$/.test(name)) return undefined;
  return { field: name.length === 4 ? 'year' : 'int', value: Number(name) };
}
