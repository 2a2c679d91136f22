import { isDate } from '../history/dates.ts';
import { SIMULATED_EXCHANGES, type SimulatedExchange, type SimulatedMarket } from '../markets.ts';

/** One kind of file: the bars of a market, or of an exchange, of one date. */
export interface Dataset {
  /** As keys begin: `us_stocks_sip/minute_aggs_v1`. */
  readonly prefix: string;
  readonly market: SimulatedMarket;
  readonly table: 'agg1m' | 'agg1d';
  readonly exchange: SimulatedExchange | undefined;
}

function both(folder: string, market: SimulatedMarket, exchange?: SimulatedExchange): Dataset[] {
  const days = market === 'futures' ? 'session_aggs_v1' : 'day_aggs_v1';
  return [
    { prefix: `${folder}/${days}`, market, table: 'agg1d', exchange },
    { prefix: `${folder}/minute_aggs_v1`, market, table: 'agg1m', exchange },
  ];
}

export const DATASETS: readonly Dataset[] = [
  ...both('us_stocks_sip', 'stocks'),
  ...both('us_options_opra', 'options'),
  ...both('us_indices', 'indices'),
  ...both('global_crypto', 'crypto'),
  ...both('global_forex', 'forex'),
  ...SIMULATED_EXCHANGES.flatMap(exchange => both(`us_futures_${exchange}`, 'futures', exchange)),
];

export function keyOf({ prefix }: Dataset, date: string): string {
  return `${prefix}/${date.slice(0, 4)}/${date.slice(5, 7)}/${date}.csv.gz`;
}

/** What a key names; undefined where it can be no file's. */
export function parseKey(key: string): { readonly dataset: Dataset; readonly date: string } | undefined {
  const date = key.slice(-17, -7);
  const dataset = DATASETS.find(({ prefix }) => key.startsWith(`${prefix}/`));
  return dataset && isDate(date) && keyOf(dataset, date) === key ? { dataset, date } : undefined;
}
