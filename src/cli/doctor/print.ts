import { printable } from '../../base/printable.ts';
import type { Outcome, Result } from './check.ts';

/** How many checks had each outcome. */
export type Tally = Readonly<Record<Outcome, number>>;

export function tallyOf(results: readonly Result[]): Tally {
  const tally = { pass: 0, warn: 0, fail: 0, skipped: 0 };
  for (const { finding } of results) tally[finding.outcome]++;
  return tally;
}

const WORDS: Readonly<Record<Outcome, string>> = {
  pass: 'pass',
  warn: 'WARN',
  fail: 'FAIL',
  skipped: 'skip',
};

/** Of terminals: green, yellow, red, grey. */
const COLOURS: Readonly<Record<Outcome, number>> = { pass: 32, warn: 33, fail: 31, skipped: 90 };

/** A result as lines: what was found, and what to do about it. */
export function linesOf({ name, of, finding }: Result, isColoured: boolean): readonly string[] {
  const { outcome, text } = finding;
  const word = WORDS[outcome];
  const shown = isColoured ? `\u001b[${COLOURS[outcome]}m${word}\u001b[0m` : word;
  const subject = of === null ? name : `${name} (${printable(of)})`;
  const found = `${shown}  ${subject}: ${printable(text)}`;
  return 'remedy' in finding ? [found, `      -> ${printable(finding.remedy)}`] : [found];
}

/** The last line: how many of each, and what that means. */
export function summaryLine({ pass, warn, fail, skipped }: Tally): string {
  const verdict =
    fail > 0
      ? `${fail} to mend`
      : warn > 0
        ? 'nothing has to be mended; see the warnings'
        : 'everything that was looked at is well';
  return `${pass} pass, ${warn} warn, ${fail} fail, ${skipped} skipped: ${verdict}`;
}

/** What `--json` prints: one object. */
export function reportOf(results: readonly Result[]): unknown {
  return {
    checks: results.map(({ name, of, finding }) => ({
      name,
      of,
      outcome: finding.outcome,
      text: finding.text,
      remedy: 'remedy' in finding ? finding.remedy : null,
    })),
    summary: tallyOf(results),
  };
}
