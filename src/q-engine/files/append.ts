import type { Interpreter } from '../evaluator/interpreter.ts';
import { rowsFor, upsertRows } from '../primitives/tables.ts';
import { countOf } from '../values/items.ts';
import { join } from '../values/join.ts';
import { QError, type Table, type Value } from '../values/value.ts';
import { type Append, appendInPlace } from './column-append.ts';
import { isListFile } from './object-file.ts';
import { readContext, readPath, withoutSlash, writePath } from './path-values.ts';
import { emptyColumn, isSplayed, readValueFile, splayedNames, writeColumn } from './splayed.ts';
import { readZip } from './stored-file.ts';

/** Appends to the value in a file, or makes the file: what `.[path;();,;value]` does. */
export function appendToPath(path: string, value: Value, interpreter: Interpreter): void {
  const { host } = interpreter;
  if (!exists(path, interpreter)) {
    writePath(path, value, interpreter);
    return;
  }
  if (isSplayed(withoutSlash(path), host)) {
    appendToSplayed(withoutSlash(path), value, interpreter);
    return;
  }
  const append = appendInPlace(path, value, host);
  if (append !== undefined) {
    append.writeItems();
    append.commit();
    return;
  }
  const zip = readZip(path, host);
  writePath(path, join(readPath(path, interpreter), value), interpreter, () => zip);
}

/** Adds rows to a table in a file or directory, or items to a list. */
export function upsertIntoPath(path: string, rows: Value, interpreter: Interpreter): void {
  if (!exists(path, interpreter) || isSplayed(withoutSlash(path), interpreter.host)) {
    appendToPath(path, rows, interpreter);
    return;
  }
  const target = readPath(path, interpreter);
  if (target.kind === 'table' || target.kind === 'dictionary')
    writePath(path, upsertRows(target, rows, interpreter), interpreter);
  else appendToPath(path, rows, interpreter);
}

/**
 * Appends rows to the columns of a splayed table. Of each column the items are written first, and counted from the
 * last column to the first: the first one says how many rows there are, so that a writer that is killed on the way
 * leaves the table as it was. Signals `type` for symbols that are not enumerated.
 */
function appendToSplayed(directory: string, rows: Value, interpreter: Interpreter): void {
  const context = readContext(interpreter);
  const names = splayedNames(directory, context);
  const paths = names.map(name => `${directory}/${name}`);
  const like: Table = {
    kind: 'table',
    names,
    columns: paths.map(path => emptyColumn(path, context)),
    sorted: false,
  };
  const added = rowsFor(like, rows, interpreter).columns;
  for (const column of added) if (column.kind === 'vector' && column.type === 11) throw new QError('type');
  if (added.length === 0 || countOf(added[0]!) === 0) return;
  const appends = paths.map((path, i) => columnAppend(path, added[i]!, interpreter));
  for (const append of appends) append.writeItems();
  for (const append of appends.reverse()) append.commit();
}

/** An empty general list becomes a column of the type that it gets. */
function columnAppend(path: string, added: Value, interpreter: Interpreter): Append {
  const { host } = interpreter;
  const inPlace = isListFile(host.readFile(path, 0, 8)) ? undefined : appendInPlace(path, added, host);
  return inPlace ?? rewrite(path, added, interpreter);
}

/** A column that cannot grow in its place is written anew, and replaced at once. */
function rewrite(path: string, added: Value, interpreter: Interpreter): Append {
  const context = readContext(interpreter);
  const commit = (): void =>
    writeColumn(path, join(readValueFile(path, context), added), context.store, readZip(path, context.store));
  return { writeItems: () => {}, commit };
}

function exists(path: string, { host }: Interpreter): boolean {
  const place = withoutSlash(path);
  return host.inspectPath(place) !== undefined || isSplayed(place, host);
}
