import { flatDatasets } from '../massive/flat/datasets.ts';
import type { DateDays } from '../tables/epoch.ts';
import type { Plan } from './plan.ts';
import type { BackfillRequest } from './request.ts';
import type { Sources } from './sources.ts';
import type { Unit } from './unit.ts';

/** Dates that are this near belong to one request: weekends and holidays lie between trading dates. */
const NEAR_DATES = 5;

/**
 * What to ask of the other source, where the one that was chosen by itself does not have all: trading dates without a
 * file, and what is not in the plan of the account. Minutes of a whole market are not taken over REST for it: that would
 * be thousands of requests that nobody has asked for.
 *
 * @param refused units that are not in the plan of the account
 */
export function fallbackOf(plan: Plan, refused: readonly Unit[], sources: Sources): BackfillRequest[] {
  const { request } = plan;
  if (request.source !== 'auto') return [];
  if (plan.source === 'rest') {
    const canFlat = sources.flat !== undefined && flatDatasets(request.market, request.table).length > 0;
    return refused.length > 0 && canFlat ? [{ ...request, source: 'flat' }] : [];
  }
  const canRest = sources.rest !== undefined && (request.table === 'agg1d' || request.symbols.names);
  if (!canRest) return [];
  const dates = [
    ...plan.missing.map(({ date }) => date),
    ...refused.flatMap(unit => (unit.kind === 'flat' ? [unit.date] : [])),
  ];
  return spansOf(dates).map(span => ({ ...request, ...span, source: 'rest' }));
}

function spansOf(dates: readonly DateDays[]): { fromDate: DateDays; untilDate: DateDays }[] {
  const spans: { fromDate: DateDays; untilDate: DateDays }[] = [];
  for (const date of [...dates].sort((a, b) => a - b)) {
    const last = spans.at(-1);
    if (last && date - last.untilDate <= NEAR_DATES) last.untilDate = date;
    else spans.push({ fromDate: date, untilDate: date });
  }
  return spans;
}
