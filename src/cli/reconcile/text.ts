import { BAR_KINDS, type BarExample, type BarValues } from '../../historical/reconcile/bar-example.ts';
import { isRepairable } from '../../historical/reconcile/compare.ts';
import type { MinuteReport, ReconcileReport } from '../../historical/reconcile/report.ts';
import { type BarCounts, faultsOf } from '../../historical/reconcile/tally.ts';
import { countText } from '../format/quantities.ts';

/** Minutes and examples of each kind that the text lists; all that is kept is in the JSON. */
const MOST_MINUTES = 10;
const MOST_EXAMPLES = 5;

/** A report for a terminal. */
export function reconcileLines(report: ReconcileReport): string[] {
  const { captured, database, repair } = report;
  const sides: [string, BarCounts][] = [
    ['captured live', captured],
    ...(repair ? ([['database before', repair.before]] as [string, BarCounts][]) : []),
    [repair ? 'database after' : 'database now', database],
  ];
  return [
    `${report.market} ${report.table} ${report.date} against ${report.files.map(({ key }) => key).join(', ')}`,
    '',
    ...aligned([
      ['', ...sides.map(([name]) => name)],
      ['bars of the file', ...sides.map(([, counts]) => countText(counts.file))],
      ...(['equal', 'missing', 'different', 'extra'] as const).map(name => [
        name,
        ...sides.map(([, counts]) => countText(counts[name])),
      ]),
    ]),
    '',
    ...noteLines(report),
    ...section('Columns', columnLines(report)),
    ...section('Symbols, the worst first', symbolLines(report)),
    ...section('Minutes with most differences', minuteLines(captured.minutes)),
    ...section('Gaps', gapLines(report)),
    ...section('Examples', exampleLines(report)),
    '',
    outcomeLine(report),
  ];
}

/** What the outcome means, in one line. */
export function outcomeLine({ outcome, market, date, database, captured }: ReconcileReport): string {
  switch (outcome) {
    case 'equal':
      return faultsOf(captured) === 0
        ? `Equal: every bar of the file of ${date} was captured as it is there.`
        : `Equal: the database has every bar of the file of ${date} as it is there, though not all were captured live.`;
    case 'repaired':
      return `Repaired: the database has every bar of the file of ${date} as it is there. ${countText(database.extra)} extra bars stay: merging removes none.`;
    case 'different':
      if (!isRepairable(database)) {
        return `Different: the database has ${countText(database.extra)} bars that the file does not have, and all that it has. --repair removes none.`;
      }
      return `Different: ${countText(database.missing)} bars missing, ${countText(database.different)} different, ${countText(database.extra)} extra. --repair loads the file's version.`;
    case 'nothing':
      return `Nothing to compare: no bar of ${date} was captured live, and no feed of ${market} with minute bars is configured. --all compares with the whole file.`;
  }
}

/** What is worth knowing about the figures. */
export function noteLines(report: ReconcileReport): string[] {
  const { captured, notSubscribed, rejectedRows, otherDateRows, repair } = report;
  const notes = [
    `${countText(captured.symbols)} symbols compared, ${countText(captured.symbolsWithFaults)} of them with differences, in ${report.seconds.toFixed(1)} s`,
  ];
  if (notSubscribed.symbols > 0) {
    notes.push(
      `not subscribed: ${countText(notSubscribed.symbols)} symbols with ${countText(notSubscribed.bars)} bars (${notSubscribed.names.slice(0, 5).join(', ')}${notSubscribed.symbols > 5 ? ', ...' : ''}); --all compares them too`,
    );
  }
  if (repair)
    notes.push(`${countText(repair.rows)} rows loaded, ${countText(repair.superseded)} versions superseded`);
  if (captured.different > 0) {
    notes.push(
      'a few different bars are normal: trades reported late change volume, close, high and low after the stream has sent its last version',
    );
  }
  if (captured.columns['trades']!.absent > 0) {
    notes.push(
      `of ${countText(captured.columns['trades']!.absent)} bars only the file has trades: the stream does not carry them`,
    );
  }
  if (rejectedRows > 0)
    notes.push(`${countText(rejectedRows)} rows of the file could not be read: see the quarantine`);
  if (otherDateRows > 0)
    notes.push(`${countText(otherDateRows)} rows of the file belong to another trading date`);
  return notes;
}

/** The largest difference of a column, as a share of the file's value. */
export function shareText(share: number): string {
  return share === 0 ? '' : `${(share * 100).toPrecision(2)} %`;
}

/** Which columns differ and how: `close 10.5, file 10.6`. */
export function differenceText({ columns, file, captured }: BarExample): string {
  if (file && captured) {
    return columns
      .map(name => `${name} ${captured[name as keyof BarValues]}, file ${file[name as keyof BarValues]}`)
      .join('; ');
  }
  return valuesText(file ?? captured!);
}

function valuesText(values: BarValues): string {
  return Object.entries(values)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

function columnLines({ captured }: ReconcileReport): string[] {
  const columns = Object.entries(captured.columns).filter(
    ([, { compared, absent }]) => compared + absent > 0,
  );
  if (columns.length === 0) return [];
  return aligned([
    ['column', 'compared', 'different', 'only in file', 'largest difference'],
    ...columns.map(([name, { compared, different, absent, largestShare }]) => [
      name,
      countText(compared),
      countText(different),
      countText(absent),
      shareText(largestShare),
    ]),
  ]);
}

function symbolLines({ captured }: ReconcileReport): string[] {
  if (captured.worst.length === 0) return [];
  return aligned([
    ['symbol', 'bars of the file', 'missing', 'different', 'extra'],
    ...captured.worst.map(({ sym, file, missing, different, extra }) => [
      sym,
      ...[file, missing, different, extra].map(countText),
    ]),
  ]);
}

function minuteLines(minutes: readonly MinuteReport[]): string[] {
  if (minutes.length === 0) return [];
  const faults = ({ missing, different, extra }: MinuteReport) => missing + different + extra;
  const worst = minutes.toSorted((a, b) => faults(b) - faults(a)).slice(0, MOST_MINUTES);
  return aligned([
    ['minute', 'bars of the file', 'missing', 'different', 'extra'],
    ...worst.map(({ minute, file, missing, different, extra }) => [
      minute,
      ...[file, missing, different, extra].map(countText),
    ]),
  ]);
}

function gapLines({ gaps }: ReconcileReport): string[] {
  if (gaps.length === 0) return [];
  return aligned([
    ['gap', 'from', 'until', 'missing', 'state'],
    ...gaps.map(({ id, begin, end, missing, state }) => [id, begin, end, countText(missing), state]),
  ]);
}

function exampleLines({ captured }: ReconcileReport): string[] {
  return BAR_KINDS.flatMap(kind =>
    captured.examples[kind]
      .slice(0, MOST_EXAMPLES)
      .map(example => `${kind} ${example.sym} ${example.start}: ${differenceText(example)}`),
  );
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map(line => `  ${line}`)];
}

/** Cells in columns, the first to the left and the others to the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map(row => row[at]!.length)));
  return rows.map(row =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)))
      .join('  ')
      .trimEnd(),
  );
}
