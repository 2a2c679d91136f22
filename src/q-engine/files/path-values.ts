import { basename } from 'node:path';
import type { Interpreter } from '../evaluator/interpreter.ts';
import { domainOf } from '../primitives/enumerations.ts';
import { QError, type Value } from '../values/value.ts';
import { functionReader } from './function-reader.ts';
import {
  isSplayed,
  type ReadContext,
  readSplayed,
  readValueFile,
  writeSplayed,
  writeValueFile,
} from './splayed.ts';
import { defaultZip, type ZipChoice } from './zip-parameters.ts';

/** How values are read from files for an interpreter: enumerations point into its globals. */
export function readContext(interpreter: Interpreter): ReadContext {
  return {
    store: interpreter.host,
    functions: functionReader,
    domain: name => domainOf(name, interpreter),
  };
}

/** The value of a file, or the splayed table in a directory: what a file symbol stands for. */
export function readPath(path: string, interpreter: Interpreter): Value {
  const context = readContext(interpreter);
  const directory = withoutSlash(path);
  return isSplayed(directory, context.store) ? readSplayed(directory, context) : readValueFile(path, context);
}

/**
 * Writes a value into a file, or a table into a directory if the path ends in a slash or such a table is there.
 * Signals `type` for a table with keys, symbols that are not enumerated or mixed columns.
 */
export function writePath(
  path: string,
  value: Value,
  interpreter: Interpreter,
  zip: ZipChoice = defaultZip(interpreter),
): void {
  const store = interpreter.host;
  const directory = withoutSlash(path);
  if (!path.endsWith('/') && !isSplayed(directory, store)) {
    writeValueFile(path, value, store, zip(basename(path)));
    return;
  }
  if (value.kind !== 'table') throw new QError('type');
  writeSplayed(directory, value, store, zip);
}

export function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
