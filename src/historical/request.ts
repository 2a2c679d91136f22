import type { AggregateTableName } from '../tables/definitions.ts';
import { type DateDays, isoDateOf } from '../tables/epoch.ts';
import type { Market } from '../tables/markets.ts';
import { BackfillRequestError } from './errors.ts';
import type { SymbolSelection } from './symbol-selection.ts';

/** Where bars come from: by what is cheapest, or one of the two. */
export const BACKFILL_SOURCES = ['auto', 'rest', 'flat'] as const;

export type BackfillSource = (typeof BACKFILL_SOURCES)[number];

/** What a backfill is to bring. */
export interface BackfillRequest {
  readonly market: Market;
  readonly table: AggregateTableName;
  /** In their canonical form. */
  readonly symbols: SymbolSelection;
  /** Trading dates, both included. */
  readonly fromDate: DateDays;
  readonly untilDate: DateDays;
  readonly source: BackfillSource;
}

/** The longest span of one request: fifty years. */
const MOST_DATES = 18_300;

/** @throws BackfillRequestError */
export function requirePossible(request: BackfillRequest, today: DateDays): void {
  const { table, fromDate, untilDate, source } = request;
  if (fromDate > untilDate) {
    throw new BackfillRequestError(
      `--from ${isoDateOf(fromDate)} is after --to ${isoDateOf(untilDate)}`,
      'the first and the last trading date',
      'Exchange them.',
    );
  }
  if (fromDate > today) {
    throw new BackfillRequestError(
      `--from ${isoDateOf(fromDate)} is in the future`,
      `a date until ${isoDateOf(today)}`,
      'Correct it.',
    );
  }
  if (untilDate - fromDate > MOST_DATES) {
    throw new BackfillRequestError(
      `${isoDateOf(fromDate)} to ${isoDateOf(untilDate)} is more than fifty years`,
      'a shorter span',
      'Correct the dates.',
    );
  }
  if (table === 'agg1s' && source === 'flat') {
    throw new BackfillRequestError(
      'there are no flat files of second bars',
      '--source rest or auto',
      'Leave --source away.',
    );
  }
  if (table === 'agg1s' && request.symbols.names === undefined) {
    throw new BackfillRequestError(
      'second bars are to be had by symbol only',
      'a list of symbols',
      'Name them with --symbols.',
    );
  }
}
