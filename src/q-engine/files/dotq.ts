/** The functions of .Q that work on databases. */
import type { Interpreter } from '../evaluator/interpreter.ts';
import { runSystemCommand } from '../evaluator/system-commands.ts';
import { define } from '../primitives/registry.ts';
import { countOf } from '../values/items.ts';
import { boolean, list, long, longs, symbol, symbols } from '../values/make.ts';
import { pick } from '../values/select-items.ts';
import { NULL, QError, type Value } from '../values/value.ts';
import { findPartitions, showPartitions } from './database.ts';
import { enumerateTable } from './enumerate-files.ts';
import { isPartitioned, type PartitionedTable, partitionValues, rowsOf } from './partitioned.ts';
import { readContext } from './path-values.ts';
import { fillPartitions, partitionPath, savePartition } from './save-partition.ts';
import { filePath } from './text-source.ts';

const DEFAULT_DOMAIN = 'sym';

/** Written in q: what needs no more than the others. */
const IN_Q = [
  '.Q.hdpf:{[hdb;dir;part;field] names:t idesc count each get each t:tables`.; .Q.dpft[dir;part;field] each names;' +
    ' {@[`.;x;0#]} each names; if[h:@[hopen;hdb;0]; h"\\\\l ."; hclose h];}',
];

type Args = readonly Value[];

/** Functions by their names, with the number of their arguments. */
const FUNCTIONS: Readonly<
  Record<string, [rank: number, run: (args: Args, interpreter: Interpreter) => Value]>
> = {
  '.Q.en': [2, ([dir, table], q) => enumerateTable(directoryOf(dir!), table!, DEFAULT_DOMAIN, q)],
  '.Q.ens': [3, ([dir, table, domain], q) => enumerateTable(directoryOf(dir!), table!, nameOf(domain!), q)],
  '.Q.par': [3, ([dir, part, name], q) => symbol(`:${partitionPath(pathOf(dir!), part!, nameOf(name!), q)}`)],
  '.Q.dpft': [
    4,
    ([dir, part, field, name], q) => saved(dir!, part!, nameOf(field!), name!, DEFAULT_DOMAIN, q),
  ],
  '.Q.dpfts': [
    5,
    ([dir, part, field, name, domain], q) => saved(dir!, part!, nameOf(field!), name!, nameOf(domain!), q),
  ],
  '.Q.dpt': [3, ([dir, part, name], q) => saved(dir!, part!, undefined, name!, DEFAULT_DOMAIN, q)],
  '.Q.dpts': [4, ([dir, part, name, domain], q) => saved(dir!, part!, undefined, name!, nameOf(domain!), q)],
  '.Q.chk': [1, ([dir], q) => list(fillPartitions(pathOf(dir!), q).map(path => symbols([`:${path}`])))],
  '.Q.bv': [1, (_, q) => reshow(true, q)],
  '.Q.bvi': [1, (_, q) => reshow(true, q)],
  '.Q.li': [1, (_, q) => reshow(false, q)],
  '.Q.l': [1, ([path], q) => runSystemCommand(`l ${filePath(path!) ?? nameOf(path!)}`, q)],
  '.Q.view': [1, ([values], q) => viewPartitions(values!, q)],
  '.Q.cn': [1, ([table], q) => longs(BigInt64Array.from(countsOf(partitionedOf(table!), q), BigInt))],
  '.Q.ind': [2, ([table, rows]) => rowsAt(table!, rows!)],
  '.Q.qp': [
    1,
    ([table]) => (isPartitioned(table!) ? boolean(true) : isSplayedTable(table!) ? boolean(false) : long(0)),
  ],
};

function databaseFunction(
  name: string,
  rank: number,
  run: (args: Args, interpreter: Interpreter) => Value,
): Value {
  const whole = (args: Args, interpreter: Interpreter): Value => {
    if (args.length > rank) throw new QError('rank');
    return args.length < rank ? { kind: 'projection', target, args } : run(args, interpreter);
  };
  const target: Value = define(name, { variadic: whole }, { type: 100, minRank: rank, maxRank: rank });
  return target;
}

/** Gives the interpreter the functions, as globals. */
export function installDatabaseFunctions(interpreter: Interpreter): void {
  for (const [name, [rank, run]] of Object.entries(FUNCTIONS)) {
    interpreter.globals.set(name, databaseFunction(name, rank, run));
  }
  for (const text of IN_Q) interpreter.evaluateText(text);
}

function saved(
  dir: Value,
  part: Value,
  field: string | undefined,
  name: Value,
  domain: string,
  q: Interpreter,
): Value {
  savePartition(pathOf(dir), part, field, nameOf(name), domain, q);
  return name;
}

/** Looks at the current directory's partitions again. */
function reshow(mayLack: boolean, interpreter: Interpreter): Value {
  const found = findPartitions('.', interpreter);
  if (found !== undefined) showPartitions(found, mayLack, interpreter);
  return NULL;
}

/** Restricts all queries to some partitions; without values the restriction ends. */
function viewPartitions(values: Value, interpreter: Interpreter): Value {
  const found = findPartitions('.', interpreter);
  if (found === undefined) return NULL;
  if (values.kind === 'null') {
    showPartitions(found, false, interpreter);
    return NULL;
  }
  if (values.kind !== 'vector' && values.kind !== 'atom') throw new QError('type');
  const wanted = new Set((values.kind === 'atom' ? [values.value] : [...values.data]).map(Number));
  const partitions = found.partitions.filter(({ value }) => wanted.has(value));
  if (partitions.length === 0) throw new QError('invalid partition filter');
  showPartitions({ ...found, partitions }, false, interpreter);
  const all = Int32Array.from(found.partitions, ({ value }) => value);
  interpreter.setVariable('.Q.PV', partitionValues(found.field, all), '');
  interpreter.setVariable('.Q.PD', symbols(found.partitions.map(({ root }) => `:${root}`)), '');
  return NULL;
}

function countsOf({ partitioned }: PartitionedTable, interpreter: Interpreter): number[] {
  const { partitions, name, mayLack } = partitioned;
  return partitions.map(partition => rowsOf(partition, name, mayLack, readContext(interpreter)));
}

function rowsAt(table: Value, rows: Value): Value {
  if (rows.kind !== 'vector' || rows.type !== 7) throw new QError('type');
  const { names, columns } = partitionedOf(table);
  const count = countOf(table);
  const positions = Int32Array.from(rows.data, row => (row < 0n || row >= count ? -1 : Number(row)));
  return { kind: 'table', names, columns: columns.map(column => pick(column, positions)), sorted: false };
}

function partitionedOf(table: Value): PartitionedTable {
  if (!isPartitioned(table)) throw new QError('type');
  return table;
}

function isSplayedTable(table: Value): boolean {
  return table.kind === 'table' && 'directory' in table;
}

function directoryOf(value: Value): string | undefined {
  return value.kind === 'null' ? undefined : pathOf(value);
}

function pathOf(value: Value): string {
  const path = filePath(value);
  if (path === undefined) throw new QError('type');
  return path;
}

function nameOf(value: Value): string {
  if (value.kind !== 'atom' || value.type !== 11) throw new QError('type');
  return value.value;
}
