import { dateOfFlatFile, type FlatDataset, flatDatasets } from '../massive/flat/datasets.ts';
import { type DateDays, isoDateOf } from '../tables/epoch.ts';
import type { SessionCalendar } from '../tables/session-calendar.ts';
import { BackfillRequestError } from './errors.ts';
import type { BackfillRequest } from './request.ts';
import type { Sources } from './sources.ts';
import { isTradingDate, monthsOf, tradingDates } from './trading-dates.ts';
import { flatUnit, groupedUnit, restUnit, type Unit, type UnitGroup } from './unit.ts';

/** A trading date for which the source has nothing. */
export interface MissingDate {
  readonly date: DateDays;
  readonly why: string;
}

/** What is to be done, in its order. */
export interface Plan {
  readonly request: BackfillRequest;
  readonly source: 'rest' | 'flat';
  readonly groups: readonly UnitGroup[];
  /** Trading dates that no unit covers; holidays are not among them. */
  readonly missing: readonly MissingDate[];
}

/** What a plan will cost. */
export interface Estimate {
  readonly requests: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** Bars that one request of a busy symbol's minutes brings are about as many as a page holds: some take a second. */
const REQUESTS_PER_UNIT = 1.3;

/** A guess at what a line carries, for estimates only. */
const BYTES_PER_SECOND = 10_000_000;

/** A whole-market file of minutes, for the choice between the sources before anything is listed. */
const USUAL_FILE_BYTES = { agg1s: 0, agg1m: 28_000_000, agg1d: 400_000 } as const;

/**
 * Makes a plan: asks the store which files there are, and divides what goes over REST into requests.
 *
 * @throws BackfillRequestError where no source for it is configured
 */
export async function makePlan(
  request: BackfillRequest,
  sources: Sources,
  calendar: SessionCalendar,
  signal: AbortSignal,
): Promise<Plan> {
  const source = chosenSource(request, sources, calendar);
  return source === 'flat'
    ? await flatPlan(request, sources, calendar, signal)
    : await restPlan(request, sources, calendar, signal);
}

/** What these units cost. */
export function estimateOf(units: readonly Unit[], requestsPerMinute: number): Estimate {
  const files = units.filter(unit => unit.kind === 'flat');
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const requests = Math.ceil((units.length - files.length) * REQUESTS_PER_UNIT);
  const seconds = Math.ceil(bytes / BYTES_PER_SECOND + (requests * 60) / requestsPerMinute);
  return { requests, bytes, seconds };
}

function chosenSource(
  { market, table, symbols, source, fromDate, untilDate }: BackfillRequest,
  { flat, rest }: Sources,
  calendar: SessionCalendar,
): 'rest' | 'flat' {
  const canFlat = flat !== undefined && flatDatasets(market, table).length > 0;
  if (source === 'flat') {
    if (canFlat) return 'flat';
    throw unconfigured(
      '--source flat needs flat files',
      'the secrets of history.flatFiles (MASSIVE_S3_ACCESS_KEY and MASSIVE_S3_SECRET_KEY), or a folder',
    );
  }
  if (source === 'rest') {
    if (rest) return 'rest';
    throw unconfigured('--source rest needs an API key', 'the secret of history.key (MASSIVE_API_KEY)');
  }
  if (canFlat && rest) {
    const dates = tradingDates(calendar, fromDate, untilDate).length;
    const flatSeconds = (dates * USUAL_FILE_BYTES[table]) / BYTES_PER_SECOND;
    const requests =
      (symbols.names?.length ?? 10_000) * (table === 'agg1d' ? 1 : monthsOf(fromDate, untilDate).length);
    return (requests * REQUESTS_PER_UNIT * 60) / rest.requestsPerMinute <= flatSeconds ? 'rest' : 'flat';
  }
  if (canFlat) return 'flat';
  if (rest) return 'rest';
  throw unconfigured(
    'no source can be used',
    'the secret of history.key for REST (MASSIVE_API_KEY), or those of history.flatFiles (MASSIVE_S3_ACCESS_KEY and MASSIVE_S3_SECRET_KEY), or a folder of files',
  );
}

function unconfigured(what: string, expected: string): BackfillRequestError {
  return new BackfillRequestError(what, expected, 'Give it; config/default.yaml says how.');
}

async function flatPlan(
  request: BackfillRequest,
  sources: Sources,
  calendar: SessionCalendar,
  signal: AbortSignal,
): Promise<Plan> {
  const { market, table, fromDate, untilDate, symbols } = request;
  const units = new Map<DateDays, Unit[]>();
  const datasets = flatDatasets(market, table);
  for (const dataset of datasets) {
    for (const month of monthsOf(Math.max(fromDate, dataset.firstDate), untilDate)) {
      for await (const file of sources.flat!.list(dataset, month.fromDate, signal)) {
        const date = dateOfFlatFile(dataset, file.key);
        if (date === undefined || date < month.fromDate || date > month.untilDate) continue;
        units.set(date, [...(units.get(date) ?? []), flatUnit(dataset, date, file, symbols)]);
      }
    }
  }
  const dates = [...units.keys()].sort((a, b) => a - b);
  return {
    request,
    source: 'flat',
    groups:
      table === 'agg1d'
        ? groupsOf([{ name: 'all', table, units: dates.flatMap(date => units.get(date)!) }])
        : groupsOf(dates.map(date => ({ name: isoDateOf(date), table, units: units.get(date)! }))),
    missing: missingFiles(request, datasets, new Set(dates), calendar),
  };
}

/** Trading dates without a file, and why that may be. */
function missingFiles(
  { fromDate, untilDate }: BackfillRequest,
  datasets: readonly FlatDataset[],
  found: ReadonlySet<DateDays>,
  calendar: SessionCalendar,
): MissingDate[] {
  const firstDate = Math.min(...datasets.map(dataset => dataset.firstDate));
  const missing: MissingDate[] = [];
  for (let date = fromDate; date <= untilDate; date++) {
    if (found.has(date) || !isTradingDate(calendar, date)) continue;
    const why =
      date < firstDate
        ? `flat files begin on ${isoDateOf(firstDate)}`
        : 'the store has no file: not published yet, or left out';
    missing.push({ date, why });
  }
  return missing;
}

async function restPlan(
  request: BackfillRequest,
  sources: Sources,
  calendar: SessionCalendar,
  signal: AbortSignal,
): Promise<Plan> {
  const { table, fromDate, untilDate } = request;
  const groups: UnitGroup[] = [];
  if (table === 'agg1d') {
    const units = request.symbols.isAll
      ? tradingDates(calendar, fromDate, untilDate).map(groupedUnit)
      : (await symbolsOf(request, sources, request, signal)).map(sym =>
          restUnit(table, sym, fromDate, untilDate),
        );
    groups.push({ name: 'all', table, units });
  } else if (table === 'agg1m') {
    for (const month of monthsOf(fromDate, untilDate)) {
      const symbols = await symbolsOf(request, sources, month, signal);
      groups.push({
        name: isoDateOf(month.fromDate).slice(0, 7),
        table,
        units: symbols.map(sym => restUnit(table, sym, month.fromDate, month.untilDate)),
      });
    }
  } else {
    for (const date of tradingDates(calendar, fromDate, untilDate)) {
      const units = request.symbols.names!.map(sym => restUnit(table, sym, date, date));
      groups.push({ name: isoDateOf(date), table, units });
    }
  }
  return { request, source: 'rest', groups: groupsOf(groups), missing: [] };
}

/** The symbols by name, else those wanted of what was active at the beginning or at the end of a span. */
async function symbolsOf(
  { symbols }: BackfillRequest,
  { rest }: Sources,
  span: { readonly fromDate: DateDays; readonly untilDate: DateDays },
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (symbols.names) return symbols.names;
  const active = new Set<string>();
  for (const date of new Set([span.fromDate, span.untilDate])) {
    for await (const sym of rest!.activeSymbols(date, signal)) if (symbols.includes(sym)) active.add(sym);
  }
  return [...active].sort();
}

function groupsOf(groups: readonly UnitGroup[]): UnitGroup[] {
  return groups.filter(({ units }) => units.length > 0);
}
