import type { Convention } from '../../tables/conventions.ts';
import type { ColumnType, TableDefinition } from '../../tables/definitions.ts';
import { QError } from '../errors.ts';
import { tickerplantColumns } from '../tables/convention.ts';

/** A column as q's `meta` describes it; `type` is the letter of column `t`. */
export interface MetaColumn {
  readonly name: string;
  readonly type: string;
}

/** The columns of a live table, or the error that q signals when asked for them. */
export type LiveTable = readonly MetaColumn[] | QError;

const TYPE_LETTERS: Readonly<Record<ColumnType, string>> = {
  timespan: 'n',
  timestamp: 'p',
  symbol: 's',
  float: 'f',
  long: 'j',
};

const TYPE_NAMES: Readonly<Record<string, string>> = {
  b: 'boolean',
  g: 'guid',
  x: 'byte',
  h: 'short',
  i: 'int',
  j: 'long',
  e: 'real',
  f: 'float',
  c: 'char',
  s: 'symbol',
  p: 'timestamp',
  m: 'month',
  d: 'date',
  z: 'datetime',
  n: 'timespan',
  u: 'minute',
  v: 'second',
  t: 'time',
  ' ': 'mixed',
};

/**
 * How a tickerplant's table differs from the definition, column by column, as one line; undefined where names, order
 * and types are the same.
 */
export function schemaDifference(
  definition: TableDefinition,
  convention: Convention,
  live: LiveTable,
): string | undefined {
  if (live instanceof QError) {
    const missing = live.signal === definition.name;
    return `table ${definition.name} ${missing ? 'is missing' : `cannot be read ('${live.signal})`}`;
  }
  const expected = tickerplantColumns(definition, convention);
  const liveByName = new Map(live.map(column => [column.name, column]));
  const expectedNames = new Set(expected.map(column => column.name));

  const differences: string[] = [];
  for (const { name, type } of expected) {
    const column = liveByName.get(name);
    if (!column) differences.push(`column ${name} (${type}) is missing`);
    else if (column.type !== TYPE_LETTERS[type]) {
      differences.push(`column ${name} is ${nameOf(column.type)}, expected ${type}`);
    }
  }
  for (const { name, type } of live) {
    if (!expectedNames.has(name)) differences.push(`column ${name} (${nameOf(type)}) is unknown`);
  }
  // With columns missing or unknown, every later place is off by one: saying so would hide the cause.
  if (differences.length === 0) {
    const misplaced = expected.findIndex((column, i) => column.name !== live[i]!.name);
    if (misplaced >= 0) {
      differences.push(
        `column ${misplaced + 1} is ${live[misplaced]!.name}, expected ${expected[misplaced]!.name}`,
      );
    }
  }
  return differences.length === 0 ? undefined : `table ${definition.name}: ${differences.join(', ')}`;
}

/** An upper-case letter is a column of lists of that type. */
function nameOf(letter: string): string {
  const lowerCase = letter.toLowerCase();
  const name = TYPE_NAMES[lowerCase] ?? `type "${letter}"`;
  return letter === lowerCase ? name : `lists of ${name}`;
}
