import { basename, dirname, extname } from 'node:path';
import { plainText } from '../console/index.ts';
import type { Interpreter } from '../evaluator/interpreter.ts';
import { collect, countOf, itemsOf } from '../values/items.ts';
import { dictionary, symbol, symbols } from '../values/make.ts';
import { decodeText } from '../values/text.ts';
import { QError, type Value } from '../values/value.ts';
import { readPath, withoutSlash, writePath } from './path-values.ts';
import { prepareText } from './prepare-text.ts';
import { isSplayed } from './splayed.ts';
import { joinLines, pathText } from './text-source.ts';

const DELIMITERS: Readonly<Record<string, string>> = { '.csv': ',', '.txt': '\t' };

/** `save`: the global of a file's name, as a value or, by the file's ending, as text. */
export function saveNamed(x: Value, interpreter: Interpreter): Value {
  if (x.kind === 'vector' && x.type === 11)
    return collect(itemsOf(x).map(item => saveNamed(item, interpreter)));
  const path = nameOrPath(x);
  const ending = extname(path);
  const value = interpreter.getVariable(basename(path, ending));
  const delimiter = DELIMITERS[ending];
  if (ending === '') writePath(path, value, interpreter);
  else if (delimiter !== undefined) {
    const lines = itemsOf(prepareText(delimiter.charCodeAt(0), value, interpreter.precision));
    interpreter.host.writeFile(
      path,
      joinLines(lines.map(line => decodeText((line as { data: Uint8Array }).data))),
    );
  } else if (ending === '.xml')
    interpreter.host.writeFile(path, joinLines(xmlLines(value, interpreter.precision)));
  else if (ending === '.xls') interpreter.host.writeFile(path, joinLines(sheetLines(value, interpreter)));
  else throw new QError(`nyi save ${ending}`);
  return symbol(`:${path}`);
}

/** A table as the XML of an Excel workbook, which .h.ed makes. */
function sheetLines(value: Value, interpreter: Interpreter): string[] {
  const lines = interpreter.apply(interpreter.getVariable('.h.ed'), [value]);
  return itemsOf(lines).map(line => decodeText((line as { data: Uint8Array }).data));
}

/** A table as XML: an element R of rows r, which have an element for each column. */
function xmlLines(value: Value, precision: number): string[] {
  if (value.kind !== 'table') throw new QError('type');
  const cells = value.columns.map(column =>
    itemsOf(column).map(item => {
      if (item.kind === 'vector' && item.type === 10) return escapeXml(decodeText(item.data));
      if (item.kind !== 'atom') throw new QError('type');
      return escapeXml(plainText(item, precision));
    }),
  );
  const row = (_: unknown, at: number): string =>
    `<r>${value.names.map((name, i) => `<${name}>${cells[i]![at]!}</${name}>`).join('')}</r>`;
  return ['<R>', ...Array.from({ length: countOf(value) }, row), '</R>'];
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * `load` and `rload`: the value of a file or directory, as the global of its name; of a directory that is no table a
 * dictionary of what is in it.
 */
export function loadNamed(x: Value, interpreter: Interpreter): Value {
  if (x.kind === 'vector' && x.type === 11)
    return collect(itemsOf(x).map(item => loadNamed(item, interpreter)));
  const path = withoutSlash(nameOrPath(x));
  const name = basename(path);
  interpreter.setVariable(name, valueAt(path, interpreter));
  return symbol(name);
}

function valueAt(path: string, interpreter: Interpreter): Value {
  const { host } = interpreter;
  const content = host.inspectPath(path);
  if (content === undefined || !('names' in content) || isSplayed(path, host))
    return readPath(path, interpreter);
  const values = content.names.map(name => valueAt(`${path}/${name}`, interpreter));
  return dictionary(symbols(content.names), collect(values));
}

/** `rsave`: the global table of a directory's name, splayed into it. */
export function splayNamed(x: Value, interpreter: Interpreter): Value {
  if (x.kind === 'vector' && x.type === 11)
    return collect(itemsOf(x).map(item => splayNamed(item, interpreter)));
  const path = withoutSlash(nameOrPath(x));
  const directory = dirname(path) === '.' ? basename(path) : path;
  writePath(`${directory}/`, interpreter.getVariable(basename(path)), interpreter);
  return symbol(`:${directory}/`);
}

function nameOrPath(x: Value): string {
  if (x.kind === 'atom' && x.type === 11 && !x.value.startsWith(':')) return x.value;
  return pathText(x);
}
