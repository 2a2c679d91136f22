import type { Bar } from '../bars.ts';
import type { Listing } from '../history/listings.ts';
import type { RestRequest } from './rest-request.ts';

/** A bar as the aggregate endpoints write it; which fields there are depends on the market. */
export interface BarJson {
  readonly T?: string;
  readonly v?: number;
  readonly vw?: number;
  readonly o: number;
  readonly c: number;
  readonly h: number;
  readonly l: number;
  /** Milliseconds since 1970. */
  readonly t: number;
  readonly n?: number;
  readonly otc?: true;
}

/** @param named with its ticker, as where several are together */
export function barJson(
  { universe, instrument, restTicker }: Listing,
  bar: Bar,
  timeMs: number,
  named: boolean,
): BarJson {
  const { unitsPerPrice, unitsPerVolume, traits } = universe;
  const prices = {
    o: bar.open / unitsPerPrice,
    c: bar.close / unitsPerPrice,
    h: bar.high / unitsPerPrice,
    l: bar.low / unitsPerPrice,
    t: timeMs,
  };
  const name = named ? { T: restTicker } : {};
  if (traits.fields === 'index') return { ...name, ...prices };
  return {
    ...name,
    v: bar.volume / unitsPerVolume,
    vw: Math.round(bar.notional / bar.volume) / unitsPerPrice,
    ...prices,
    n: bar.trades,
    ...(instrument.otc ? { otc: true } : {}),
  };
}

/**
 * From what was traded to shares of today.
 *
 * @param factor shares of today for one of then
 */
export function adjustBar(bar: Bar, factor: number): void {
  if (factor === 1) return;
  bar.open = Math.round(bar.open / factor);
  bar.high = Math.round(bar.high / factor);
  bar.low = Math.round(bar.low / factor);
  bar.close = Math.round(bar.close / factor);
  bar.volume = Math.round(bar.volume * factor);
}

/** What an answer says around its bars. `scanned`: base bars that it took to make them. */
export function barsBody(
  request: RestRequest,
  results: readonly BarJson[],
  adjusted: boolean,
  scanned: number,
): object {
  return {
    queryCount: scanned,
    resultsCount: results.length,
    adjusted,
    ...(results.length === 0 ? {} : { results }),
    status: 'OK',
    request_id: request.id,
    count: results.length,
  };
}
