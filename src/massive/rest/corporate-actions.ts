import { type DateDays, dateDaysOf, isoDateOf } from '../../tables/epoch.ts';
import { RestNotFoundError } from './errors.ts';
import { isObject, type JsonObject, numberIn, textIn } from './json.ts';
import { pagesOf } from './pages.ts';
import type { RestRequests } from './requests.ts';

/** So many shares became so many on a date. */
export interface Split {
  readonly id: string;
  readonly sym: string;
  readonly date: DateDays;
  readonly sharesBefore: number;
  readonly sharesAfter: number;
  /** `forward_split`, `reverse_split` or `stock_dividend`; undefined in the older list. */
  readonly kind: string | undefined;
  /** What prices before the date are multiplied by; undefined in the older list. */
  readonly historicalFactor: number | undefined;
}

/** Cash for each share. */
export interface Dividend {
  readonly id: string;
  readonly sym: string;
  /** Who buys from this date on does not get it. */
  readonly exDate: DateDays;
  readonly recordDate: DateDays | undefined;
  readonly payDate: DateDays | undefined;
  readonly declarationDate: DateDays | undefined;
  readonly cash: number;
  readonly currency: string | undefined;
  /** Payments in a year; 0 for a single one. */
  readonly frequency: number | undefined;
  /** `recurring` or `special` and so on, or in the older list CD, SC, LT, ST. */
  readonly kind: string | undefined;
  /** In shares of today; undefined in the older list. */
  readonly splitAdjustedCash: number | undefined;
  readonly historicalFactor: number | undefined;
}

/** Dates, both included. */
export interface DateRange {
  readonly fromDate: DateDays;
  readonly untilDate: DateDays;
}

interface ActionList<Action> {
  readonly paths: readonly [newer: string, older: string];
  readonly dateField: string;
  /** Undefined where the row cannot be used. */
  readonly read: (row: JsonObject) => Action | undefined;
}

const SPLITS: ActionList<Split> = {
  paths: ['/stocks/v1/splits', '/v3/reference/splits'],
  dateField: 'execution_date',
  read(row) {
    const sym = textIn(row, 'ticker');
    const date = dateIn(row, 'execution_date');
    const sharesBefore = numberIn(row, 'split_from');
    const sharesAfter = numberIn(row, 'split_to');
    if (sym === undefined || date === undefined || !sharesBefore || !sharesAfter) return undefined;
    return {
      id: textIn(row, 'id') ?? '',
      sym,
      date,
      sharesBefore,
      sharesAfter,
      kind: textIn(row, 'adjustment_type'),
      historicalFactor: numberIn(row, 'historical_adjustment_factor'),
    };
  },
};

const DIVIDENDS: ActionList<Dividend> = {
  paths: ['/stocks/v1/dividends', '/v3/reference/dividends'],
  dateField: 'ex_dividend_date',
  read(row) {
    const sym = textIn(row, 'ticker');
    const exDate = dateIn(row, 'ex_dividend_date');
    const cash = numberIn(row, 'cash_amount');
    if (sym === undefined || exDate === undefined || cash === undefined) return undefined;
    return {
      id: textIn(row, 'id') ?? '',
      sym,
      exDate,
      recordDate: dateIn(row, 'record_date'),
      payDate: dateIn(row, 'pay_date'),
      declarationDate: dateIn(row, 'declaration_date'),
      cash,
      currency: textIn(row, 'currency'),
      frequency: numberIn(row, 'frequency'),
      kind: textIn(row, 'distribution_type') ?? textIn(row, 'dividend_type'),
      splitAdjustedCash: numberIn(row, 'split_adjusted_cash_amount'),
      historicalFactor: numberIn(row, 'historical_adjustment_factor'),
    };
  },
};

/** Told of a row that cannot be used, which is left out. */
export type OnUnusable = (row: unknown) => void;

/**
 * The splits of all stocks whose date is in a range, by date ascending. The older list is asked where there is no newer.
 *
 * Iterating throws RestError, and the signal's reason. Source: Massive's REST documentation, `/stocks/v1/splits` and
 * `/v3/reference/splits`.
 */
export function splits(
  requests: RestRequests,
  range: DateRange,
  signal: AbortSignal,
  onUnusable: OnUnusable,
): AsyncGenerator<Split> {
  return actions(requests, SPLITS, range, signal, onUnusable);
}

/**
 * The dividends of all stocks whose ex-dividend date is in a range, by date ascending. The older list is asked where
 * there is no newer.
 *
 * Iterating throws RestError, and the signal's reason. Source: Massive's REST documentation, `/stocks/v1/dividends` and
 * `/v3/reference/dividends`.
 */
export function dividends(
  requests: RestRequests,
  range: DateRange,
  signal: AbortSignal,
  onUnusable: OnUnusable,
): AsyncGenerator<Dividend> {
  return actions(requests, DIVIDENDS, range, signal, onUnusable);
}

async function* actions<Action>(
  requests: RestRequests,
  list: ActionList<Action>,
  range: DateRange,
  signal: AbortSignal,
  onUnusable: OnUnusable,
): AsyncGenerator<Action> {
  for await (const row of rowsOf(requests, list, range, signal)) {
    const action = isObject(row) ? list.read(row) : undefined;
    if (action !== undefined) {
      yield action;
      continue;
    }
    requests.counters.counter('rest_actions_unusable').add();
    onUnusable(row);
  }
}

async function* rowsOf(
  requests: RestRequests,
  { paths: [newer, older], dateField }: ActionList<unknown>,
  { fromDate, untilDate }: DateRange,
  signal: AbortSignal,
): AsyncGenerator<unknown> {
  const dates = {
    [`${dateField}.gte`]: isoDateOf(fromDate),
    [`${dateField}.lte`]: isoDateOf(untilDate),
  };
  let rows = 0;
  try {
    const first = requests.url(newer, { ...dates, sort: `${dateField}.asc`, limit: 5000 });
    for await (const { results } of pagesOf(requests, first, signal)) {
      rows += results.length;
      yield* results;
    }
  } catch (error) {
    if (!(error instanceof RestNotFoundError) || rows > 0) throw error;
    const first = requests.url(older, { ...dates, sort: dateField, order: 'asc', limit: 1000 });
    for await (const { results } of pagesOf(requests, first, signal)) yield* results;
  }
}

/** Undefined where there is none. */
function dateIn(row: JsonObject, name: string): DateDays | undefined {
  const text = textIn(row, name);
  const date = text === undefined ? Number.NaN : dateDaysOf(text);
  return Number.isNaN(date) ? undefined : date;
}
