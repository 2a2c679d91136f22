import type { AggregateColumnName } from '../../tables/definitions.ts';
import { csvFields } from './csv-fields.ts';
import type { FlatDataset } from './datasets.ts';
import { FlatHeaderError } from './errors.ts';

/** What a field of a row is. */
export type FlatField =
  | { readonly kind: 'ticker' }
  | { readonly kind: 'start' }
  | { readonly kind: 'session-date' }
  | { readonly kind: 'decimal'; readonly column: AggregateColumnName }
  | { readonly kind: 'count' }
  /** Not stored. */
  | { readonly kind: 'skipped' };

const PRICES = ['open', 'high', 'low', 'close'] as const;

/** Names of columns, as Massive's files have them. */
const FIELDS: Readonly<Record<string, FlatField>> = {
  ticker: { kind: 'ticker' },
  window_start: { kind: 'start' },
  session_end_date: { kind: 'session-date' },
  ...Object.fromEntries(PRICES.map(column => [column, { kind: 'decimal', column }])),
  volume: { kind: 'decimal', column: 'volume' },
  transactions: { kind: 'count' },
};

/** Enough for every header that there is; the rest of a longer one is not shown. */
const SHOWN_CHARACTERS = 200;

/**
 * The fields of a file in the order of its header; columns differ between datasets and over time, so only their names
 * count.
 *
 * @throws FlatHeaderError where a column that the dataset needs is missing or there twice
 */
export function fieldsOf({ market }: FlatDataset, file: string, header: string): readonly FlatField[] {
  const names = csvFields(header.replace(/^\uFEFF/, '')) ?? [];
  const needed = ['ticker', 'window_start', ...PRICES];
  if (market !== 'indices') needed.push('volume', 'transactions');
  if (market === 'futures') needed.push('session_end_date');
  const shown = header.slice(0, SHOWN_CHARACTERS);
  const missing = needed.filter(name => !names.includes(name));
  if (missing.length > 0) throw new FlatHeaderError(file, `lacks ${columns(missing)}`, shown);
  const doubled = needed.filter(name => names.indexOf(name) !== names.lastIndexOf(name));
  if (doubled.length > 0) throw new FlatHeaderError(file, `has twice ${columns(doubled)}`, shown);
  return names.map(name => (Object.hasOwn(FIELDS, name) ? FIELDS[name]! : { kind: 'skipped' }));
}

function columns(names: readonly string[]): string {
  return `the ${names.length === 1 ? 'column' : 'columns'} ${names.join(', ')}`;
}
