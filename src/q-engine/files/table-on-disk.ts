import type { Interpreter } from '../evaluator/interpreter.ts';
import { itemsOf } from '../values/items.ts';
import type { UnreadDictionary } from '../values/mapped.ts';
import { QError, type Table, type Value } from '../values/value.ts';
import { isPartitioned, partitionedTable } from './partitioned.ts';
import { readContext, withoutSlash } from './path-values.ts';
import { isSplayed, lazyColumns, marked, readSplayed } from './splayed.ts';

/**
 * The flip of names!`:path or names!`name: those columns of a splayed table, read when they are looked at, or of a
 * partitioned one that is loaded. Where there is none the table is made all the same; looking at it signals.
 */
export function tableOnDisk({ keys, values }: UnreadDictionary, interpreter: Interpreter): Table {
  const names = itemsOf(keys).map(key => (key as { value: string }).value);
  const name = values.value;
  return name.startsWith(':')
    ? splayedColumns(names, name, interpreter)
    : partitionedColumns(names, name, interpreter);
}

function splayedColumns(names: readonly string[], name: string, interpreter: Interpreter): Table {
  const directory = withoutSlash(name.slice(1));
  const context = readContext(interpreter);
  if (!isSplayed(directory, context.store))
    return unresolved(names, name, column => `${directory}/${column}. OS reports: No such file or directory`);
  const whole = readSplayed(directory, context);
  const columns = lazyColumns(names.length, i => columnNamed(whole, names[i]!));
  const mapped = { names, name };
  return marked({ kind: 'table', names, columns, sorted: false }, { directory, mapped });
}

function columnNamed(table: Table, name: string): Value {
  const column = table.columns[table.names.indexOf(name)];
  if (column === undefined) throw new QError(name);
  return column;
}

function partitionedColumns(names: readonly string[], name: string, interpreter: Interpreter): Table {
  const loaded = interpreter.findVariable(name);
  if (loaded === undefined || !isPartitioned(loaded)) return unresolved(names, name, () => name);
  const { field, partitions, mayLack } = loaded.partitioned;
  return partitionedTable(name, field, partitions, names, mayLack, interpreter);
}

function unresolved(names: readonly string[], name: string, message: (column: string) => string): Table {
  const columns = lazyColumns(names.length, i => {
    throw new QError(message(names[i]!));
  });
  const mapped = { names, name, isUnresolved: true };
  return marked({ kind: 'table', names, columns, sorted: false }, { mapped });
}
