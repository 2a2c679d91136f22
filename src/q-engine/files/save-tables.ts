import type { Interpreter } from '../evaluator/interpreter.ts';
import { setAttribute } from '../primitives/attributes.ts';
import { itemsOf } from '../values/items.ts';
import { QError, type Table, type Value } from '../values/value.ts';
import { enumerateTable } from './enumerate-files.ts';
import { withoutSlash, writePath } from './path-values.ts';

/**
 * `path dsave names`: writes global tables splayed, enumerated over the path's sym, with their first columns parted.
 * A path of several symbols is the database and where in it the tables belong.
 */
export function saveTables(x: Value, y: Value, interpreter: Interpreter): Value {
  const [root, ...within] = symbolsOf(x);
  if (root === undefined || !root.startsWith(':')) throw new QError('type');
  const database = withoutSlash(root.slice(1));
  for (const name of symbolsOf(y)) {
    const table = interpreter.getVariable(name);
    if (table.kind !== 'table') throw new QError('type');
    const enumerated = enumerateTable(database, table, 'sym', interpreter);
    writePath(`${[database, ...within, name].join('/')}/`, firstParted(enumerated), interpreter);
  }
  return y;
}

function firstParted(table: Table): Table {
  const [first, ...rest] = table.columns;
  return first === undefined ? table : { ...table, columns: [setAttribute('p', first), ...rest] };
}

function symbolsOf(value: Value): string[] {
  if ((value.kind !== 'atom' && value.kind !== 'vector') || value.type !== 11) throw new QError('type');
  return itemsOf(value).map(item => (item as { value: string }).value);
}
