import type { AggregateTableName } from '../../tables/definitions.ts';
import { type DateDays, dateDaysOf, isoDateOf } from '../../tables/epoch.ts';
import { FUTURES_EXCHANGES, type Market } from '../../tables/markets.ts';

/** Tables that files have; there is none of bars of a second. */
export type FlatTable = Exclude<AggregateTableName, 'agg1s'>;

/** A series of files, one for each trading date. */
export interface FlatDataset {
  readonly market: Market;
  readonly table: FlatTable;
  /** What the keys of its files begin with, without a closing slash: `us_stocks_sip/minute_aggs_v1`. */
  readonly prefix: string;
  /** The first date for which there is a file. */
  readonly firstDate: DateDays;
}

interface MarketFiles {
  readonly prefixes: readonly string[];
  readonly firstDate: DateDays;
  /** The name of the series of day bars. */
  readonly days: string;
}

/** Source: Massive's flat file documentation; crypto is listed from 2010 on, but documented only from 2013. */
const FILES: Readonly<Record<Market, MarketFiles>> = {
  stocks: files(['us_stocks_sip'], '2003-09-10'),
  options: files(['us_options_opra'], '2014-06-02'),
  indices: files(['us_indices'], '2023-02-14'),
  forex: files(['global_forex'], '2009-09-25'),
  crypto: files(['global_crypto'], '2013-11-01'),
  futures: files(
    FUTURES_EXCHANGES.map(exchange => `us_futures_${exchange}`),
    '2017-04-03',
    'session_aggs_v1',
  ),
};

const KEY = /^(.+)\/(\d{4})\/(\d{2})\/(\d{4}-\d{2}-\d{2})\.csv\.gz$/;

/** The files that hold a market's table: one dataset, in futures one for each exchange; none for bars of a second. */
export function flatDatasets(market: Market, table: AggregateTableName): readonly FlatDataset[] {
  if (table === 'agg1s') return [];
  const { prefixes, firstDate, days } = FILES[market];
  const series = table === 'agg1m' ? 'minute_aggs_v1' : days;
  return prefixes.map(prefix => ({ market, table, prefix: `${prefix}/${series}`, firstDate }));
}

/** The key of one date's file: `us_stocks_sip/minute_aggs_v1/2026/10/2026-10-02.csv.gz`. */
export function flatFileKey({ prefix }: FlatDataset, date: DateDays): string {
  const isoDate = isoDateOf(date);
  return `${prefix}/${isoDate.slice(0, 4)}/${isoDate.slice(5, 7)}/${isoDate}.csv.gz`;
}

/** What the keys of a dataset's files of one month begin with, to list them: `.../2026/10/`. */
export function flatMonthPrefix(dataset: FlatDataset, date: DateDays): string {
  const key = flatFileKey(dataset, date);
  return key.slice(0, key.lastIndexOf('/') + 1);
}

/** The date of a dataset's file; undefined where the key names none. */
export function dateOfFlatFile(dataset: FlatDataset, key: string): DateDays | undefined {
  const [, , , , isoDate] = KEY.exec(key) ?? [];
  if (isoDate === undefined || Number.isNaN(Date.parse(isoDate))) return undefined;
  const date = dateDaysOf(isoDate);
  return flatFileKey(dataset, date) === key ? date : undefined;
}

function files(prefixes: readonly string[], firstDate: string, days = 'day_aggs_v1'): MarketFiles {
  return { prefixes, firstDate: dateDaysOf(firstDate), days };
}
