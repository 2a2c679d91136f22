/** The functions of .Q that work on databases. */
import type { Interpreter } from '../evaluator/interpreter.ts';
import { runSystemCommand } from '../evaluator/system-commands.ts';
import { define } from '../primitives/registry.ts';
import { countOf, itemsOf } from '../values/items.ts';
import { boolean, list, long, longs, symbol, symbols } from '../values/make.ts';
import { pick } from '../values/select-items.ts';
import { NULL, QError, type Value } from '../values/value.ts';
import { findPartitions, loadDirectory, type Prototype, showPartitions } from './database.ts';
import { enumerateTable } from './enumerate-files.ts';
import { isPartitioned, type PartitionedTable, partitionValues, rowsOf } from './partitioned.ts';
import { readContext } from './path-values.ts';
import { fillPartitions, partitionPath, savePartition } from './save-partition.ts';
import { streamFile, streamPipe } from './stream-text.ts';
import { filePath } from './text-source.ts';

const DEFAULT_DOMAIN = 'sym';

/** Written in q: what needs no more than the others. */
const IN_Q = [
  '.Q.hdpf:{[hdb;dir;part;field] names:t idesc count each get each t:tables`.; .Q.dpft[dir;part;field] each names;' +
    ' {@[`.;x;0#]} each names; if[h:@[hopen;hdb;0]; h"\\\\l ."; hclose h];}',
  '.Q.fs:{[f;file] .Q.fsn[f;file;131000]}',
  '.Q.fps:{[f;file] .Q.fpn[f;file;131000]}',
  '.Q.M:0W',
  '.Q.MAP:{[x] }',
  '.Q.ld:{[lines] at:where not lines like "[ \\t]*"; (1+at;"\\n" sv/: at cut lines)}',
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
  '.Q.chk': [1, ([dir], q) => list(fillPartitions(pathOf(dir!), q).map(paths => symbolsOrEmpty(paths)))],
  '.Q.bv': [1, ([x], q) => reshow(x!.kind === 'null' ? 'last' : 'first', q)],
  '.Q.bvi': [1, ([x], q) => reshow(x!.kind === 'null' ? 'last' : 'first', q)],
  '.Q.li': [1, ([values], q) => addPartitions(values!, q)],
  '.Q.l': [1, ([path], q) => runSystemCommand(`l ${filePath(path!) ?? nameOf(path!)}`, q)],
  '.Q.lo': [3, ([path, enters, scripts], q) => loadWithout(path!, isTrue(enters!), isTrue(scripts!), q)],
  '.Q.fsn': [3, ([f, file, chunk], q) => streamFile(f!, file!, chunk!, q)],
  '.Q.fpn': [3, ([f, file, chunk], q) => streamPipe(f!, file!, chunk!, q)],
  '.Q.view': [1, ([values], q) => viewPartitions(values!, q)],
  '.Q.cn': [1, ([table], q) => countsOf(partitionedOf(table!), q)],
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
function reshow(prototype: Prototype, interpreter: Interpreter): Value {
  const found = findPartitions('.', interpreter);
  if (found !== undefined) showPartitions(found, prototype, interpreter);
  return NULL;
}

/** .Q.li: of the partitions that are on disk also those of these values. */
function addPartitions(values: Value, interpreter: Interpreter): Value {
  const found = findPartitions('.', interpreter);
  if (found === undefined) return NULL;
  const wanted = new Set([...numbersOf(values), ...numbersOf(interpreter.getVariable('.Q.pv', ''))]);
  const partitions = found.partitions.filter(({ value }) => wanted.has(value));
  showPartitions({ ...found, partitions }, 'none', interpreter);
  return NULL;
}

function numbersOf(values: Value): number[] {
  if (values.kind === 'atom') return [Number(values.value)];
  if (values.kind !== 'vector') throw new QError('type');
  return Array.from(values.data as Int32Array, Number);
}

/** .Q.lo: loads a database, as one wants without entering its directory or without its scripts. */
function loadWithout(path: Value, enters: boolean, scripts: boolean, interpreter: Interpreter): Value {
  const directory = filePath(path) ?? nameOf(path);
  if (!enters) return loadDirectory(directory, !scripts, interpreter);
  interpreter.host.system('cd', directory);
  return loadDirectory('.', !scripts, interpreter);
}

function isTrue(value: Value): boolean {
  return value.kind === 'atom' && Number(value.value) !== 0;
}

function symbolsOrEmpty(paths: readonly string[]): Value {
  return paths.length === 0 ? list([]) : symbols(paths.map(path => `:${path}`));
}

/** Restricts all queries to some partitions; without values the restriction ends. */
function viewPartitions(values: Value, interpreter: Interpreter): Value {
  const found = findPartitions('.', interpreter);
  if (found === undefined) return NULL;
  if (values.kind === 'null') {
    showPartitions(found, 'none', interpreter);
    return NULL;
  }
  if (values.kind !== 'vector' && values.kind !== 'atom') throw new QError('type');
  const wanted = new Set(numbersOf(values));
  const partitions = found.partitions.filter(({ value }) => wanted.has(value));
  if (partitions.length === 0) throw new QError('invalid partition filter');
  showPartitions({ ...found, partitions }, 'none', interpreter);
  const all = Int32Array.from(found.partitions, ({ value }) => value);
  interpreter.setVariable('.Q.PV', partitionValues(found.field, all), '');
  interpreter.setVariable('.Q.PD', symbols(found.partitions.map(({ root }) => `:${root}`)), '');
  return NULL;
}

/** .Q.cn: the rows of a table in each partition, which .Q.pn then knows. */
function countsOf({ partitioned }: PartitionedTable, interpreter: Interpreter): Value {
  const { partitions, name, mayLack } = partitioned;
  const context = readContext(interpreter);
  const counts = partitions.map(partition => BigInt(rowsOf(partition, name, mayLack, context)));
  const answer = longs(BigInt64Array.from(counts));
  const known = interpreter.getVariable('.Q.pn', '');
  if (known.kind === 'dictionary') {
    const at = itemsOf(known.keys).findIndex(key => (key as { value: string }).value === name);
    const values = itemsOf(known.values).map((value, i) => (i === at ? answer : value));
    interpreter.setVariable('.Q.pn', { ...known, values: list(values) }, '');
  }
  return answer;
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
