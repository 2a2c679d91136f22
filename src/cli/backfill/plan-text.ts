import { estimateOf, type Plan } from '../../historical/plan.ts';
import type { BackfillReport } from '../../historical/report.ts';
import type { Unit } from '../../historical/unit.ts';
import { isoDateOf } from '../../tables/epoch.ts';
import { bytesText, durationText } from '../format/quantities.ts';

/** Dates and failures that are listed one by one. */
const MOST_LISTED = 20;

/** What will be done, for people. */
export function planLines(plan: Plan, left: readonly Unit[], requestsPerMinute: number): string[] {
  const { request, source, groups, missing } = plan;
  const units = groups.flatMap(group => group.units);
  const { requests, bytes, seconds } = estimateOf(left, requestsPerMinute);
  const what = `${request.market} ${request.table}, ${request.symbols}, ${isoDateOf(request.fromDate)} to ${isoDateOf(request.untilDate)}`;
  const by = source === 'flat' ? 'flat files' : 'REST';
  const cost = [
    ...(bytes > 0 ? [bytesText(bytes)] : []),
    ...(requests > 0 ? [`about ${requests} requests`] : []),
    `about ${durationText(seconds * 1000)}`,
  ];
  return [
    `${what}, from ${by}`,
    left.length === 0
      ? `${units.length} units, all of them done: nothing to do`
      : `${units.length} units, ${units.length - left.length} done, ${left.length} to do: ${cost.join(', ')}`,
    ...listed(
      missing.map(({ date, why }) => `missing ${isoDateOf(date)}: ${why}`),
      'more dates are missing',
    ),
  ];
}

/** What was done, for people. */
export function reportLines(report: BackfillReport, file: string): string[] {
  const { units, rows, quarantined, seconds, failures } = report;
  const superseded = report.dates.reduce((sum, date) => sum + date.superseded, 0);
  return [
    `${rows} rows in ${seconds} s; ${report.dates.length} partitions changed, ${superseded} bars superseded, ${quarantined} rows quarantined`,
    `units: ${units.published} published, ${units.before} done before, ${units.failed} failed, ${units.left} left`,
    ...listed(
      failures.map(({ unit, message }) => `failed ${unit}: ${message}`),
      'more units failed',
    ),
    `report: ${file}`,
  ];
}

function listed(lines: readonly string[], more: string): string[] {
  if (lines.length <= MOST_LISTED) return [...lines];
  return [...lines.slice(0, MOST_LISTED), `... ${lines.length - MOST_LISTED} ${more}; all are in the report`];
}
