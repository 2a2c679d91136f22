import type { Difference } from '../../massive/recording/difference.ts';
import type { VerifyReport } from '../../massive/recording/verify.ts';

/** A report in lines for people: what there is, then each difference with one example. */
export function verifyLines(report: VerifyReport): string[] {
  const { directory, market, frames, events, answers, files, delayMs, lateEvents, missing } = report;
  const counts = Object.entries(events).map(([name, count]) => `${count} of ${name || 'no channel'}`);
  return [
    `${directory}: ${market}, ${frames} frames (${counts.join(', ') || 'no events'}), ${answers} answers of REST, ${files} files`,
    ...(delayMs
      ? [`from the end of a window: p50 ${delayMs.p50} ms, p99 ${delayMs.p99} ms, at most ${delayMs.max} ms`]
      : []),
    ...(lateEvents > 0 ? [`${lateEvents} events of windows that newer ones had followed`] : []),
    ...missing.map(what => `not in it: ${what}`),
    ...report.differences.flatMap(differenceLines),
    outcomeLine(report.differences),
  ];
}

function differenceLines(difference: Difference): string[] {
  const { part, where, severity, text, count, example } = difference;
  return [`${severity.toUpperCase()} ${part}, ${where}: ${text} (${count} times)`, `  ${example}`];
}

function outcomeLine(differences: readonly Difference[]): string {
  if (differences.length === 0) return 'no difference';
  const misread = differences.filter(({ severity }) => severity === 'misread').length;
  return `${differences.length} differences, ${misread} of which are misread`;
}
