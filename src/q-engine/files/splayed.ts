import type { FunctionReader } from '../codec/index.ts';
import type { EngineHost } from '../host.ts';
import { countOf, isListLike } from '../values/items.ts';
import { symbolNames, symbols } from '../values/make.ts';
import { slice } from '../values/select-items.ts';
import { type EnumDomain, QError, type Table, type Value } from '../values/value.ts';
import { COUNT_OFFSET } from './file-layout.ts';
import { encodeNested } from './nested-file.ts';
import { decodeFile, encodeFile, HEAD_BYTES, headCount, vectorPlaces } from './object-file.ts';
import { readPlain, readValueImage, writeImage } from './stored-file.ts';
import type { ZipChoice } from './zip-parameters.ts';
import type { ZipParameters } from './zipped-file.ts';

/** Files as the host gives them. */
export type FileStore = Pick<
  EngineHost,
  'readFile' | 'writeFile' | 'writeFileAt' | 'appendFile' | 'removeFile' | 'inspectPath' | 'lockFile'
>;

/** What reading values from files needs. */
export interface ReadContext {
  readonly store: FileStore;
  readonly functions: FunctionReader;
  domain(name: string): EnumDomain;
}

/** The file that lists a splayed table's columns. */
const COLUMN_LIST = '.d';

/** Compresses nothing. */
const PLAIN: ZipChoice = () => undefined;

/** The value in a file. */
export function readValueFile(path: string, { store, functions, domain }: ReadContext): Value {
  const companion = () => readPlain(`${path}#`, store);
  return decodeFile(readValueImage(path, store), { functions, domain, companion });
}

/** Writes a value into a file of its own. */
export function writeValueFile(path: string, value: Value, store: FileStore, zip?: ZipParameters): void {
  writeImage(path, encodeFile(value), store, zip);
}

/** Writes a column of a splayed table. Signals `type` for symbols that are not enumerated and for mixed lists. */
export function writeColumn(path: string, column: Value, store: FileStore, zip?: ZipParameters): void {
  if (!isListLike(column)) throw new QError('type');
  checkColumn(column);
  const companionPath = `${path}#`;
  if (column.kind === 'list' && column.items.length > 0) {
    const { bytes, companion } = encodeNested(column.items);
    writeImage(companionPath, companion, store, zip);
    writeImage(path, bytes, store, zip);
    return;
  }
  writeValueFile(path, column, store, zip);
  if (store.inspectPath(companionPath) !== undefined) store.removeFile(companionPath);
}

function checkColumn(column: Value): void {
  if (column.kind === 'vector' && column.type === 11) throw new QError('type');
  if (column.kind === 'list' && column.items.length > 0) encodeNested(column.items);
}

/** Writes a table into a directory, a file for each column and their list. Signals as {@link writeColumn}. */
export function writeSplayed(
  directory: string,
  table: Table,
  store: FileStore,
  zip: ZipChoice = PLAIN,
): void {
  // What cannot be written is refused before anything is.
  for (const column of table.columns) checkColumn(column);
  for (const [i, name] of table.names.entries())
    writeColumn(`${directory}/${name}`, table.columns[i]!, store, zip(name));
  writeValueFile(`${directory}/${COLUMN_LIST}`, symbols(table.names), store);
}

/** Whether a directory holds a splayed table. */
export function isSplayed(directory: string, store: FileStore): boolean {
  return store.inspectPath(`${directory}/${COLUMN_LIST}`) !== undefined;
}

/** The names of a splayed table's columns. */
export function splayedNames(directory: string, context: ReadContext): string[] {
  const names = readValueFile(`${directory}/${COLUMN_LIST}`, context);
  if (names.kind !== 'vector' || names.type !== 11) throw new QError('type');
  return symbolNames(names);
}

/** How many items a column's file has, from its head where that tells. */
export function columnCount(path: string, context: ReadContext): number {
  return headCount(context.store.readFile(path, 0, HEAD_BYTES)) ?? countOf(readValueFile(path, context));
}

/** An empty column of the type of a column's file. */
export function emptyColumn(path: string, context: ReadContext): Value {
  const head = Uint8Array.from(context.store.readFile(path, 0, HEAD_BYTES));
  const places = vectorPlaces(head);
  if (places === undefined) return slice(readValueFile(path, context), 0, 0);
  head.fill(0, places.headerAt + COUNT_OFFSET, places.headerAt + COUNT_OFFSET + 8);
  const empty = decodeFile(head.subarray(0, places.dataAt), {
    ...context,
    companion: () => new Uint8Array(),
  });
  return empty.kind === 'vector' ? { ...empty, attribute: '' } : empty;
}

/** A table that is in a directory; a table made of it is none. */
export interface SplayedTable extends Table {
  readonly directory: string;
}

/**
 * A splayed table, whose columns are read when they are first looked at. The first one says how many rows there
 * are: a writer that appends makes it longer last, so what others have beyond it does not count yet. Signals
 * `length` for a column that is shorter.
 */
export function readSplayed(directory: string, context: ReadContext): SplayedTable {
  const names = splayedNames(directory, context);
  const rows = names.length === 0 ? 0 : columnCount(`${directory}/${names[0]}`, context);
  const columns = lazyColumns(names.length, i => {
    const column = readValueFile(`${directory}/${names[i]}`, context);
    const count = countOf(column);
    if (count < rows) throw new QError('length');
    return count === rows ? column : slice(column, 0, rows);
  });
  const mapped = { names, name: `:${directory}/` };
  return marked({ kind: 'table', names, columns, sorted: false }, { directory, mapped });
}

/** `count` values, each made when it is first looked at. */
export function lazyColumns(count: number, make: (index: number) => Value): readonly Value[] {
  const columns: Value[] = [];
  for (let i = 0; i < count; i++) {
    Object.defineProperty(columns, i, {
      configurable: true,
      enumerable: true,
      get() {
        const value = make(i);
        Object.defineProperty(columns, i, { value, configurable: true, enumerable: true, writable: true });
        return value;
      },
    });
  }
  return columns;
}

/** The table with marks of where it comes from, which a table made of it does not inherit. */
export function marked<M extends object>(table: Table, marks: M): Table & M {
  const properties = Object.entries(marks).map(
    ([name, value]) => [name, { value, enumerable: false }] as const,
  );
  return Object.defineProperties(table, Object.fromEntries(properties)) as Table & M;
}
