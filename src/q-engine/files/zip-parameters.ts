/** What `set` and .z.zd say of how files are to be compressed. */
import { basename } from 'node:path';
import type { Interpreter } from '../evaluator/interpreter.ts';
import { itemsOf } from '../values/items.ts';
import { QError, type Value } from '../values/value.ts';
import { wholeNumber } from './text-source.ts';
import type { ZipParameters } from './zipped-file.ts';

/** How the file, or the column, of a name is compressed; undefined: not at all. */
export type ZipChoice = (name: string) => ZipParameters | undefined;

/** Logical block size, algorithm and level; undefined where the algorithm is none. */
export function zipParametersOf(values: readonly Value[]): ZipParameters | undefined {
  if (values.length !== 3) throw new QError('length');
  const [blockBits, algorithm, level] = values.map(wholeNumber) as [number, number, number];
  return algorithm === 0 ? undefined : { blockBits, algorithm, level };
}

/** Three integers for all, or a dictionary of such by the names of columns, in which the null symbol is the rest. */
export function zipChoiceOf(value: Value, otherwise: ZipChoice): ZipChoice {
  if (value.kind !== 'dictionary') {
    const parameters = zipParametersOf(itemsOf(value));
    return () => parameters;
  }
  const { keys } = value;
  if (keys.kind !== 'vector' || keys.type !== 11) throw new QError('type');
  const names = itemsOf(keys).map(key => (key as { value: string }).value);
  const choices = new Map(
    itemsOf(value.values).map((item, i) => [names[i]!, zipParametersOf(itemsOf(item))]),
  );
  return name =>
    choices.has(name) ? choices.get(name) : choices.has('') ? choices.get('') : otherwise(name);
}

/** .z.zd, which is for files whose names have no ending. */
export function defaultZip({ host }: Interpreter): ZipChoice {
  const setting = host.dotz('.z.zd');
  if (setting === undefined) return () => undefined;
  const choice = zipChoiceOf(setting, () => undefined);
  return name => (basename(name).includes('.') ? undefined : choice(name));
}
