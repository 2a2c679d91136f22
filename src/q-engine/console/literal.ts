import { countOf } from '../values/items.ts';
import { spend } from '../values/limits.ts';
import { dictionary, symbol, symbols } from '../values/make.ts';
import { placeOnDisk } from '../values/mapped.ts';
import { typeName } from '../values/types.ts';
import type { Dictionary, Projection, Table, Value, Vector } from '../values/value.ts';
import { atomLiteral, itemsLiteral } from './atom-text.ts';

/** The names under which kdb+ shows the unary forms of operators. */
const UNARY_OPERATORS: Readonly<Record<string, string>> = {
  flip: '+:',
  neg: '-:',
  first: '*:',
  reciprocal: '%:',
  where: '&:',
  reverse: '|:',
  null: '^:',
  group: '=:',
  iasc: '<:',
  idesc: '>:',
  string: '$:',
  enlist: ',:',
  count: '#:',
  floor: '_:',
  not: '~:',
  key: '!:',
  distinct: '?:',
  type: '@:',
  value: '.:',
  read0: '0::',
  read1: '1::',
};

/**
 * A value on one line as an expression that gives it; what -3! gives. What is beyond `limit` characters may be
 * left out.
 */
export function literal(value: Value, precision: number, limit = Number.POSITIVE_INFINITY): string {
  spend(1);
  switch (value.kind) {
    case 'atom':
      return atomLiteral(value, precision);
    case 'vector':
      return vectorLiteral(value, precision, limit);
    case 'list':
      return listLiteral(value.items, precision, limit);
    case 'dictionary':
      return dictionaryLiteral(value, precision, limit);
    case 'table':
      return tableLiteral(value, precision, limit);
    case 'lambda':
    case 'view':
      return value.source;
    case 'primitive':
      return value.type === 101 ? (UNARY_OPERATORS[value.name] ?? value.name) : value.name;
    case 'projection':
      return projectionLiteral(value, precision);
    case 'composition':
      return value.parts.map(part => literal(part, precision)).join('');
    case 'derived':
      return literal(value.target, precision) + value.iterator;
    case 'null':
      return value.elided ? '' : '::';
  }
}

function vectorLiteral(vector: Vector, precision: number, limit: number): string {
  const count = countOf(vector);
  const attribute = vector.attribute === '' ? '' : `\`${vector.attribute}#`;
  if (count === 0) return attribute + emptyLiteral(vector);
  const text = itemsLiteral(vector, precision, limit);
  if (count > 1) return attribute + text;
  // `domain$,`symbol
  return attribute + (vector.type === 20 ? text.replace('$', '$,') : `,${text}`);
}

function emptyLiteral(vector: Vector): string {
  if (vector.type === 10) return '""';
  if (vector.type === 20) return `\`${vector.domain.name}$()`;
  return `\`${typeName(vector.type)}$()`;
}

function listLiteral(items: readonly Value[], precision: number, limit: number): string {
  if (items.length === 0) return '()';
  if (items.length === 1) return `,${literal(items[0]!, precision, limit)}`;
  const parts: string[] = [];
  let length = 0;
  for (const item of items) {
    if (length > limit) break;
    const text = literal(item, precision, limit);
    parts.push(text);
    length += text.length + 1;
  }
  return `(${parts.join(';')})`;
}

function dictionaryLiteral({ keys, values, sorted }: Dictionary, precision: number, limit: number): string {
  const keysText = literal(keys, precision, limit);
  const needsParentheses = keys.kind === 'table' || countOf(keys) < 2 || keysText.includes('#');
  const left = needsParentheses && !keysText.startsWith('(') ? `(${keysText})` : keysText;
  return `${sorted && keys.kind !== 'table' && !keysText.startsWith('`s#') ? '`s#' : ''}${left}!${literal(values, precision, limit)}`;
}

/** A table on disk is its columns' names and where it is. */
function tableLiteral(table: Table, precision: number, limit: number): string {
  const { names, columns, sorted } = table;
  const place = placeOnDisk(table);
  if (place !== undefined)
    return literal(dictionary(symbols(place.names), symbol(place.name)), precision).replace(/^/, '+');
  const namesText = literal(symbols(names), precision, limit);
  const left = names.length === 1 ? `(${namesText})` : namesText;
  return `${sorted ? '`s#' : ''}+${left}!${listLiteral(columns, precision, limit)}`;
}

function projectionLiteral({ target, args }: Projection, precision: number): string {
  return `${literal(target, precision)}[${args.map(arg => literal(arg, precision)).join(';')}]`;
}
