import { BAR_KINDS } from '../../historical/reconcile/bar-example.ts';
import type { DayComparison } from '../../historical/reconcile/reconcile-day.ts';
import type { ReconcileReport } from '../../historical/reconcile/report.ts';
import type { BarCounts } from '../../historical/reconcile/tally.ts';
import { escaped } from '../../ops/page/escaped.ts';
import { countText } from '../format/quantities.ts';
import { PAGE_STYLE } from './page-style.ts';
import { axisOf, columnsPicture, coveragePicture, minutesPicture } from './pictures.ts';
import { differenceText, noteLines, outcomeLine } from './text.ts';

/** A report as one HTML page with pictures, which needs nothing beside itself. */
export function reconcilePage(report: ReconcileReport, comparison: DayComparison): string {
  const { captured, outcome } = report;
  const title = `${report.market} minutes of ${report.date}`;
  const axis = axisOf(comparison);
  const bin = axis.width === 1 ? 'minute' : `${axis.width} minutes`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} reconciled</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p>Captured live against ${escaped(report.files.map(({ key }) => key).join(', '))}</p>
<div class="outcome ${outcome}">${escaped(outcomeLine(report))}</div>
${tiles(report)}
<section>
<h2>Coverage by symbol and minute</h2>
<p>Session time from left to right, a cell is ${bin}; stronger colour, larger share of its bars.</p>
${key(['captured', 'missing', 'different', 'closed'])}
${coveragePicture(comparison, axis)}
</section>
<section>
<h2>Differences by minute</h2>
<p>Bars that were not captured as the file has them, in each ${bin}.</p>
${key(['missing', 'different', 'extra', 'closed'])}
${minutesPicture(comparison, axis)}
</section>
<section>
<h2>Differences by column</h2>
<p>Of the bars that were captured and are in the file.</p>
${columnsPicture(Object.entries(captured.columns).filter(([, { compared, absent }]) => compared + absent > 0))}
</section>
<section>
<h2>Captured live, and in the database</h2>
${countsTable(report)}
</section>
<section>
<h2>Symbols, the worst first</h2>
${symbolsTable(report)}
</section>
${gapSection(report)}<section>
<h2>Examples</h2>
${examplesTable(report)}
</section>
<section>
<h2>Notes</h2>
<ul>${noteLines(report)
    .map(note => `<li>${escaped(note)}</li>`)
    .join('')}</ul>
</section>
</main>
</body>
</html>
`;
}

function tiles({ captured, database }: ReconcileReport): string {
  const share =
    captured.file === 0
      ? '–'
      : `${(((captured.file - captured.missing) / captured.file) * 100).toFixed(2)} %`;
  const shown: [string, string][] = [
    [countText(captured.file), 'bars of the file'],
    [share, 'captured live'],
    [countText(captured.missing), 'missing'],
    [countText(captured.different), 'different'],
    [countText(captured.extra), 'extra'],
    [countText(database.missing + database.different), 'to be repaired in the database'],
  ];
  const tile = ([figure, meaning]: [string, string]) =>
    `<div class="tile"><b>${figure}</b><span>${meaning}</span></div>`;
  return `<div class="tiles">${shown.map(tile).join('')}</div>`;
}

function key(names: readonly string[]): string {
  return `<div class="key">${names.map(name => `<span><i class="${name}"></i>${name}</span>`).join('')}</div>`;
}

function countsTable({ captured, database, repair }: ReconcileReport): string {
  const sides: [string, BarCounts][] = [
    ['captured live', captured],
    ...(repair ? ([['database before the repair', repair.before]] as [string, BarCounts][]) : []),
    ['database now', database],
  ];
  return table(
    ['', 'bars of the file', 'equal', 'missing', 'different', 'extra'],
    sides.map(([name, { file, equal, missing, different, extra }]) => [
      name,
      ...[file, equal, missing, different, extra].map(countText),
    ]),
  );
}

function symbolsTable({ captured }: ReconcileReport): string {
  if (captured.worst.length === 0) return '<p class="none">Every symbol was captured as the file has it.</p>';
  return table(
    ['symbol', 'bars of the file', 'missing', 'different', 'extra'],
    captured.worst.map(({ sym, file, missing, different, extra }) => [
      sym,
      ...[file, missing, different, extra].map(countText),
    ]),
  );
}

function gapSection({ gaps }: ReconcileReport): string {
  if (gaps.length === 0) return '';
  const rows = gaps.map(({ id, begin, end, missing, state }) => [id, begin, end, countText(missing), state]);
  return `<section>
<h2>Gaps of the date</h2>
<p>Intervals in which the feed could not listen, and bars of the file in them that the database does not have.</p>
${table(['gap', 'from', 'until', 'missing', 'state'], rows)}
</section>
`;
}

function examplesTable({ captured }: ReconcileReport): string {
  const examples = BAR_KINDS.flatMap(kind => captured.examples[kind]);
  if (examples.length === 0) return '<p class="none">There is nothing to show.</p>';
  const rows = examples.map(example => [
    `${example.kind} ${example.sym}`,
    example.start.replace('T', ' ').replace('Z', ' UTC'),
    differenceText(example),
  ]);
  const cells = rows.map(
    ([bar, start, text]) =>
      `<tr><td>${escaped(bar!)}</td><td>${escaped(start!)}</td><td class="text">${escaped(text!)}</td></tr>`,
  );
  return `<div class="scroll"><table><thead><tr><th>bar</th><th>start</th><th class="text">values</th></tr></thead><tbody>${cells.join('')}</tbody></table></div>`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map(cell => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  return `<div class="scroll"><table><thead>${line(head, 'th')}</thead><tbody>${rows.map(row => line(row, 'td')).join('')}</tbody></table></div>`;
}
