import { jsonReply, type Reply } from '../http/reply.ts';
import { badRequest } from './rest-errors.ts';
import { choiceParameter, cursorOf, integerParameter, type RestRequest } from './rest-request.ts';

/** Where the page after this one begins; in cursors only. */
const AFTER = 'ap';

/** How a list of reference data is asked for. */
export interface ListTraits<T> {
  readonly defaultLimit: number;
  readonly mostLimit: number;
  /** Columns by which it can be sorted and filtered (`name`, `name.gte`, ...); the first one is the default. */
  readonly columns: Readonly<Record<string, (row: T) => string>>;
  readonly defaultOrder: 'asc' | 'desc';
  /** `sort=column.asc`, as the newer endpoints have it, in place of `sort=column&order=asc`. */
  readonly sortWithOrder: boolean;
}

/**
 * A page of `rows`, filtered, sorted and cut as the request says.
 *
 * @throws RestRefusal
 */
export function referencePage<T>(
  request: RestRequest,
  rows: readonly T[],
  traits: ListTraits<T>,
  json: (row: T) => object,
): Reply {
  const limit = integerParameter(request, 'limit', traits.defaultLimit, traits.mostLimit);
  const { column, order } = sorting(request, traits);
  const sortKey = traits.columns[column]!;
  const wanted = rows.filter(row => matches(request, row, traits));
  const sign = order === 'asc' ? 1 : -1;
  // Array.sort is stable: rows of the same key keep their order from page to page.
  wanted.sort((a, b) => (sortKey(a) === sortKey(b) ? 0 : sortKey(a) < sortKey(b) ? -sign : sign));
  const begin = Number(request.parameters.get(AFTER) ?? 0);
  const page = wanted.slice(begin, begin + limit);
  const more = begin + limit < wanted.length;
  const parameters = new Map(request.parameters).set(AFTER, String(begin + limit));
  return jsonReply(200, {
    results: page.map(json),
    status: 'OK',
    request_id: request.id,
    ...(request.path === '/v3/reference/tickers' ? { count: page.length } : {}),
    ...(more ? { next_url: `${request.origin}${request.path}?cursor=${cursorOf(parameters)}` } : {}),
  });
}

function sorting<T>(
  request: RestRequest,
  { columns, defaultOrder, sortWithOrder }: ListTraits<T>,
): { column: string; order: 'asc' | 'desc' } {
  const names = Object.keys(columns);
  const [first = ''] = names;
  if (!sortWithOrder) {
    return {
      column: choiceParameter(request, 'sort', names, first),
      order: choiceParameter(request, 'order', ['asc', 'desc'], defaultOrder),
    };
  }
  const both = names.flatMap(name => [`${name}.asc`, `${name}.desc`]);
  const [column = first, order] = choiceParameter(request, 'sort', both, `${first}.${defaultOrder}`).split(
    '.',
  );
  return { column, order: order === 'asc' ? 'asc' : 'desc' };
}

function matches<T>({ parameters }: RestRequest, row: T, { columns }: ListTraits<T>): boolean {
  for (const [parameter, text] of parameters) {
    const [name = '', comparison] = parameter.split('.');
    const column = columns[name];
    if (!column) continue;
    if (!compare(column(row), comparison, text, parameter)) return false;
  }
  return true;
}

function compare(value: string, comparison: string | undefined, text: string, parameter: string): boolean {
  switch (comparison) {
    case undefined:
      return value === text;
    case 'gte':
      return value >= text;
    case 'gt':
      return value > text;
    case 'lte':
      return value <= text;
    case 'lt':
      return value < text;
    case 'any_of':
      return text.split(',').includes(value);
    default:
      throw badRequest(`The parameter '${parameter}' is not supported`);
  }
}
