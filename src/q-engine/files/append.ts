import { encodeBody } from '../codec/index.ts';
import type { Interpreter } from '../evaluator/interpreter.ts';
import { upsertRows } from '../primitives/tables.ts';
import { join } from '../values/join.ts';
import type { Value } from '../values/value.ts';
import { isListFile } from './object-file.ts';
import { readPath, withoutSlash, writePath } from './path-values.ts';
import { isSplayed } from './splayed.ts';

/** Appends to the value in a file, or makes the file: what `.[path;();,;value]` does. */
export function appendToPath(path: string, value: Value, interpreter: Interpreter): void {
  const { host } = interpreter;
  if (!exists(path, interpreter)) {
    writePath(path, value, interpreter);
    return;
  }
  // Lists, of which logs are one, grow at their end and are not read for it.
  if (!isSplayed(withoutSlash(path), host) && isListFile(host.readFile(path, 0, 8))) {
    const items = value.kind === 'list' ? value.items : [value];
    host.appendFile(path, Buffer.concat(items.map(encodeBody)));
    return;
  }
  writePath(path, join(readPath(path, interpreter), value), interpreter);
}

/** Adds rows to a table in a file or directory, or items to a list. */
export function upsertIntoPath(path: string, rows: Value, interpreter: Interpreter): void {
  const target = exists(path, interpreter) ? readPath(path, interpreter) : undefined;
  if (target === undefined) writePath(path, rows, interpreter);
  else if (target.kind === 'table' || target.kind === 'dictionary') {
    writePath(path, upsertRows(target, rows, interpreter), interpreter);
  } else appendToPath(path, rows, interpreter);
}

function exists(path: string, { host }: Interpreter): boolean {
  const place = withoutSlash(path);
  return host.inspectPath(place) !== undefined || isSplayed(place, host);
}
