import { basename, dirname, extname } from 'node:path';
import type { Interpreter } from '../evaluator/interpreter.ts';
import { collect, itemsOf } from '../values/items.ts';
import { symbol } from '../values/make.ts';
import { decodeText } from '../values/text.ts';
import { QError, type Value } from '../values/value.ts';
import { readPath, withoutSlash, writePath } from './path-values.ts';
import { prepareText } from './prepare-text.ts';
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
  } else throw new QError(`nyi save ${ending}`);
  return symbol(`:${path}`);
}

/** `load` and `rload`: the value of a file or directory, as the global of its name. */
export function loadNamed(x: Value, interpreter: Interpreter): Value {
  if (x.kind === 'vector' && x.type === 11)
    return collect(itemsOf(x).map(item => loadNamed(item, interpreter)));
  const path = withoutSlash(nameOrPath(x));
  const name = basename(path);
  interpreter.setVariable(name, readPath(path, interpreter));
  return symbol(name);
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
