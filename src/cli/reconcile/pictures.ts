import type { CoverageGroup } from '../../historical/reconcile/coverage.ts';
import type { DayComparison } from '../../historical/reconcile/reconcile-day.ts';
import type { ColumnCounts } from '../../historical/reconcile/tally.ts';
import { escaped } from '../../ops/page/escaped.ts';
import { countText } from '../format/quantities.ts';
import { shareText } from './text.ts';

/** Rows that get a label, hours that get one, and bins of minutes that a picture has at most. */
const MOST_LABELS = 16;
const MOST_BINS = 200;
const BIN_MINUTES = [1, 2, 5, 10, 15, 30] as const;

/** Minutes [from, until) of a session, in bins of `width`. */
interface Axis {
  readonly from: number;
  readonly width: number;
  readonly bins: number;
}

/** The part of the session in which the market is open or something was traded. */
export function axisOf({ session, captured }: DayComparison): Axis {
  const { file, extra } = captured.minutes;
  const hasSomething = (minute: number) => session.open[minute]! + file[minute]! + extra[minute]! > 0;
  let from = 0;
  let until = session.count;
  while (from < until - 1 && !hasSomething(from)) from++;
  while (until > from + 1 && !hasSomething(until - 1)) until--;
  const width = BIN_MINUTES.find(minutes => (until - from) / minutes <= MOST_BINS) ?? 30;
  from -= from % width;
  return { from, width, bins: Math.ceil((until - from) / width) };
}

/** Captured, missing and different bars: a row for each group of symbols, a cell for each bin of minutes. */
export function coveragePicture(comparison: DayComparison, axis: Axis): string {
  const { groups } = comparison.captured.coverage;
  if (groups.length === 0) return '<p class="none">No bar of the file was compared.</p>';
  // What was captured lies below, and shows through where only a share is missing or different.
  const paths = new Map([['captured', '']]);
  for (const [row, group] of groups.entries()) addRow(paths, comparison, group, axis, row);
  const shapes = [...paths].map(([name, path]) => `<path class="${name}" d="${path}"/>`).join('');
  const height = Math.round(Math.min(Math.max(groups.length * 9, 120), Math.max(groups.length * 26, 26)));
  const step = Math.ceil(groups.length / MOST_LABELS);
  const labels = groups
    .map((group, row) => ({ group, at: ((row + 0.5) / groups.length) * 100 }))
    .filter((_, row) => row % step === 0)
    .map(({ group, at }) => `<span style="top:${at.toFixed(2)}%">${escaped(groupLabel(group))}</span>`);
  return `<div class="plot"><div class="rows" style="height:${height}px">${labels.join('')}</div>
<svg role="img" aria-label="Coverage by symbol and minute" viewBox="0 0 ${axis.bins} ${groups.length}" preserveAspectRatio="none" style="height:${height}px" shape-rendering="crispEdges">${shapes}</svg>
${timeLabels(comparison, axis)}</div>`;
}

/** Bars that are missing, different or extra, by minute. */
export function minutesPicture(comparison: DayComparison, axis: Axis): string {
  const { missing, different, extra } = comparison.captured.minutes;
  const sums = Array.from({ length: axis.bins }, (_, bin) => ({
    missing: binSum(missing, axis, bin),
    different: binSum(different, axis, bin),
    extra: binSum(extra, axis, bin),
  }));
  const top = Math.max(...sums.map(sum => sum.missing + sum.different + sum.extra));
  if (top === 0) return '<p class="none">No minute has a bar that differs.</p>';
  const paths = new Map<string, string>();
  for (let bin = 0; bin < axis.bins; bin++) {
    if (isClosed(comparison, axis, bin)) append(paths, 'closed', rectangle(bin, 0, 1, 100));
    let base = 100;
    for (const kind of ['missing', 'different', 'extra'] as const) {
      const height = (sums[bin]![kind] / top) * 100;
      if (height === 0) continue;
      base -= height;
      append(paths, kind, rectangle(bin, base, 1, height));
    }
  }
  const shapes = [...paths].map(([name, path]) => `<path class="${name}" d="${path}"/>`).join('');
  return `<div class="plot"><div class="rows" style="height:160px"><span style="top:0">${countText(top)}</span><span style="top:100%">0</span></div>
<svg role="img" aria-label="Bars that differ, by minute" viewBox="0 0 ${axis.bins} 100" preserveAspectRatio="none" style="height:160px">${shapes}</svg>
${timeLabels(comparison, axis)}</div>`;
}

/** What share of the bars differs, by column. */
export function columnsPicture(columns: readonly (readonly [string, ColumnCounts])[]): string {
  const top = Math.max(...columns.map(([, { different }]) => different), 1);
  const rows = columns.map(([name, counts]) => {
    const text = columnText(counts);
    const width = ((counts.different / top) * 100).toFixed(2);
    return `<div class="bar"><span>${name}</span><svg role="img" aria-label="${name}: ${text}" viewBox="0 0 100 1" preserveAspectRatio="none"><rect class="track" width="100" height="1"/><rect class="different" width="${width}" height="1"/></svg><span>${text}</span></div>`;
  });
  return `<div class="bars">${rows.join('\n')}</div>`;
}

function columnText({ compared, different, absent, largestShare }: ColumnCounts): string {
  if (compared === 0) return `only in the file, of ${countText(absent)} bars`;
  if (different === 0) return `none of ${countText(compared)}`;
  const share = ((different / compared) * 100).toFixed(2);
  return `${countText(different)} of ${countText(compared)}, ${share} %; at most by ${shareText(largestShare)}`;
}

function addRow(
  paths: Map<string, string>,
  comparison: DayComparison,
  group: CoverageGroup,
  axis: Axis,
  row: number,
): void {
  let begin = 0;
  let open: string = cellClass(comparison, group, axis, 0);
  for (let bin = 1; bin <= axis.bins; bin++) {
    const next = bin < axis.bins ? cellClass(comparison, group, axis, bin) : undefined;
    if (next === open) continue;
    const cell = rectangle(begin, row, bin - begin, 1);
    if (open !== '') append(paths, open, cell);
    if (/ s\d$/.test(open)) append(paths, 'captured', cell);
    begin = bin;
    open = next ?? '';
  }
}

/** Shares of a cell's bars up to which its colour is weaker; beyond the last it is full. */
const SHARES = [0.01, 0.05, 0.25, 0.6] as const;

/** Captured, or what there is more of, missing or different, with its share; empty where the file has no bar. */
function cellClass(comparison: DayComparison, group: CoverageGroup, axis: Axis, bin: number): string {
  const file = binSum(group.file, axis, bin);
  if (file === 0) return isClosed(comparison, axis, bin) ? 'closed' : '';
  const missing = binSum(group.missing, axis, bin);
  const different = binSum(group.different, axis, bin);
  const most = Math.max(missing, different);
  if (most === 0) return 'captured';
  const level = SHARES.findIndex(share => most / file <= share);
  return `${missing >= different ? 'missing' : 'different'}${level < 0 ? '' : ` s${level}`}`;
}

function binSum(counts: Uint32Array, { from, width }: Axis, bin: number): number {
  let sum = 0;
  for (let minute = from + bin * width; minute < from + (bin + 1) * width; minute++)
    sum += counts[minute] ?? 0;
  return sum;
}

function isClosed({ session }: DayComparison, { from, width }: Axis, bin: number): boolean {
  for (let minute = from + bin * width; minute < from + (bin + 1) * width; minute++) {
    if (session.open[minute] === 1) return false;
  }
  return true;
}

/** Full hours under a picture, so many that they fit a small screen. */
function timeLabels({ session }: DayComparison, { from, width, bins }: Axis): string {
  const until = from + bins * width;
  const hours: number[] = [];
  for (let minute = from; minute < until; minute++) {
    if (session.label(Math.min(minute, session.count - 1)).endsWith(':00') && minute < session.count)
      hours.push(minute);
  }
  const step = Math.ceil(hours.length / 8);
  const labels = hours
    .filter((_, at) => at % step === 0)
    .map(minute => {
      const at = ((minute - from) / (until - from)) * 100;
      return `<span style="left:${at.toFixed(2)}%">${session.label(minute)}</span>`;
    });
  return `<div class="times">${labels.join('')}</div>`;
}

function groupLabel({ first, last, symbols }: CoverageGroup): string {
  return symbols === 1 ? first : `${first} – ${last}`;
}

function append(paths: Map<string, string>, name: string, path: string): void {
  paths.set(name, (paths.get(name) ?? '') + path);
}

function rectangle(x: number, y: number, width: number, height: number): string {
  const number = (value: number) => String(Math.round(value * 100) / 100);
  return `M${number(x)} ${number(y)}h${number(width)}v${number(height)}h-${number(width)}z`;
}
